"""How a score is named and printed: accuracy in percent, mean absolute error as a number."""

from typing import NamedTuple


class Score(NamedTuple):
    """One metric in words.

    Attributes:
        name: as in "Validation accuracy", after the part it was measured on.
        axis: Plotly's tick format.
        format: Python's.
    """

    name: str
    axis: str
    format: str

    def text(self, value: float) -> str:
        """The value as people read it."""
        return format(value, self.format)


SCORES = {"accuracy": Score("accuracy", ".0%", ".1%"), "mae": Score("mean absolute error", ".2f", ".3f")}
