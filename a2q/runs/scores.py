"""How a score is named and printed: accuracy in percent, mean absolute error as a number."""

from typing import Literal, NamedTuple


class Score(NamedTuple):
    """One metric in words.

    Attributes:
        name: as in "Validation accuracy", after the part it was measured on.
        axis: tick format of charts.
        format: Python's.
        best: which of two values is the better one.
    """

    name: str
    axis: str
    format: str
    best: Literal["highest", "lowest"]

    def text(self, value: float) -> str:
        """The value as people read it."""
        return format(value, self.format)


SCORES = {
    "accuracy": Score("accuracy", ".0%", ".1%", "highest"),
    "mae": Score("mean absolute error", ".2f", ".3f", "lowest"),
}
"""Each metric of :attr:`a2q.runs.Run.metric`."""
