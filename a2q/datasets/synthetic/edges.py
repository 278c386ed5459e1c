"""Who is a neighbour of whom in a generated graph: by degree and class, by class alone, in stars, on a ring.

Every function returns both ends of undirected edges, once each; repeats and self-loops may be among them.
"""

import numpy as np

Ends = tuple[np.ndarray, np.ndarray]


def pairs_by_weight(
    label: np.ndarray, weight: np.ndarray, homophily: float, mean_degree: float, rng: np.random.Generator
) -> Ends:
    """Draw edges whose ends are drawn by weight, the second one in the first one's class with chance `homophily`.

    With equal weights this is a stochastic block model, with others its degree-corrected form: a node's expected
    degree is proportional to its weight.

    Args:
        label: class of each node, [nodes].
        weight: of each node, positive, [nodes].
        homophily: share of edges within a class, 0 to 1.
        mean_degree: edges at a node, on average, before repeats are dropped.
        rng: where the draws come from.

    Source: after Chung and Lu (2002), Holland et al. (1983) and Karrer and Newman (2011).
    """
    count = round(label.size * mean_degree / 2)
    # Nodes in the order of their classes, so that a class is a stretch of the summed weights.
    order = np.argsort(label, kind="stable")
    ends = np.cumsum(weight[order])
    sizes = np.bincount(label)
    last = np.cumsum(sizes)
    stop = ends[last - 1]
    start = np.concatenate([[0.0], stop[:-1]])
    source = order[_drawn(ends, rng.random(count) * ends[-1])]
    kind = label[source]
    own = stop[kind] - start[kind]
    # Outside its class: a point of the whole length without the stretch of the class, which is then jumped over.
    outside = rng.random(count) * (ends[-1] - own)
    outside = np.where(outside < start[kind], outside, outside + own)
    inside = start[kind] + rng.random(count) * own
    target = order[_drawn(ends, np.where(rng.random(count) < homophily, inside, outside))]
    return source, target


def power_law_weights(nodes: int, exponent: float, rng: np.random.Generator) -> np.ndarray:
    """Draw weights of 1 and more whose density falls as weight^-exponent, [nodes]."""
    return np.asarray((1.0 - rng.random(nodes)) ** (-1.0 / (exponent - 1.0)))


def stars(label: np.ndarray, homophily: float, rng: np.random.Generator) -> Ends:
    """Tie each node to the first node of its own class with chance `homophily`, else to that of another class."""
    classes, hubs = np.unique(label, return_index=True)
    leaves = np.setdiff1d(np.arange(label.size), hubs)
    kind = np.searchsorted(classes, label[leaves])
    return leaves, hubs[_kept_or_changed(kind, classes.size, homophily, rng)]


def ring(nodes: int) -> Ends:
    """Tie each node to the next, and the last to the first."""
    each = np.arange(nodes)
    return each, (each + 1) % nodes


def classes_along(nodes: int, classes: int, homophily: float, rng: np.random.Generator) -> np.ndarray:
    """Draw classes [nodes] of which each is that of the node before with chance `homophily`, else another one.

    The circle is cut into as many stretches as there are classes and each starts with one, so that every class occurs.
    """
    walked = np.cumsum(np.where(rng.random(nodes) < homophily, 0, rng.integers(1, classes, nodes)))
    stretch = np.arange(nodes) * classes // nodes
    first = np.searchsorted(stretch, np.arange(classes))
    return np.asarray((walked - walked[first][stretch] + stretch) % classes)


def _kept_or_changed(kind: np.ndarray, classes: int, homophily: float, rng: np.random.Generator) -> np.ndarray:
    if classes < 2:
        return kind
    changed = (kind + rng.integers(1, classes, kind.size)) % classes
    return np.where(rng.random(kind.size) < homophily, kind, changed)


def _drawn(ends: np.ndarray, points: np.ndarray) -> np.ndarray:
    return np.minimum(np.searchsorted(ends, points, side="right"), ends.size - 1)
