import pytest

from a2q.accelerator.combination import systolic_cycles

# Recorded from SCALE-Sim 3.0.0 on a 16 by 16 array: (m, n, k) with output, weight and input stationary cycles.
SCALE_SIM = [
    ((64, 16, 64), (375, 439, 991)),
    ((100, 20, 50), (1119, 1167, 1847)),
    ((17, 7, 16), (91, 62, 105)),
    ((2708, 16, 1433), (248_709, 247_859, None)),
    ((2708, 7, 16), (7_819, 2_753, None)),
]


@pytest.mark.parametrize(
    ("shape", "dataflow", "cycles"),
    [
        (shape, dataflow, cycles)
        for shape, recorded in SCALE_SIM
        for dataflow, cycles in zip(("output", "weight", "input"), recorded, strict=True)
        if cycles is not None
    ],
)
def test_systolic_arrays_take_what_scale_sim_recorded(shape: tuple[int, int, int], dataflow: str, cycles: int) -> None:
    assert systolic_cycles(16, 16, *shape, dataflow) == cycles
