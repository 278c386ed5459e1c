"""How a run is told from others in every chart: letter, colour, line and marker, never colour alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from a2q_studio.charts.palette import SERIES, Palette

MOST_RUNS = 6
LETTERS = "ABCDEF"
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x")
OPACITY_BEHIND = 0.3
"""Of runs that are not the highlighted one."""


@dataclass(frozen=True)
class Mark:
    """One run's looks.

    Attributes:
        letter: "A" to "F".
        name: what tells it from the others in words, such as "uniform · seed 1".
        colour, dash, symbol: of its lines and markers.
    """

    letter: str
    name: str
    colour: str
    dash: str
    symbol: str

    @property
    def title(self) -> str:
        """Letter and name."""
        return f"{self.letter}: {self.name}"


def marks(names: Sequence[str]) -> list[Mark]:
    """One mark for each of up to six runs, in their order."""
    looks = zip(LETTERS, names, SERIES, _DASHES, _SYMBOLS, strict=False)
    return [Mark(*look) for look in looks]


def opacity(mark: Mark, highlight: str | None) -> float:
    """1, or less where another run is highlighted."""
    return 1.0 if highlight in (None, mark.letter) else OPACITY_BEHIND


def line(mark: Mark, highlight: str | None) -> dict[str, object]:
    """Plotly's line: the run's, thicker where it is highlighted."""
    return {"color": mark.colour, "dash": mark.dash, "width": 4 if highlight == mark.letter else 2}


def marker(mark: Mark, highlight: str | None, palette: Palette, size: int = 9) -> dict[str, object]:
    """Plotly's marker: the run's, larger where it is highlighted."""
    return {
        "color": mark.colour,
        "symbol": mark.symbol,
        "size": size + 5 if highlight == mark.letter else size,
        "line": {"color": palette.text, "width": 1},
    }
