import pytest

from a2q.accelerator.gcnax import FIGURE_8_CYCLES, FIGURE_8_TILE, FIGURE_9_MEGABYTES, TABLE_III, VALUE_BYTES, Published


@pytest.mark.parametrize("row", TABLE_III, ids=lambda row: f"{row.dataset}-{row.layer}")
def test_table_iii_to_the_last_digit(row: Published) -> None:
    assert round(row.loops.accesses) == row.accesses


@pytest.mark.parametrize("dataset", FIGURE_8_CYCLES)
def test_figures_8_and_9_within_their_bands(dataset: str) -> None:
    """On tiny graphs the paper's simulator takes cycles for switching tiles that the formula does not have."""
    layers = [row.loops.tiled(*FIGURE_8_TILE) for row in TABLE_III if row.dataset == dataset]
    megabytes = sum(VALUE_BYTES * layer.accesses for layer in layers) / 1e6
    assert megabytes == pytest.approx(FIGURE_9_MEGABYTES[dataset], rel=0.1)
    assert 0.6 <= sum(layer.cycles for layer in layers) / FIGURE_8_CYCLES[dataset] <= 1.3
