"""Which graph of a set each node belongs to."""

from dataclasses import dataclass

import numpy as np

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.edges import EdgeSet
from a2q.datasets.importers.numbering import Numbering, of_rows, of_values
from a2q.datasets.importers.parts import Parts
from a2q.datasets.importers.uploads import shown


@dataclass(frozen=True)
class Grouping:
    """The graphs of a set.

    Args:
        of_node: number of each node's graph, [nodes] int32.
        names: of the graphs.
    """

    of_node: np.ndarray
    names: Numbering

    def shared(self, values: np.ndarray, what: str) -> np.ndarray:
        """The value that all nodes of each graph have, [graphs].

        Raises:
            DatasetError: the nodes of a graph differ.
        """
        _, first = np.unique(self.of_node, return_index=True)
        of_graph = values[first]
        expected = of_graph[self.of_node]
        both_missing = (values != values) & (expected != expected)
        differing = np.flatnonzero((values != expected) & ~both_missing)
        if differing.size:
            graph = int(self.of_node[differing[0]])
            raise DatasetError(
                f"The nodes of graph {shown(self.names[graph])} have more than one {what}; give all nodes of a graph "
                "the same, or upload a table of graphs."
            )
        return of_graph


def grouped(parts: Parts, config: ImportConfig, edges: EdgeSet, nodes: Numbering) -> Grouping | None:
    """Return which graph each node is of; None where there is one graph only.

    Raises:
        DatasetError: a node names no graph or an unknown one, an edge joins two graphs, or a graph has no node.
    """
    table, column = parts.nodes, config.graph
    if table is None or not column:
        return None
    if parts.graphs is None:
        names = of_values(table, (column,), "graph")
    else:
        listed = parts.graphs.columns
        names = of_rows(parts.graphs, column if column in listed else listed[0], "graph")
    of_node = np.concatenate([numbers for _, (numbers,) in names.numbers(table, (column,), "graph")])
    for source, target in edges.pieces():
        across = of_node[source] != of_node[target]
        if across.any():
            one, other = (int(ends[int(across.argmax())]) for ends in (source, target))
            raise DatasetError(
                f"An edge joins node {shown(nodes[one])} of graph {shown(names[of_node[one]])} with node "
                f"{shown(nodes[other])} of graph {shown(names[of_node[other]])}; remove it, or give both nodes the "
                "same graph."
            )
    empty = np.setdiff1d(np.arange(len(names)), of_node)
    if empty.size:
        raise DatasetError(f"Graph {shown(names[int(empty[0])])} of {names.of} has no node; remove it.")
    return Grouping(of_node, names)
