"""What was tried of one fault, and how it ended."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Trials:
    """One row of the table.

    Attributes:
        fault: what was done.
        right: how it should end, in words.
        ended: how often it ended so ("right"), or otherwise, in words.
        untried: why it could not be tried here; empty where it was.
    """

    fault: str
    right: str
    ended: Counter[str] = field(default_factory=Counter)
    untried: str = ""

    @property
    def row(self) -> str:
        """As Markdown."""
        if self.untried:
            return f"| {self.fault} | – | {self.right} | not tried here: {self.untried} |"
        tried = self.ended.total()
        others = ", ".join(f"{count} {words}" for words, count in self.ended.most_common() if words != "right")
        return f"| {self.fault} | {tried} | {self.right}: {self.ended['right']} | {others or 'none'} |"
