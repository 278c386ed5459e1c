import numpy as np
import plotly.graph_objects as go

from a2q_studio.charts import palette
from a2q_studio.charts.frame import frame
from a2q_studio.charts.twin import table_of


def test_bars_and_lines_give_one_row_for_each_value() -> None:
    figure = go.Figure([go.Bar(x=["a", "b"], y=[1, 2], name="first"), go.Scatter(x=["a"], y=[3], name="second")])
    table = table_of(frame(figure, palette("light"), "title", "Group", "Mean bits"))
    assert table.to_dict("list") == {
        "series": ["first", "first", "second"],
        "Group": ["a", "b", "a"],
        "Mean bits": [1, 2, 3],
    }


def test_a_second_axis_has_a_column_of_its_own() -> None:
    figure = go.Figure([go.Scatter(x=[1], y=[2]), go.Scatter(x=[1], y=[9], yaxis="y2")])
    frame(figure, palette("light"), "title", "Epoch", "Score").update_layout(yaxis2={"title": "Bits"})
    table = table_of(figure)
    assert list(table.columns) == ["Epoch", "Score", "Bits"]
    assert table["Bits"].dropna().tolist() == [9] and table["Score"].dropna().tolist() == [2]


def test_heatmaps_give_one_row_for_each_cell() -> None:
    z = np.arange(6).reshape(2, 3)
    figure = go.Figure(go.Heatmap(z=z, x=["p", "q", "r"], y=["u", "v"], colorbar={"title": {"text": "error"}}))
    table = table_of(frame(figure, palette("dark"), "title", "Dimension", "Degree"))
    assert table["error"].tolist() == list(range(6))
    assert table.iloc[4].to_dict() == {"Dimension": "q", "Degree": "v", "error": 4}


def test_a_figure_without_values_is_an_empty_table() -> None:
    assert table_of(go.Figure()).empty
    assert table_of(go.Figure(go.Scatter(x=[], y=[]))).empty
