import math

import annotated_types
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from a2q.accelerator import AcceleratorError, Adjacency, Hardware, Layer, simulate

GRAPH = Adjacency.from_edges(np.array([[0, 1, 2, 3, 4, 5, 0], [1, 2, 3, 4, 5, 0, 3]]), 6)
LAYERS = [
    Layer("Layer 1", 5, 3, np.array([1, 2, 3, 4, 5, 6]), "after"),
    Layer("Layer 2", 3, 2, np.array([8, 1, 8, 1, 8, 1]), "after"),
]


def _ends() -> dict[str, tuple[float, float]]:
    """Least and greatest value of every number of the hardware."""
    found = {}
    for name, field in Hardware.model_fields.items():
        least = [bound.ge for bound in field.metadata if isinstance(bound, annotated_types.Ge)]
        most = [bound.le for bound in field.metadata if isinstance(bound, annotated_types.Le)]
        if field.annotation in (int, float):
            # Every number has both: a bound that is not reached lets times grow without an end.
            (low,), (high,) = least, most
            found[name] = (low, high)
    return found


ENDS = _ends()


@given(st.fixed_dictionaries({}, optional={name: st.sampled_from(ends) for name, ends in ENDS.items()}))
def test_every_allowed_value_gives_cycles_that_can_be_counted(values: dict[str, float]) -> None:
    values["burst_bytes"] = min(values.get("burst_bytes", 64), values.get("row_bytes", 2048))
    try:
        report = simulate(GRAPH, LAYERS, Hardware(**values))
    except AcceleratorError:
        # A buffer that does not hold two rows.
        return
    assert report.cycles > 0
    assert all(layer.cycles >= 0 and all(cycles >= 0 for cycles in layer.causes.values()) for layer in report.layers)
    assert all(math.isfinite(energy) and energy >= 0 for energy in report.energy.values())
    assert 0 < report.seconds < math.inf


def test_one_value_at_its_end_gives_cycles_that_can_be_counted() -> None:
    for name in sorted(set(ENDS) - {"burst_bytes", "row_bytes"}):
        test_every_allowed_value_gives_cycles_that_can_be_counted.hypothesis.inner_test({name: ENDS[name][0]})
