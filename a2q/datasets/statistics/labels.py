"""Classes per part, who is near a label, and how alike neighbours are."""

import numpy as np

from a2q.datasets.statistics.flat import Flat
from a2q.datasets.statistics.record import Homophily, Labels, Part

_QUARTILES = (0, 25, 50, 75, 100)
_MOST_HOPS = 6


def labels(flat: Flat) -> Labels:
    """Return classes (or values) per part and the reach of the training part's labels."""
    items = flat.label.size
    in_none = np.setdiff1d(np.arange(items), np.concatenate(list(flat.parts.values())), assume_unique=True)
    parts = flat.parts | ({"none": in_none} if in_none.size else {})
    train = flat.parts["train"]
    return Labels(
        class_names=flat.class_names,
        parts=tuple(_part(name, flat.label[numbers], len(flat.class_names)) for name, numbers in parts.items()),
        rate=train.size / items,
        coverage=coverage(flat, train) if flat.sizes is None else (),
    )


def coverage(flat: Flat, labelled: np.ndarray) -> tuple[float, ...]:
    """Return the share of nodes whose messages reach a labelled node within 0, 1, 2, … hops, until it stays.

    In a network of L layers the task's gradient reaches the input of layer L only at nodes within one hop of a label,
    that of layer 1 at nodes within L hops: all others learn step size and bits from the Local Gradient alone.

    Args:
        flat: the graph.
        labelled: numbers of the nodes with a label.
    """
    reached = np.zeros(flat.nodes, dtype=bool)
    reached[labelled] = True
    shares = [float(reached.mean())]
    for _ in range(_MOST_HOPS):
        reached[flat.edge_source[reached[flat.edge_target]]] = True
        shares.append(float(reached.mean()))
        if shares[-1] == shares[-2]:
            shares.pop()
            break
    return tuple(shares)


def homophily(flat: Flat) -> Homophily | None:
    """Return how alike neighbours are, or None where nodes have no classes or there are no edges."""
    kind = flat.classes
    if kind is None:
        return None
    # A node of an own graph may have no class, which is -1.
    known = flat.proper & (kind[flat.edge_source] >= 0) & (kind[flat.edge_target] >= 0)
    source, target = flat.edge_source[known], flat.edge_target[known]
    if not source.size:
        return None
    same = kind[source] == kind[target]
    alike = np.bincount(target, weights=same, minlength=flat.nodes)
    count = np.bincount(target, minlength=flat.nodes)
    heard = count > 0
    ends = np.bincount(kind[np.concatenate([source, target])], minlength=int(kind.max()) + 1)
    chance = float(((ends / ends.sum()) ** 2).sum())
    edge = float(same.mean())
    return Homophily(
        edge=edge,
        node=float((alike[heard] / count[heard]).mean()),
        adjusted=(edge - chance) / (1 - chance) if chance < 1 else 0.0,
    )


def _part(name: str, label: np.ndarray, classes: int) -> Part:
    known = label[np.isfinite(label)] if label.dtype.kind == "f" else label[label >= 0]
    if label.dtype.kind == "f":
        values = np.percentile(known, _QUARTILES) if known.size else np.zeros(0)
        return Part(name=name, size=label.size, quantiles=tuple(values.tolist()))
    return Part(name=name, size=label.size, counts=tuple(np.bincount(known, minlength=classes).tolist()))
