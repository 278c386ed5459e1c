import pytest

from a2q.experiments.controls import Worth
from a2q.reports.worth import MEASURES, paired_difference, told
from a2q_studio.charts import Palette
from a2q_studio.charts.worth import worth_chart, worth_table

HIGHER, LOWER = "test_score", "validation_loss"


def worth(assignment, gaps: list[float]) -> Worth:
    nothing = [0.0] * len(gaps)
    return Worth(assignment, (), (), {name: paired_difference(gaps, nothing) for name in (HIGHER, LOWER)})


PERMUTED = worth("permuted", [0.01, 0.02, 0.03, 0.02, 0.02])
FEW = worth("in-degree", [0.01, -0.02])


def test_marks_are_means_and_whiskers_end_where_the_interval_does(colours: Palette) -> None:
    for trace, scale, name in zip(worth_chart([PERMUTED], colours).data, (100, 1), (HIGHER, LOWER), strict=True):
        known = PERMUTED.differences[name]
        assert list(trace.x) == pytest.approx([scale * known.mean])
        assert trace.x[0] + trace.error_x.array[0] == pytest.approx(scale * known.high)
        assert trace.x[0] - trace.error_x.arrayminus[0] == pytest.approx(scale * known.low)
        assert list(trace.customdata[0]) == [MEASURES[name].title, *told(MEASURES[name], known), 5]


def test_to_the_right_is_better_in_either_panel(colours: Palette) -> None:
    layout = worth_chart([PERMUTED], colours).layout
    assert layout.xaxis.autorange != "reversed"
    assert layout.xaxis.title.text == "Difference (points; right: better)"
    assert layout.xaxis2.autorange == "reversed"
    assert layout.xaxis2.title.text == "Difference in loss or error (right: better)"


def test_too_few_seeds_have_a_hollow_mark_and_no_whisker(colours: Palette) -> None:
    filled, hollow = (trace for trace in worth_chart([PERMUTED, FEW], colours).data if trace.xaxis == "x")
    assert (filled.marker.symbol[0], hollow.marker.symbol[0]) == ("circle", "square-open")
    assert hollow.error_x.array[0] == hollow.error_x.arrayminus[0] == 0
    assert filled.marker.color != hollow.marker.color
    assert filled.y[0] != hollow.y[0], "beside each other"


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (PERMUTED, "better, with the whole 95 % interval; 5 seeds"),
        (FEW, "too few seeds for an interval: 2, at least 5 are needed"),
        (worth("value", [0.01, -0.01, 0.02, -0.02, 0.0]), "no difference shown; 5 seeds"),
    ],
    ids=["better", "few", "none"],
)
def test_the_title_says_what_the_interval_shows(colours: Palette, one: Worth, said: str) -> None:
    title = " ".join(worth_chart([one], colours).layout.title.text.replace("<br>", " ").split())
    assert title.startswith(f"Test score against the same bits {one.assignment}: ")
    assert title.endswith(said)


def test_the_table_has_every_number_of_the_picture() -> None:
    table = worth_table([PERMUTED, FEW])
    assert table[["same bits", "measure"]].to_numpy().tolist() == [
        [how, MEASURES[name].title] for how in ("permuted", "in-degree") for name in (HIGHER, LOWER)
    ]
    assert list(table["seeds"]) == [5, 5, 2, 2]
    assert table["low"].isna().tolist() == [False, False, True, True]
    assert list(table["mean"]) == pytest.approx([0.02, 0.02, -0.005, -0.005])
