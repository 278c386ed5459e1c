import json

from streamlit.testing.v1 import AppTest


def page(key, file_name) -> None:
    import plotly.graph_objects as go

    from a2q_studio.charts import palette
    from a2q_studio.charts.frame import frame
    from a2q_studio.ui.figure import show_figure

    figure = frame(
        go.Figure(go.Bar(x=[1], y=[1])), palette("light"), "What this long title says is wrapped here", "x", "y"
    )
    show_figure(figure, key, file_name=file_name)


def test_the_title_is_the_accessible_name() -> None:
    (chart,) = AppTest.from_function(page, args=("bars", None)).run().get("plotly_chart")
    assert chart.proto.alt == "What this long title says is wrapped here"


def test_pictures_have_a_telling_file_name() -> None:
    for file_name, expected in ((None, "bars"), ("a2q-1-bits", "a2q-1-bits")):
        (chart,) = AppTest.from_function(page, args=("bars", file_name)).run().get("plotly_chart")
        config = json.loads(chart.proto.config)
        assert config["toImageButtonOptions"]["filename"] == expected
        assert config["displaylogo"] is False


def opened(file_name) -> None:
    import streamlit as st

    st.session_state["table-bars"] = True
    import plotly.graph_objects as go

    from a2q_studio.charts import palette
    from a2q_studio.charts.frame import frame
    from a2q_studio.ui.figure import show_figure

    figure = frame(go.Figure(go.Bar(x=["a"], y=[7])), palette("light"), "Title", "Group", "Mean bits")
    show_figure(figure, "bars", file_name=file_name)


def test_a_figure_opens_as_a_table_with_its_download() -> None:
    app = AppTest.from_function(page, args=("bars", None)).run()
    assert not app.dataframe
    app = AppTest.from_function(opened, args=(None,)).run()
    assert not app.exception
    (table,) = app.dataframe
    assert table.value.to_dict("list") == {"Group": ["a"], "Mean bits": [7]}
