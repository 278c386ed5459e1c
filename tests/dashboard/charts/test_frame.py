import plotly.graph_objects as go
import pytest

from a2q_studio.charts import Palette
from a2q_studio.charts.frame import TITLE_CHARACTERS, TITLE_LINES, frame, trend, whole


@pytest.mark.parametrize(
    ("first", "last", "verb"),
    [
        (1, 2, "rises"),
        (2, 1, "falls"),
        (2, 2, "stays level"),
        (0, 0, "stays level"),
        (1, 1.05, "stays level"),
        (1, 1.06, "rises"),
        (1.06, 1, "falls"),
        (0, 0.001, "rises"),
        (-1, -2, "falls"),
    ],
)
def test_trend_is_level_within_a_twentieth(first: float, last: float, verb: str) -> None:
    assert trend(first, last) == verb


@pytest.mark.parametrize(("count", "text"), [(0, "0 nodes"), (1, "1 node"), (2708, "2,708 nodes")])
def test_counts_have_their_noun(count: int, text: str) -> None:
    assert whole(count) == text


@pytest.mark.parametrize("words", [1, 12, 40])
def test_titles_are_wrapped_whole_and_take_the_same_room(colours: Palette, words: int) -> None:
    title = " ".join(f"word{number}" for number in range(words))
    figure = go.Figure(go.Bar(x=[1], y=[1]))
    assert frame(figure, colours, title, "Time (s)", "Size (KiB)") is figure
    lines = figure.layout.title.text.split("<br>")
    assert " ".join(line for line in lines if line != "\u00a0") == title
    assert len(lines) >= TITLE_LINES
    assert all(len(line) <= TITLE_CHARACTERS for line in lines)


def test_axes_colours_and_further_layout(colours: Palette) -> None:
    figure = frame(go.Figure(go.Bar(x=[1], y=[1])), colours, "Title", "Time (s)", "Size (KiB)", barmode="overlay")
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("Time (s)", "Size (KiB)")
    assert figure.layout.font.color == colours.text
    assert figure.layout.font.size >= 14
    assert figure.layout.barmode == "overlay"
    assert figure.layout.dragmode == "pan"
