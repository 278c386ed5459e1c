"""What a node's colour can stand for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from a2q.units import MOST_BITS
from a2q_studio.charts.palette import SERIES, Palette

SYMBOLS = ("circle", "square", "diamond", "cross", "x", "triangle-up", "star", "pentagon", "hexagram", "hourglass")


@dataclass(frozen=True)
class Colouring:
    """One meaning of colour.

    Attributes:
        title: as a control and a link name it.
        column: of the node table.
        kind: "bits", "class", "correct" (a colour and a shape for each value) or "number" (a scale).
        unit: what the scale of a number says.
        logarithmic: whether the scale of a number is.
    """

    title: str
    column: str
    kind: str
    unit: str = ""
    logarithmic: bool = False


COLOURINGS = {
    "bits": Colouring("Bits", "bits", "bits"),
    "degree": Colouring("In-degree", "in_degree", "number", "In-degree (edges)", logarithmic=True),
    "aggregation": Colouring(
        "Aggregation value", "aggregation_fp32", "number", "Mean |feature| after aggregation (FP32)", logarithmic=True
    ),
    "error": Colouring("Error", "error", "number", "Mean |x_q − x|", logarithmic=True),
    "class": Colouring("Class", "label", "class"),
    "correct": Colouring("Correct", "correct", "correct"),
}
"""By the word that charts are given."""


@dataclass(frozen=True)
class Category:
    """Nodes that are drawn alike.

    Attributes:
        name: in the legend.
        rows: positions in the table.
        colour, symbol: how they are drawn.
    """

    name: str
    rows: np.ndarray
    colour: str
    symbol: str


def available(nodes: pd.DataFrame) -> list[str]:
    """The colourings for which a run has values; classes only where they are whole numbers, and few."""
    found = [name for name, colouring in COLOURINGS.items() if colouring.column in nodes]
    if "label" in nodes and (nodes["label"].dtype.kind == "f" or nodes["label"].nunique() > 40):
        found.remove("class")
    return found


def categories(nodes: pd.DataFrame, colouring: Colouring, palette: Palette) -> list[Category]:
    """The groups of nodes that a colouring of bits, classes or correctness draws alike, in order."""
    values = nodes[colouring.column].to_numpy()
    drawn: dict[str, Callable[[int], tuple[str, str, str]]] = {
        "bits": lambda bits: (
            "0 bits (pruned)" if bits == 0 else f"{bits} bit{'s' if bits > 1 else ''}",
            palette.of_bits(bits),
            "circle" if bits else "circle-open",
        ),
        "class": lambda label: (
            f"class {label}",
            SERIES[label % len(SERIES)],
            SYMBOLS[label % len(SYMBOLS)],
        ),
        "correct": lambda correct: ("correct", SERIES[0], "circle") if correct else ("wrong", SERIES[1], "x"),
    }
    found: list[Category] = []
    for value in _order(values, colouring.kind):
        name, colour, symbol = drawn[colouring.kind](int(value))
        found.append(Category(name, np.flatnonzero(values == value), colour, symbol))
    return found


def _order(values: np.ndarray, kind: str) -> Sequence[int]:
    present = np.unique(values)
    return [value for value in range(MOST_BITS + 1) if value in present] if kind == "bits" else list(present)
