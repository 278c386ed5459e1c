"""Force-directed layout: linked nodes end up close to each other."""

import random
from collections.abc import Callable, Sequence

import igraph
import numpy as np
from scipy.sparse import csr_array, diags_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import ArpackNoConvergence, eigsh

_MARGIN = 1.0


def packed(pieces: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Move each component's coordinates, [nodes, 2], so that none overlaps another.

    The first stays where it is, its lower left corner at the origin; the others fill columns to its right, in the
    order given, as high as the first is or, where they need more room together, as a square sheet.

    Source: shelf packing.
    """
    boxes = [np.ptp(piece, axis=0) + _MARGIN for piece in pieces]
    if not pieces:
        return []
    area = sum(float(width * height) for width, height in boxes)
    limit = max(float(boxes[0][1]), np.sqrt(area))
    x, y, column = 0.0, 0.0, 0.0
    moved = []
    for piece, (width, height) in zip(pieces, boxes, strict=True):
        if y > 0 and y + height > limit:
            x, y, column = x + column, 0.0, 0.0
        moved.append(piece - piece.min(axis=0) + (x, y))
        y, column = y + float(height), max(column, float(width))
    return moved


# A dense decomposition of fewer nodes is quicker and exact.
_FEW_NODES = 64


def spectral_start(links: csr_array) -> np.ndarray:
    """Two leading non-constant eigenvectors of the normalised adjacency matrix, scaled to [-1, 1], [num_nodes, 2].

    Args:
        links: symmetric, of one connected component with at least 3 nodes.

    Source: standard spectral embedding; signs are fixed by the largest entry, which makes it repeatable.
    """
    count = links.shape[0]
    scale = diags_array(1 / np.sqrt(np.maximum(links.sum(axis=1), 1)))
    normalised = scale @ links @ scale
    if count <= _FEW_NODES:
        vectors = np.linalg.eigh(normalised.toarray())[1][:, -3:]
    else:
        start = np.random.default_rng(0).standard_normal(count)
        try:
            vectors = eigsh(normalised, k=3, which="LA", v0=start, maxiter=300, tol=1e-3)[1]
        except ArpackNoConvergence:
            # Forces find their way from anywhere.
            vectors = np.random.default_rng(0).standard_normal((count, 3))
    coordinates = vectors[:, -2::-1][:, :2] * np.sqrt(np.maximum(links.sum(axis=1), 1))[:, None] ** -1
    largest = coordinates[np.abs(coordinates).argmax(axis=0), [0, 1]]
    coordinates = coordinates / np.where(largest == 0, 1, largest)
    # Nodes with the same neighbours have the same coordinates, and forces between them no direction.
    nudge = np.random.default_rng(1).standard_normal(coordinates.shape) * 0.01
    return np.asarray(coordinates + nudge)


# Below this many nodes 500 iterations are a matter of seconds.
FEW_NODES = 50_000
ITERATIONS, ITERATIONS_OF_MANY = 500, 250
# Exact forces between all pairs are affordable, and look better, below this.
GRID_FROM = 1_000

# Each node takes up so much of the sheet, in units of the distance between the two nodes of a pair.
ROOM = 4.0
# Of a component's nodes this share keeps its distance from the middle.
NEAR = 0.98

Progress = Callable[[float], None]


def force_layout(edges: np.ndarray, num_nodes: int, progress: Progress = lambda _: None) -> np.ndarray:
    """Coordinates of every node, float32 [num_nodes, 2], of about the same scale in both directions.

    Each connected component is laid out by itself, by Fruchterman and Reingold's forces on a grid that start from
    the component's spectral coordinates; then the largest stands first and the others are packed beside it. The
    same edges always give the same coordinates.

    Args:
        edges: source and target of every edge, [2, num_edges]; directions do not matter.
        num_nodes: number of nodes, those without an edge included.
        progress: told the share done, from 0 to 1.

    Source: Fruchterman and Reingold (1991) as python-igraph has it; components and packing are ours.
    """
    if not num_nodes:
        return np.zeros((0, 2), dtype=np.float32)
    links = undirected(edges, num_nodes)
    _, component = connected_components(links, directed=False)
    members = _members(component)
    pieces, done = [], 0
    for nodes in members:
        pieces.append(_component(links[nodes][:, nodes] if len(members) > 1 else links))
        done += len(nodes)
        progress(done / num_nodes)
    result = np.empty((num_nodes, 2), dtype=np.float32)
    for nodes, coordinates in zip(members, packed(pieces), strict=True):
        result[nodes] = coordinates
    return result


def undirected(edges: np.ndarray, num_nodes: int) -> csr_array:
    """The symmetric 0/1 matrix of links, without self-loops, [num_nodes, num_nodes]."""
    source, target = edges
    proper = source != target
    ends = (np.concatenate([source[proper], target[proper]]), np.concatenate([target[proper], source[proper]]))
    links = csr_array((np.ones(len(ends[0]), dtype=np.float32), ends), shape=(num_nodes, num_nodes))
    links.sum_duplicates()
    links.data[:] = 1
    return links


def _members(component: np.ndarray) -> list[np.ndarray]:
    """Nodes of each component, the largest component first, then in order of their first node."""
    order = np.argsort(component, kind="stable")
    starts = np.flatnonzero(np.diff(component[order], prepend=-1))
    groups = np.split(order, starts[1:])
    return sorted(groups, key=lambda nodes: (-len(nodes), nodes[0]))


def _component(links: csr_array) -> np.ndarray:
    """Coordinates of one connected component, [nodes, 2]."""
    count = links.shape[0]
    if count <= 2:
        return np.array([[0.0, 0.0], [1.0, 0.0]])[:count]
    upper = links.tocoo()
    one_way = upper.row < upper.col
    graph = igraph.Graph(n=count, edges=np.column_stack([upper.row[one_way], upper.col[one_way]]).tolist())
    # Evenly spread, since forces between crowded nodes take dozens of times as long to compute.
    spread = (spectral_start(links).argsort(axis=0).argsort(axis=0) / count - 0.5) * np.sqrt(count)
    igraph.set_random_number_generator(random.Random(0))
    try:
        laid_out = graph.layout_fruchterman_reingold(
            seed=spread.tolist(),
            niter=ITERATIONS if count <= FEW_NODES else ITERATIONS_OF_MANY,
            start_temp=np.sqrt(count) / 10,
            grid="grid" if count > GRID_FROM else "nogrid",
        )
    finally:
        igraph.set_random_number_generator(random)
    return _fitted(np.array(laid_out.coords))


def _fitted(coordinates: np.ndarray) -> np.ndarray:
    """As much room for each node in all components, and no stragglers that would make the rest a dot."""
    from_middle = coordinates - np.median(coordinates, axis=0)
    radius = np.linalg.norm(from_middle, axis=1)
    usual = max(float(np.quantile(radius, NEAR)), 1e-9)
    beyond = radius > usual
    # Farther out, distances count by their logarithm.
    from_middle[beyond] *= (usual * (1 + np.log(radius[beyond] / usual)) / radius[beyond])[:, None]
    sides = np.maximum(np.ptp(from_middle, axis=0), 1e-9)
    # A path is a line: what has no width gets no more length for it.
    area = float(sides.max() * max(sides.min(), sides.max() / 4))
    fitted: np.ndarray = from_middle * np.sqrt(len(coordinates) * ROOM / area)
    return fitted
