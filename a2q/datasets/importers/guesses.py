"""What was guessed of an upload, a sentence for each file."""

from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.end_columns import two_kinds
from a2q.datasets.importers.left_out import left_out, notes
from a2q.datasets.importers.parts import Adjacency, Parts
from a2q.datasets.importers.tables import Table, listed
from a2q.datasets.importers.uploads import shown

_WORDS = {"node": "nodes are named by", "label": "labels are in", "split": "the split is in", "graph": "graphs are in"}


def guesses(parts: Parts, given: ImportConfig, found: ImportConfig) -> list[str]:
    """How each file is taken apart and what its columns mean, where the user did not say.

    Args:
        parts: what the files hold.
        given: what the user said.
        found: the same with every column filled in.
    """
    told: dict[str, list[str]] = {}
    doubts: list[str] = []
    if isinstance(parts.edges, Adjacency) and parts.nodes is not None and parts.nodes.name == parts.edges.name:
        # The names of arrays say what they are.
        return []
    for table in (parts.edges, parts.nodes, parts.graphs):
        if isinstance(table, Table) and table.form:
            told.setdefault(table.name, []).append(table.form)
    if isinstance(parts.edges, Table) and parts.edges.word == "row" and None in (given.source, given.target):
        ends = f"edges go from {shown(found.source)} to {shown(found.target)}"
        told.setdefault(parts.edges.name, []).append(ends)
        doubts = two_kinds(parts.edges, str(found.source), str(found.target))
    for role, words in _WORDS.items():
        column = getattr(found, role)
        if getattr(given, role) is None and column:
            told.setdefault(_table_of(role, parts).name, []).append(f"{words} {shown(column)}")
    if parts.nodes is not None and given.node is None and not found.node:
        told.setdefault(parts.nodes.name, []).append("no column names nodes, so rows are numbered from 0")
    if parts.nodes is not None and given.features is None and found.features and parts.features is None:
        told.setdefault(parts.nodes.name, []).append(f"features are {listed(found.features, 6)}")
    return [*(f"Guessed of {name}: {'; '.join(words)}." for name, words in told.items()), *doubts]


def outlook(parts: Parts, given: ImportConfig, found: ImportConfig) -> list[str]:
    """All that can be said of an import before it is made: guesses, oddities, columns that will not be read and why.

    Args:
        parts, given, found: as of :func:`guesses`.
    """
    told = [*guesses(parts, given, found), *parts.warnings]
    if parts.nodes is not None:
        features = () if parts.features is not None else (*(found.features or ()), *found.one_hot)
        told += left_out(parts.nodes, {*features, found.node, found.label, found.split, found.graph})
        told += notes(parts.nodes, features)
    return told


def _table_of(role: str, parts: Parts) -> Table:
    graphs = parts.graphs if role in ("label", "split") else None
    table = graphs or parts.nodes
    assert table is not None
    return table
