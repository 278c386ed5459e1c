"""What was read of somebody's files, before it is known what each column means."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from a2q.datasets.importers.tables import Table


@dataclass(frozen=True)
class Adjacency:
    """Edges between numbered nodes.

    Args:
        name: the file.
        source, target: number of each edge's ends, [edges], checked to be within the nodes.
        nodes: number of nodes.
    """

    name: str
    source: np.ndarray
    target: np.ndarray
    nodes: int

    def place(self, row: int) -> str:
        """Where an edge is, as in "Edge 7 of adjacency.mtx"."""
        return f"Edge {row + 1:,} of {self.name}"


@dataclass(frozen=True)
class Matrix:
    """Features of numbered nodes.

    Args:
        name: the file.
        values: [nodes, features], dense or in compressed rows.
        warnings: what else the file holds.
    """

    name: str
    values: np.ndarray | sp.csr_array
    warnings: tuple[str, ...] = ()

    @property
    def shape(self) -> tuple[int, int]:
        """Nodes and features."""
        rows, columns = self.values.shape
        return int(rows), int(columns)


@dataclass(frozen=True)
class Parts:
    """What the files hold.

    Args:
        edges: a table, of which two columns name nodes, or edges between numbered nodes.
        nodes: a row for each node, or None.
        graphs: a row for each graph of a set of graphs, or None.
        features: of numbered nodes, or None.
        directed: what the file says of its edges; None where it does not.
        warnings: what was read in a way the user should know of.
    """

    edges: Table | Adjacency
    nodes: Table | None = None
    graphs: Table | None = None
    features: Matrix | None = None
    directed: bool | None = None
    warnings: tuple[str, ...] = ()
