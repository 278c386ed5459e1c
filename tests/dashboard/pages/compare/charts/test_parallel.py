import math

import numpy as np
import pandas as pd
import pytest

from a2q_studio.charts import Palette
from a2q_studio.pages.compare.charts.parallel import axes, parallel, parallel_table

COMMON = {"dataset": "cora", "metric": "accuracy", "title": "cora · gcn · a2q · seed 0"}


def row(run: str, bits: float, accuracy: float | None = None, **others: object) -> dict:
    return (
        COMMON
        | {
            "run": run,
            "average_bits": bits,
            "full_bits_per_value": bits + 1,
            "compression": 32 / bits,
            "seconds_per_epoch": bits / 100,
            "test_accuracy": accuracy,
            "validation_accuracy": accuracy,
        }
        | others
    )


def drawn(trace) -> set[tuple[str, str]]:
    """Run and axis of each point that has a place."""
    return {
        (custom[0], custom[1])
        for custom, x in zip(trace.customdata, trace.x, strict=True)
        if x is not None and math.isfinite(x)
    }


@pytest.fixture
def rows() -> pd.DataFrame:
    return pd.DataFrame([row("a", 2, 0.7), row("b", 4, 0.8), row("c", 32, 0.75)])


def title(figure) -> str:
    return " ".join(figure.layout.title.text.replace("<br>", " ").split())


def test_axes_are_figures_that_differ_in_real_units(rows: pd.DataFrame) -> None:
    found = {axis.label: (axis.text(axis.low), axis.text(axis.high)) for axis in axes(rows)}
    assert found == {
        "Average bits (log)": ("2.00", "32.00"),
        "Full bits per value (log)": ("3.00", "33.00"),
        "Compression ratio (log)": ("1.0×", "16.0×"),
        "Seconds per epoch (log)": ("0.02", "0.32"),
        "Test accuracy": ("70.0%", "80.0%"),
        "Validation accuracy": ("70.0%", "80.0%"),
    }


def test_what_is_alike_as_printed_has_no_axis() -> None:
    alike = pd.DataFrame([row("a", 2, 0.7, seconds_per_epoch=None), row("b", 2.001, 0.7, seconds_per_epoch=None)])
    assert not axes(alike)
    assert not axes(pd.DataFrame([row("a", 2, 0.7)]))


@pytest.mark.parametrize("odd", [None, math.nan, math.inf])
def test_what_is_no_number_has_no_place(odd: float | None, colours: Palette) -> None:
    rows = pd.DataFrame([row("a", 2, 0.7), row("b", 4, odd), row("c", 8, 0.8)])
    over = axes(rows)
    (trace,) = parallel(rows, over, {}, colours).data
    assert ("b", "average_bits") in drawn(trace)
    assert {run for run, field in drawn(trace) if field == "test_accuracy"} == {"a", "c"}
    assert [axis.high for axis in over if axis.field == "test_accuracy"] == [0.8]


def test_a_logarithm_needs_numbers_above_0() -> None:
    rows = pd.DataFrame([row("a", 2, seconds_per_epoch=0.0), row("b", 4, seconds_per_epoch=3.0)])
    by_field = {axis.field: axis for axis in axes(rows)}
    assert by_field["average_bits"].log and not by_field["seconds_per_epoch"].log
    assert by_field["seconds_per_epoch"].places(pd.Series([0.0, 1.5, 3.0])).tolist() == [0, 0.5, 1]


def test_places_run_from_the_smallest_to_the_largest_value(rows: pd.DataFrame) -> None:
    for axis in axes(rows):
        places = axis.places(rows[axis.field])
        assert places.min() == 0 and places.max() == 1
        assert list(np.argsort(places)) == list(np.argsort(rows[axis.field]))
    bits = axes(rows)[0]
    # From 2 to 32 bits are four doublings, the first of them to 4 bits.
    assert bits.places(pd.Series([4.0])).tolist() == pytest.approx([0.25])


def test_every_point_carries_its_run_and_axis(rows: pd.DataFrame, three, colours: Palette) -> None:
    over = axes(rows)
    figure = parallel(rows, over, {"b": three[0]}, colours)
    assert all(trace.type == "scatter" and "lines+markers" in trace.mode for trace in figure.data)
    seen = [
        (custom[0], over[int(y)].field, x)
        for trace in figure.data
        for custom, x, y in zip(trace.customdata, trace.x, trace.y, strict=True)
        if y is not None
    ]
    assert len(seen) == 3 * len(over)
    by_hand = {
        (run, axis.field): place
        for axis in over
        for run, place in zip("abc", axis.places(rows[axis.field]), strict=True)
    }
    assert {(run, field): x for run, field, x in seen} == pytest.approx(by_hand)
    told = {
        (custom[0], text)
        for trace in figure.data
        for custom, text in zip(trace.customdata, trace.hovertext, strict=True)
    }
    assert len(told) == 3
    assert any(
        run == "b" and text.startswith("cora · gcn · a2q · seed 0 · b<br>Average bits: 4.00<br>") for run, text in told
    )


def test_compared_runs_have_their_looks_and_others_are_grey(rows: pd.DataFrame, three, colours: Palette) -> None:
    grey, first, second = parallel(rows, axes(rows), {"a": three[0], "c": three[1]}, colours).data
    assert (grey.line.color, grey.marker.color) == (colours.muted, colours.muted)
    assert {custom[0] for custom in grey.customdata} == {"b"}
    for trace, mark in ((first, three[0]), (second, three[1])):
        assert (trace.line.color, trace.line.dash, trace.marker.symbol) == (mark.colour, mark.dash, mark.symbol)
        assert [text for text in trace.text if text] == [f"<b>{mark.letter}</b>"]


def test_letters_that_would_overlap_stand_together(three, colours: Palette) -> None:
    rows = pd.DataFrame([row("a", 2, 0.7), row("b", 4, 0.703), row("c", 8, 0.8)])
    looks = dict(zip("abc", three, strict=True))
    texts = [[text for text in trace.text if text] for trace in parallel(rows, axes(rows), looks, colours).data]
    assert texts == [["<b>A B</b>"], [], ["<b>C</b>"]]


def test_axes_are_named_with_their_range(rows: pd.DataFrame, colours: Palette) -> None:
    figure = parallel(rows, axes(rows), {}, colours)
    texts = [annotation.text for annotation in figure.layout.annotations]
    assert texts[:3] == ["2.00", "<b>Average bits (log)</b>", "32.00"]
    assert len(texts) == 3 * len(axes(rows))
    assert figure.layout.dragmode == "select"


def test_different_metrics_share_no_axis(colours: Palette) -> None:
    mae = {"metric": "mae", "dataset": "zinc", "test_accuracy": None, "validation_accuracy": None}
    rows = pd.DataFrame(
        [
            row("a", 2, 0.7),
            row("b", 4, 0.8),
            row("c", 3, **mae, test_mae=0.5, validation_mae=0.4),
            row("d", 5, **mae, test_mae=0.6, validation_mae=0.7),
        ]
    )
    over = axes(rows)
    ranges = {axis.field: (axis.low, axis.high) for axis in over}
    assert ranges["test_accuracy"] == (0.7, 0.8)
    assert ranges["test_mae"] == (0.5, 0.6)
    (trace,) = parallel(rows, over, {}, colours).data
    assert {run for run, field in drawn(trace) if field == "test_accuracy"} == {"a", "b"}
    assert {run for run, field in drawn(trace) if field == "test_mae"} == {"c", "d"}
    assert trace.connectgaps is False
    # Which run is best cannot be said over different data.
    assert title(parallel(rows, over, {}, colours)) == "4 runs over 8 axes: average bits from 2.00 to 5.00"


def test_the_title_says_what_the_best_score_costs(rows: pd.DataFrame, colours: Palette) -> None:
    assert title(parallel(rows, axes(rows), {}, colours)) == (
        "3 runs: the best test accuracy, 80.0%, needs 4.00 average bits; the fewest, 2.00, reach 70.0%"
    )
    both = pd.DataFrame([row("a", 2, 0.9), row("b", 4, 0.8)])
    assert title(parallel(both, axes(both), {}, colours)) == (
        "2 runs: the best test accuracy, 90.0%, has the fewest average bits too, 2.00"
    )


def test_of_errors_the_lowest_is_the_best(colours: Palette) -> None:
    rows = pd.DataFrame([row("a", 2, metric="mae", test_mae=0.6), row("b", 4, metric="mae", test_mae=0.5)])
    assert "the best test mean absolute error, 0.500, needs 4.00 average bits" in title(
        parallel(rows, axes(rows), {}, colours)
    )


def test_a_title_of_a_run_is_no_markup(colours: Palette) -> None:
    rows = pd.DataFrame([row("a", 2, title="<b>x</b>"), row("b", 4)])
    (trace,) = parallel(rows, axes(rows), {}, colours).data
    assert trace.hovertext[0].startswith("&lt;b&gt;x&lt;/b&gt; · a<br>")


def test_the_table_has_true_values(rows: pd.DataFrame, three) -> None:
    table = parallel_table(rows, axes(rows), {"c": three[0]})
    assert list(table["letter"]) == ["", "", "A"]
    assert list(table["Average bits"]) == [2, 4, 32]
    assert list(table["Test accuracy"]) == [0.7, 0.8, 0.75]
