"""Which node of one file is which of another."""

import numpy as np

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.numbering import Numbering, counted, of_rows, of_values
from a2q.datasets.importers.parts import Adjacency, Parts
from a2q.datasets.importers.tables import Table
from a2q.datasets.importers.uploads import shown


def matched(parts: Parts, config: ImportConfig) -> tuple[Numbering, Table | Adjacency]:
    """Return the nodes in the order of their features, and the edges between them.

    Raises:
        DatasetError: a name is missing, there twice or unknown, or files disagree on the number of nodes.
    """
    table, edges = parts.nodes, parts.edges
    if table is not None and config.node:
        numbering = of_rows(table, config.node)
    elif isinstance(edges, Adjacency):
        numbering = counted(edges.nodes, edges.name)
    elif table is not None:
        numbering = counted(table.rows(), table.name)
    elif parts.features is not None:
        numbering = counted(parts.features.shape[0], parts.features.name)
    else:
        numbering = of_values(edges, (config.source or "", config.target or ""))
    _same_size(parts, numbering)
    # Names in the file that numbers its nodes name them in this order.
    if isinstance(edges, Adjacency) and table is not None and config.node and table.name != edges.name:
        edges = _reordered(edges, numbering, table, config.node)
    return numbering, edges


def _same_size(parts: Parts, numbering: Numbering) -> None:
    sizes = {numbering.of: len(numbering)}
    if isinstance(parts.edges, Adjacency):
        sizes[parts.edges.name] = parts.edges.nodes
    if parts.nodes is not None and parts.nodes.name not in sizes:
        sizes[parts.nodes.name] = parts.nodes.rows()
    if parts.features is not None:
        sizes[parts.features.name] = parts.features.shape[0]
    if len(set(sizes.values())) > 1:
        told = ", ".join(f"{name} has {size:,}" for name, size in sizes.items())
        raise DatasetError(f"The files disagree on the number of nodes ({told}); give a row for each node in each.")


def _reordered(edges: Adjacency, numbering: Numbering, table: Table, column: str) -> Adjacency:
    """The edges between rows of the table, whose names are the numbers that the edges use."""
    order = np.full(edges.nodes, -1)
    for row, name in enumerate(map(str, numbering.names.tolist())):
        if not name.isdecimal() or int(name) >= edges.nodes:
            raise DatasetError(
                f"{table.place(row)} names the node {shown(name)} in column {shown(column)}, but {edges.name} numbers "
                f"its nodes 0 to {edges.nodes - 1:,}; give these numbers, or say that no column names nodes."
            )
        order[int(name)] = row
    return Adjacency(edges.name, order[edges.source], order[edges.target], edges.nodes)
