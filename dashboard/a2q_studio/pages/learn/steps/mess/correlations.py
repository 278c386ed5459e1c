"""What a real run looks like behind its group means."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from a2q_studio.pages.learn.lesson.groups import group_means
from a2q_studio.pages.learn.lesson.step import State, nearest
from a2q_studio.pages.learn.lesson.teaching import EVEN_DEGREES, Teaching


def rank_correlation(nodes: pd.DataFrame) -> float:
    """Spearman's rank correlation of in-degree and bits over all nodes; 0 where one of them never changes."""
    ranks = nodes[["in_degree", "bits"]].rank()
    if (ranks.nunique() < 2).any():
        return 0.0
    return float(ranks["in_degree"].corr(ranks["bits"]))


def low_degree_share(nodes: pd.DataFrame, most: int = 4) -> float:
    """Share of nodes with an in-degree of at most ``most``."""
    return float((nodes["in_degree"] <= most).mean())


def error_by_degree_and_bits(nodes: pd.DataFrame, column: str = "relative_error") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mean of an error column and number of nodes, for each group of in-degrees (rows) and bitwidth (columns).

    Cells without nodes hold NaN and 0.
    """
    grouped = nodes.groupby(["degree_group", "bits"], observed=True)[column]
    mean, count = grouped.mean().unstack(), grouped.size().unstack(fill_value=0)
    return mean, count.reindex_like(mean).fillna(0).astype(np.int64)


def mess_correlation(teaching: Teaching) -> float:
    """Spearman's correlation of in-degree and bits, GCN."""
    return rank_correlation(teaching.layer(teaching.bundles[EVEN_DEGREES]).nodes)


def how_correlated(teaching: Teaching) -> int:
    """Among +0.9, +0.5 and +0.2."""
    return nearest(mess_correlation(teaching), (0.9, 0.5, 0.2))


def why_so_small(teaching: Teaching) -> str:
    """The correlation beside the group means and the share of nodes with few edges."""
    nodes = teaching.layer(teaching.bundles[EVEN_DEGREES]).nodes
    means = group_means(nodes["in_degree"].to_numpy(), nodes["bits"].to_numpy())["mean"]
    return (
        f"It is {mess_correlation(teaching):+.2f}, although group means go from {means.iloc[0]:.2f} to "
        f"{means.iloc[-1]:.2f} bits: {low_degree_share(nodes):.0%} of the nodes have an in-degree of 4 or less, and "
        "among those bits hardly differ."
    )


def demo(_: Teaching) -> Sequence[State]:
    """Means, all nodes, then the error."""
    return [{"mess": view} for view in ("Group means", "All nodes", "Error by degree and bits")]
