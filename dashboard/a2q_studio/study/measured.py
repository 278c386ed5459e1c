"""The study's differences of test accuracy, as they are shipped with the app."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from a2q.datasets import card
from a2q.layers import LAYERS
from a2q.models.config import ModelName
from a2q.reports.worth import MEASURES, Difference, told

FILE = Path(__file__).parent / "worth.json"
"""Made of docs/worth.json by ``python benchmarks/worth.py --untrained --ship``."""

SOURCE = "docs/worth.md (`python benchmarks/worth.py`)"

LEAST_OF_ALL = 1.0
"""From this average on every node can have a bit; below it some must have none."""


@dataclass(frozen=True)
class Measured:
    """One graph and network at one average: learned bits minus the same bits on other nodes.

    Attributes:
        dataset, model: what was trained on what.
        settings: how it differs from the preset of our A²Q or from the graph as it is; empty where it does not.
        same_graph: whether it is the graph as the catalogue has it.
        average_bits: of the quantized layer inputs, as asked for.
        difference: of test accuracies over seeds, 0.01 is a point.
    """

    dataset: str
    model: ModelName
    settings: str
    same_graph: bool
    average_bits: float
    difference: Difference

    @property
    def name(self) -> str:
        """As in "Cora, GCN" or "Cora, GCN, without distillation"."""
        network = f"{card(self.dataset).title}, {LAYERS[self.model].title}"
        return f"{network}, {self.settings}" if self.settings else network

    @property
    def figure(self) -> str:
        """As in "+1.8 points (0.77 to 2.8)"; the interval is of 95 %."""
        return told(MEASURES["test_score"], self.difference)[0]


@cache
def measured() -> tuple[Measured, ...]:
    """All that was measured with an interval, in the study's order."""
    rows = json.loads(FILE.read_text(encoding="utf-8"))
    return tuple(Measured(**{**row, "difference": Difference(**row["difference"])}) for row in rows)


def of_name(name: str) -> tuple[Measured, ...]:
    """Every average of one graph and network, rising."""
    return tuple(sorted((one for one in measured() if one.name == name), key=lambda one: one.average_bits))


def shown_in(rows: Sequence[Measured]) -> str:
    """Where which node has the bits made a difference: counts, from 1 bit on and below."""
    above = [one for one in rows if one.average_bits >= LEAST_OF_ALL]
    below = [one for one in rows if one.average_bits < LEAST_OF_ALL]
    sides = [(f"at {LEAST_OF_ALL:g} bit and more", above), ("below, where some nodes have none,", below)]
    return "; ".join(f"{where} {_counted(side)}" for where, side in sides if side)


def _counted(rows: Sequence[Measured]) -> str:
    better, worse = (sum(one.difference.sign == sign for one in rows) for sign in (1, -1))
    lost = f", and less in {worse}" if worse else ""
    return f"learned bits score more in {better} of {len(rows)}{lost}"
