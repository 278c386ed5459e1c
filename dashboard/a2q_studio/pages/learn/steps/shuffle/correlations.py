"""What a real run looks like behind its group means."""

import numpy as np
import pandas as pd


def rank_correlation(nodes: pd.DataFrame) -> float:
    """Spearman's rank correlation of in-degree and bits over all nodes; 0 where one of them never changes."""
    ranks = nodes[["in_degree", "bits"]].rank()
    if (ranks.nunique() < 2).any():
        return 0.0
    return float(ranks["in_degree"].corr(ranks["bits"]))


def error_by_degree_and_bits(nodes: pd.DataFrame, column: str = "relative_error") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mean of an error column and number of nodes, for each group of in-degrees (rows) and bitwidth (columns).

    Cells without nodes hold NaN and 0.
    """
    grouped = nodes.groupby(["degree_group", "bits"], observed=True)[column]
    mean, count = grouped.mean().unstack(), grouped.size().unstack(fill_value=0)
    return mean, count.reindex_like(mean).fillna(0).astype(np.int64)
