"""Which nodes are worked on together, and what each part has to fetch from the others."""

from dataclasses import dataclass

import numpy as np

from a2q.accelerator.adjacency import Adjacency, Integers
from a2q.accelerator.conventions import NodeOrder
from a2q.accelerator.errors import AcceleratorError
from a2q.accelerator.hardware import Hardware
from a2q.accelerator.layers import Layer

# METIS parts differ in size by a few percent; this much larger a number of parts is tried when one is too large.
_MORE_PARTS = 1.05


@dataclass(frozen=True, eq=False)
class Partition:
    """The nodes in working order, cut into parts of consecutive ones.

    Attributes:
        order: nodes in working order, [num_nodes]; None for their numbers.
        bounds: positions in ``order`` where parts start, and the end, [num_parts + 1], int64.
        external: distinct sources of each part that lie in other parts, [num_parts], int64.
        edges: edges that end in each part, [num_parts], int64.
    """

    order: Integers | None
    bounds: Integers
    external: Integers
    edges: Integers

    @property
    def parts(self) -> int:
        """Number of parts."""
        return len(self.bounds) - 1


def rows_per_part(hardware: Hardware, layer: Layer) -> int:
    """Nodes whose partial sums fit into half of the aggregation buffer, whole groups of lanes where there is room.

    ``ρ = ⌊buffer / 2 / (d · sum bits · p / 8)⌋``.

    Raises:
        AcceleratorError: not even one fits.
    """
    passes = -(-layer.aggregated_bits // hardware.sum_bits)
    row = layer.width * hardware.sum_bits * passes / 8
    rows = int(hardware.aggregation_kib * 1024 / 2 // row)
    if rows < 1:
        raise AcceleratorError(
            f"aggregation_kib is {hardware.aggregation_kib:g}, but two rows of {layer.width:,} sums in {layer.name} "
            f"take {2 * row / 1024:.3g} KiB; make the buffer at least that large."
        )
    return rows // hardware.lanes * hardware.lanes if rows >= hardware.lanes else rows


def partition(graph: Adjacency, layer: Layer, node_order: NodeOrder, rows: int) -> Partition:
    """Put nodes in order and cut them into parts of at most ``rows``; kept with the graph.

    Raises:
        AcceleratorError: METIS is asked for and pymetis is not installed.
    """
    if layer.aggregation == "none":
        rows = graph.num_nodes
    match node_order:
        case "id":
            return _kept(graph, "id", rows, None, _even(graph.num_nodes, rows))
        case "bits":
            order = by_bits(layer)
            return _kept(graph, _fingerprint(layer), rows, order, _even(graph.num_nodes, rows))
        case _:
            part = metis(graph, rows)
            if node_order == "metis":
                order = np.argsort(part, kind="stable")
            else:
                order = by_bits(layer)
                order = order[np.argsort(part[order], kind="stable")]
            bounds = np.concatenate([[0], np.cumsum(np.bincount(part))])
            name = (node_order, _fingerprint(layer) if node_order == "metis-bits" else 0)
            return _kept(graph, name, rows, order, bounds)


def by_bits(layer: Layer) -> Integers:
    """Nodes by falling bits, those of equal bits by falling non-zeros, then by number."""
    if layer.nonzeros is None:
        return np.argsort(-layer.bits.astype(np.int8), kind="stable")
    return np.lexsort((-layer.nonzeros.astype(np.int64), -layer.bits.astype(np.int64)))


def metis(graph: Adjacency, rows: int) -> Integers:
    """Part of every node, at most ``rows`` nodes each, few edges between parts, [num_nodes].

    Raises:
        AcceleratorError: pymetis is not installed.

    Source: Karypis and Kumar, METIS (SIAM J. Sci. Comput. 1998), through pymetis.
    """
    part: Integers = graph.kept(("metis", rows), lambda: _metis(graph, rows))
    return part


def _metis(graph: Adjacency, rows: int) -> Integers:
    try:
        import pymetis
    except ModuleNotFoundError:
        raise AcceleratorError(
            "node_order metis needs the package pymetis, which is not installed; run "
            "`pip install pymetis` (the extra metis), or choose id or bits."
        ) from None
    from scipy import sparse

    pattern = sparse.csr_array(
        (np.ones(graph.num_edges, dtype=np.int8), graph.indices, graph.indptr), shape=(graph.num_nodes,) * 2
    )
    # METIS reads undirected graphs without self-loops.
    both = (pattern + pattern.T).tocsr()
    both.setdiag(0)
    both.eliminate_zeros()
    count = -(-graph.num_nodes // rows)
    while count < graph.num_nodes:
        if count == 1:
            return np.zeros(graph.num_nodes, dtype=np.int64)
        _, found = pymetis.part_graph(count, pymetis.CSRAdjacency(both.indptr, both.indices))
        part = np.asarray(found, dtype=np.int64)
        if np.bincount(part).max() <= rows:
            return np.unique(part, return_inverse=True)[1]
        count = max(count + 1, int(count * _MORE_PARTS))
    return np.arange(graph.num_nodes)


def _even(nodes: int, rows: int) -> Integers:
    return np.append(np.arange(0, nodes, rows), nodes)


def _fingerprint(layer: Layer) -> int:
    nonzeros = b"" if layer.nonzeros is None else np.ascontiguousarray(layer.nonzeros).tobytes()
    return hash(np.ascontiguousarray(layer.bits).tobytes() + nonzeros)


def _kept(graph: Adjacency, name: object, rows: int, order: Integers | None, bounds: Integers) -> Partition:
    made: Partition = graph.kept(("partition", name, rows), lambda: _counted(graph, order, bounds))
    return made


def _counted(graph: Adjacency, order: Integers | None, bounds: Integers) -> Partition:
    """Distinct sources outside of each part, in one pass over the edges.

    Each source notes the last edge of the part that names it; an edge that still finds its own number there is that
    source's last one, so that counting those counts each source once, without sorting and without clearing.
    """
    nodes = graph.num_nodes
    indptr, indices = (graph.indptr, graph.indices) if order is None else _rearranged(graph, order)
    starts = indptr[bounds]
    edges = np.diff(starts)
    external = np.zeros(len(bounds) - 1, dtype=np.int64)
    if len(external) > 1:
        last = np.empty(nodes, dtype=np.int32)
        number = np.arange(int(edges.max()), dtype=np.int32)
        for part, (start, end, low, high) in enumerate(
            zip(starts[:-1].tolist(), starts[1:].tolist(), bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
        ):
            sources = indices[start:end]
            sources = sources[(sources < low) | (sources >= high)]
            count = number[: len(sources)]
            last[sources] = count
            external[part] = np.count_nonzero(last[sources] == count)
    return Partition(order, bounds, external, edges)


def _rearranged(graph: Adjacency, order: Integers) -> tuple[Integers, Integers]:
    """Compressed rows with nodes renamed to their positions in ``order``."""
    counts = graph.arriving[order]
    indptr = np.concatenate([[0], np.cumsum(counts)])
    position = np.empty(graph.num_nodes, dtype=np.int32)
    position[order] = np.arange(graph.num_nodes, dtype=np.int32)
    edge = np.arange(graph.num_edges) + np.repeat(graph.indptr[order] - indptr[:-1], counts)
    return indptr, position[graph.indices[edge]]
