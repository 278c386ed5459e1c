"""How the bits of the same nodes differ between two runs."""

import hashlib
from collections.abc import Mapping

import numpy as np
import pandas as pd

# What the dataset alone decides, whatever was trained on it.
_OF_THE_GRAPH = ("in_degree", "label", "graph", "node_name")


def graph_key(arrays: Mapping[str, np.ndarray]) -> str:
    """Sixteen hexadecimal digits that are the same for runs whose nodes can be set side by side, number by number.

    Equal where in-degree and label (and graph and name, where there are some) agree node by node.
    """
    digest = hashlib.sha256()
    for name in _OF_THE_GRAPH:
        if name in arrays:
            values = arrays[name]
            digest.update(f"{name} {values.shape} {values.dtype.kind} ".encode())
            digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()[:16]


def bit_changes(base: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """One row per node: ``node``, ``in_degree``, ``degree_group``, ``base`` and ``other`` (effective bits of the two
    runs) and ``change``, other − base, in bits.

    Args:
        base, other: node tables of the same nodes and of the same layer in two runs, both with bits.

    Raises:
        ValueError: the tables have different numbers of nodes.
    """
    if len(base) != len(other):
        raise ValueError(
            f"One run has {len(base):,} nodes and the other {len(other):,}; only runs on the same graph have a "
            "difference node by node."
        )
    table = base[["node", "in_degree", "degree_group"]].copy()
    table["base"], table["other"] = base["bits"].to_numpy(), other["bits"].to_numpy()
    table["change"] = table["other"] - table["base"]
    return table
