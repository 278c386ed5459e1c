"""Groups of nodes by in-degree, as several steps show them."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from a2q.reports.node_table import degree_groups

GROUPS = ("≤ 1", "2–3", "4–5", "6–10", "> 10")
"""The five groups of in-degrees that share out a budget."""
_FIRST_OF_NEXT = (2, 4, 6, 11)


class Group(NamedTuple):
    """One group of in-degrees.

    Attributes:
        name: as in :data:`GROUPS`.
        nodes: how many.
        share: of all nodes.
    """

    name: str
    nodes: int
    share: float


def group_of(in_degree: np.ndarray) -> np.ndarray:
    """Position in :data:`GROUPS` of each node, [num_nodes]."""
    return np.asarray(np.digitize(in_degree, _FIRST_OF_NEXT))


def groups(in_degree: np.ndarray) -> list[Group]:
    """All five groups, empty ones too."""
    counts = np.bincount(group_of(in_degree), minlength=len(GROUPS))
    return [Group(name, int(count), count / len(in_degree)) for name, count in zip(GROUPS, counts, strict=True)]


def group_means(in_degree: np.ndarray, bits: np.ndarray) -> pd.DataFrame:
    """Mean bits and number of nodes of each group of in-degrees that occurs."""
    grouped = pd.Series(bits, dtype=float).groupby(degree_groups(in_degree), observed=True)
    return pd.DataFrame({"mean": grouped.mean(), "nodes": grouped.size()})
