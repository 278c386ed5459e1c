"""The values of the features: how many are 0, how far they reach."""

import numpy as np

from a2q.datasets.statistics.flat import Flat
from a2q.datasets.statistics.record import Features

_QUANTILES = (1, 25, 50, 75, 99)
_BINS = 30
_FEW_VALUES = 12


def features(flat: Flat) -> Features:
    """Return what the features are like."""
    x = flat.x
    nodes, width = x.shape
    values: np.ndarray
    per_node: np.ndarray
    if isinstance(x, np.ndarray):
        values = x[x != 0]
        per_node = np.count_nonzero(x, axis=1)
        reach = np.abs(x).max(axis=0, initial=0)
    else:
        values = x.data[x.data != 0]
        per_node = np.diff(x.indptr)
        reach = abs(x).max(axis=0).toarray().ravel()
    some_are_0 = values.size < nodes * width
    edges, counts = _histogram(values)
    quantiles = np.percentile(values, _QUANTILES) if values.size else np.zeros(len(_QUANTILES))
    ends = np.append(values, 0.0) if some_are_0 or not values.size else values
    return Features(
        width=width,
        types=flat.types,
        zeros=1 - values.size / (nodes * width),
        binary=bool(np.all(values == 1)),
        low=float(ends.min()),
        high=float(ends.max()),
        quantiles=tuple(quantiles.tolist()),
        bin_edges=tuple(edges.tolist()),
        bin_counts=tuple(counts.tolist()),
        per_node=(float(per_node.min()), float(np.median(per_node)), float(per_node.max())),
        range_low=float(reach.min()),
        range_high=float(reach.max()),
    )


def _histogram(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if not values.size:
        return np.array([0.0, 1.0]), np.array([0])
    distinct = np.unique(values)
    if distinct.size <= _FEW_VALUES:
        # One bin for each value, as wide as the least gap, so that a bar stands at its value.
        gap = float(np.diff(distinct).min()) if distinct.size > 1 else 1.0
        low = float(distinct[0]) - gap / 2
        bins = min(_BINS, round((float(distinct[-1]) - low) / gap + 0.5))
        counts, edges = np.histogram(values, bins, (low, low + bins * gap))
        return edges, counts
    counts, edges = np.histogram(values, _BINS)
    return edges, counts
