"""From rows of an edge list to each edge once."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import limits
from a2q.datasets.importers.numbering import Numbering
from a2q.datasets.importers.parts import Adjacency
from a2q.datasets.importers.tables import Table
from a2q.datasets.importers.uploads import shown

_CHUNK = 1_000_000
_PARTS = 64


@dataclass(frozen=True)
class Ends:
    """Some edges of a file.

    Args:
        start: number of the first of them in the file, from 0.
        source, target: numbers of nodes, [edges].
    """

    start: int
    source: np.ndarray
    target: np.ndarray


def sources_of_part(nodes: int) -> int:
    """How many nodes' edges one part of an :class:`EdgeSet` has: so many that 32 bits tell them apart."""
    return max(1, min(-(-nodes // _PARTS), 2**32 // max(nodes, 1)))


class EdgeSet:
    """Each edge once, in 4 bytes.

    An edge is the number `source · nodes + target`. Parts have the edges of so many sources each, sorted, and hold
    the number less that of the part's first: taking in more edges copies a part, never the whole.

    Args:
        nodes: number of nodes, at most 2^32.
        directed: whether (a, b) and (b, a) are two edges.

    Attributes:
        parts: uint32 arrays.
    """

    def __init__(self, nodes: int, directed: bool) -> None:
        self.nodes, self.directed = nodes, directed
        self._width = sources_of_part(nodes) * nodes
        self.parts = [np.empty(0, dtype=np.uint32) for _ in range(-(-nodes * nodes // self._width))]
        self.loops = self.repeats = 0
        self.first_loop: int | None = None
        self.first_repeat: int | None = None

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    def add(self, ends: Ends) -> None:
        """Take in edges; self-loops and repeats are counted and left out."""
        source, target = ends.source.astype(np.int64), ends.target.astype(np.int64)
        loop = source == target
        if loop.any():
            self.loops += int(loop.sum())
            self.first_loop = ends.start + int(loop.argmax()) if self.first_loop is None else self.first_loop
        if not self.directed:
            source, target = np.minimum(source, target), np.maximum(source, target)
        rows = np.flatnonzero(~loop)
        keys, first = np.unique((source * self.nodes + target)[rows], return_index=True)
        fresh = np.ones(len(keys), dtype=bool)
        cuts = np.searchsorted(keys, np.arange(len(self.parts) + 1) * self._width).tolist()
        for number, (start, end) in enumerate(pairwise(cuts)):
            if start < end:
                fresh[start:end] = self._merge(number, (keys[start:end] - number * self._width).astype(np.uint32))
        self._note_repeats(ends.start, rows, first[fresh])

    def _merge(self, number: int, keys: np.ndarray) -> np.ndarray:
        """Take keys into a part; returns which of them are new."""
        part = self.parts[number]
        at = np.searchsorted(part, keys)
        fresh = np.ones(len(keys), dtype=bool)
        if part.size:
            fresh = part[np.minimum(at, len(part) - 1)] != keys
        self.parts[number] = np.insert(part, at[fresh], keys[fresh])
        return fresh

    def pieces(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Source and target of the edges, some at a time, int32."""
        for number, part in enumerate(self.parts):
            for start in range(0, len(part), _CHUNK):
                keys = part[start : start + _CHUNK].astype(np.int64) + number * self._width
                source, target = np.divmod(keys, self.nodes)
                yield source.astype(np.int32), target.astype(np.int32)

    def in_degree(self) -> np.ndarray:
        """Edges that end at each node, [nodes]; an undirected one ends at both."""
        degree = np.zeros(self.nodes, dtype=np.int64)
        for source, target in self.pieces():
            degree += np.bincount(target, minlength=self.nodes)
            if not self.directed:
                degree += np.bincount(source, minlength=self.nodes)
        return degree

    def isolated(self) -> np.ndarray:
        """Numbers of the nodes that no edge touches."""
        touched = np.zeros(self.nodes, dtype=bool)
        for source, target in self.pieces():
            touched[source] = touched[target] = True
        return np.flatnonzero(~touched)

    def _note_repeats(self, start: int, rows: np.ndarray, taken: np.ndarray) -> None:
        repeats = len(rows) - len(taken)
        if not repeats:
            return
        self.repeats += repeats
        if self.first_repeat is None:
            again = np.ones(len(rows), dtype=bool)
            again[taken] = False
            self.first_repeat = start + int(rows[int(again.argmax())])


def ends_of(edges: Table | Adjacency, columns: tuple[str, str], numbering: Numbering) -> Iterator[Ends]:
    """The edges of a file, some at a time.

    Raises:
        DatasetError: naming the row of an edge whose end is missing or unknown.
    """
    if isinstance(edges, Adjacency):
        for start in range(0, len(edges.source), _CHUNK):
            piece = slice(start, start + _CHUNK)
            yield Ends(start, edges.source[piece], edges.target[piece])
        return
    for start, (source, target) in numbering.numbers(edges, columns):
        yield Ends(start, source, target)


def collect(edges: Table | Adjacency, columns: tuple[str, str], numbering: Numbering, directed: bool) -> EdgeSet:
    """Every edge of a file, once.

    Raises:
        DatasetError: an edge names no node, there is none but self-loops, or there are too many.
    """
    found = EdgeSet(len(numbering), directed)
    for ends in ends_of(edges, columns, numbering):
        found.add(ends)
        if len(found) > limits.EDGES:
            raise DatasetError(f"{edges.name} has more than {limits.EDGES:,} edges; give a smaller graph.")
    if not len(found):
        raise DatasetError(f"{edges.name} has no edge between two different nodes; give at least one.")
    return found


def remarks(found: EdgeSet, edges: Table | Adjacency, numbering: Numbering) -> list[str]:
    """What was left out or stands alone, a sentence each."""
    warnings = []
    if found.loops and found.first_loop is not None:
        warnings.append(
            f"{edges.place(found.first_loop)} joins a node with itself ({found.loops:,} self-loop{_s(found.loops)} "
            "in all): left out, since layers that need self-loops add them; delete them to be rid of this note."
        )
    if found.repeats and found.first_repeat is not None:
        both = "" if found.directed else " (in either direction)"
        warnings.append(
            f"{edges.place(found.first_repeat)} repeats an edge{both}; {found.repeats:,} repeat{_s(found.repeats)} "
            "in all: each edge is kept once; weights are not read, so add repeats up yourself where they matter."
        )
    alone = found.isolated()
    if alone.size:
        warnings.append(
            f"{alone.size:,} node{_s(alone.size)} {'has' if alone.size == 1 else 'have'} no edge (first: "
            f"{shown(numbering[int(alone[0])])}): kept, with nothing to sum up; add edges, or delete the rows."
        )
    return warnings


def _s(count: int) -> str:
    return "" if count == 1 else "s"
