"""How the bits of groups of in-degrees move in training."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from a2q.reports.node_table import degree_groups


def shares(in_degree: np.ndarray, bits: np.ndarray) -> pd.DataFrame:
    """Share of each bitwidth that occurs (columns) within each group of in-degrees that occurs (rows)."""
    counted = pd.crosstab(pd.Series(degree_groups(in_degree), name="group"), pd.Series(bits, name="bits"))
    return counted.div(counted.sum(axis=1), axis=0)


def group_means(in_degree: np.ndarray, bits: np.ndarray) -> pd.DataFrame:
    """Mean bits and number of nodes of each group of in-degrees that occurs."""
    grouped = pd.Series(bits, dtype=float).groupby(degree_groups(in_degree), observed=True)
    return pd.DataFrame({"mean": grouped.mean(), "nodes": grouped.size()})


def ends(in_degree: np.ndarray, snapshots: Mapping[int, np.ndarray]) -> dict[int, tuple[float, float]]:
    """By epoch the mean bits of the group of lowest and of that of highest in-degree."""
    found = {}
    for epoch, bits in snapshots.items():
        means = group_means(in_degree, bits)["mean"]
        found[epoch] = (float(means.iloc[0]), float(means.iloc[-1]))
    return found
