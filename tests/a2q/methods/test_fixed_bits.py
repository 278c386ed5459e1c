"""Settings of fixed bits, and the two widths that mix to an average."""

import pytest
import torch

from a2q.config import ConfigError
from a2q.methods.a2q import A2QConfig
from a2q.methods.fixed_bits import FixedBitsConfig, control_of, mixed_bits
from a2q.methods.uniform import UniformConfig


@pytest.mark.parametrize(
    ("average", "widths"), [(0.5, [5, 5]), (1.7, [0, 3, 7]), (2.0, [0, 0, 10]), (8.0, [0] * 8 + [10])]
)
def test_two_neighbouring_widths_mix_to_the_average(average: float, widths: list[int]) -> None:
    assert torch.bincount(mixed_bits(10, average)).tolist() == widths


def test_bits_as_given_need_a_run() -> None:
    with pytest.raises(ConfigError, match="neither a run nor a file is given"):
        FixedBitsConfig(assignment="given")


def test_sensitivity_takes_no_bits() -> None:
    with pytest.raises(ConfigError, match="By sensitivity the bits are shared out"):
        FixedBitsConfig(bits_of="abc")


def test_a_control_differs_from_its_run_in_the_bits_alone() -> None:
    learned = A2QConfig(
        start="paper-gin", step_bits=8, xw_bits=5, gradient="task", first_input="learn", unseen="degree", min_bits=0
    )
    control = control_of(learned, "1f2e3d4c5b6a", "permuted")
    # Of the bits alone: the least of the learned ones says nothing where bits are given.
    shared = set(type(control).model_fields) & set(A2QConfig.model_fields) - {"method", "min_bits"}
    assert shared >= {"start", "weight_bits", "xw_bits", "gradient", "straight_through", "step_bits", "first_input"}
    assert {name: getattr(control, name) for name in shared} == {name: getattr(learned, name) for name in shared}
    assert control.brief == "bits of run 1f2e, permuted"


@pytest.mark.parametrize("settings", [UniformConfig(), A2QConfig(groups=10)])
def test_what_has_no_bits_per_node_has_no_control(settings) -> None:
    with pytest.raises(ConfigError, match="has no bits of its own for each node"):
        control_of(settings, "1f2e3d4c5b6a", "permuted")


def test_an_average_below_the_minimum_is_refused() -> None:
    with pytest.raises(ConfigError, match="nodes of at least 1 bits cannot have"):
        FixedBitsConfig(average_bits=0.5)


def test_an_emptied_run_is_none() -> None:
    assert FixedBitsConfig(bits_of=None) == FixedBitsConfig()


def test_what_came_in_later_is_not_written_where_it_is_not_used() -> None:
    # Fingerprints of runs and of docs/results.json follow what is written.
    assert not {"start", "unseen"} & FixedBitsConfig().model_dump().keys()
    used = FixedBitsConfig(start="paper-gcn", unseen="topology")
    assert FixedBitsConfig(**used.model_dump()) == used
