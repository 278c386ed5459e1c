"""The random step sizes that the paper's code starts from."""

from dataclasses import dataclass
from typing import Literal

from a2q.layers.roles import Kind

Start = Literal[
    "data",
    "paper-gcn",
    "paper-gin",
    "paper-gat",
    "paper-arxiv",
    "paper-norm",
    "paper-uniform",
    "paper-norm-gcn",
    "paper-uniform-gcn",
    "paper-uniform-gat",
]


@dataclass(frozen=True)
class RandomStart:
    """Step sizes ``|N(mean, std)|``, or uniform between 0 and 1 where ``std`` is None."""

    mean: float
    std: float | None


_SMALL = RandomStart(0.01, 0.01)
_WIDE = RandomStart(0.01, 0.1)
_UNIFORM = RandomStart(0.0, None)

# Source: the paper's code, one row for each of its scripts; those of graph-level scripts are
# called after their setting for node features, and after the model where it has values of its own.
PAPER_STARTS: dict[Start, dict[Kind, RandomStart]] = {
    "paper-gcn": {"features": _SMALL, "weight": RandomStart(0.1, 0.2), "combination": _SMALL},
    "paper-gin": {"features": _WIDE, "weight": _WIDE, "combination": _SMALL},
    "paper-gat": {
        "features": RandomStart(0.1, 0.2),
        "weight": RandomStart(0.01, 0.02),
        "combination": RandomStart(0.001, 0.001),
        "attention": RandomStart(0.1, 0.1),
        "logits": RandomStart(0.1, 0.1),
    },
    "paper-arxiv": {"features": RandomStart(0.1, 0.2), "weight": RandomStart(0.01, 0.02), "combination": _SMALL},
    "paper-norm": {"features": _WIDE, "weight": _WIDE, "combination": _SMALL},
    "paper-uniform": {"features": _UNIFORM, "weight": _WIDE, "combination": _SMALL},
    "paper-norm-gcn": {"features": _WIDE, "weight": _WIDE, "combination": RandomStart(0.05, 0.02)},
    "paper-uniform-gcn": {"features": _UNIFORM, "weight": _WIDE, "combination": RandomStart(0.05, 0.02)},
    "paper-uniform-gat": {
        "features": _UNIFORM,
        "weight": _WIDE,
        "combination": _UNIFORM,
        "attention": _SMALL,
        "logits": _UNIFORM,
    },
}
