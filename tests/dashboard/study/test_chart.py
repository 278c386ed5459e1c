import pytest

from a2q.reports.worth import Difference
from a2q_studio.charts import Palette
from a2q_studio.charts.twin import table_of
from a2q_studio.study.chart import worth_by_bits
from a2q_studio.study.measured import Measured


def test_intervals_and_what_they_show(colours: Palette) -> None:
    rows = [
        Measured("cora", "gcn", "", True, 0.5, Difference(0.018, 0.008, 0.028, 0.02, 10)),
        Measured("cora", "gcn", "", True, 1, Difference(0.001, -0.005, 0.006, 0.6, 10)),
        Measured("cora", "gcn", "", True, 1.7, Difference(-0.001, -0.004, 0.003, 0.8, 10)),
    ]
    figure = worth_by_bits(rows, colours)
    (dots,) = figure.data
    assert list(dots.x) == pytest.approx([1.8, 0.1, -0.1])
    assert list(dots.error_x.array) == pytest.approx([1.0, 0.5, 0.4])
    assert list(dots.error_x.arrayminus) == pytest.approx([1.0, 0.6, 0.3])
    assert list(dots.y) == ["0.5 bits", "1 bit", "1.7 bits"]
    assert list(dots.marker.symbol) == ["diamond", "circle", "circle"]
    title = figure.layout.title.text.replace("<br>", " ").replace("\u00a0", "").strip()
    assert title == "Cora, GCN: +1.8 points at 0.5; no difference shown at 1, 1.7 bits"
    assert figure.layout.shapes[0].x0 == 0
    assert len(table_of(figure)) == 3
    assert "no difference" not in worth_by_bits(rows[:1], colours).layout.title.text
