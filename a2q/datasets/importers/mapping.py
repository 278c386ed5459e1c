"""What each column means where the user does not say: guessed from its name."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.end_columns import end_columns
from a2q.datasets.importers.masks import masks_of
from a2q.datasets.importers.node_column import node_column
from a2q.datasets.importers.parts import Parts
from a2q.datasets.importers.row_numbers import counts_rows
from a2q.datasets.importers.splits import FOLD_NAMES, says_folds, says_parts
from a2q.datasets.importers.tables import ROLE_NAMES, Table, plain_name
from a2q.datasets.importers.uploads import shown

_SPLITS = ("split", "subset", "fold", "folds")
_DRAWING = frozenset({"x", "y", "z", "vx", "vy", "fx", "fy", "w", "h", "size", "width", "height", "color", "colour"})
_COLOURS = frozenset({"r", "g", "b"})
"""Where and how programs for drawing graphs put a node."""
_PLACES = re.compile(
    r"(viz|graphics|layout|pos(ition)?|coord(inate)?s?)[ _:.]?[xyz0-2]|[xyz][ _]?(pos(ition)?|coord(inate)?)"
)
"""Names that mean nothing else."""


def guess(parts: Parts, config: ImportConfig) -> ImportConfig:
    """Return the config with every column filled in.

    Raises:
        DatasetError: a column that is named does not exist, or the edge list has no two columns.
    """
    edges = parts.edges if isinstance(parts.edges, Table) else None
    found: dict[str, str | tuple[str, ...] | None] = {}
    if edges is not None:
        if len(edges.columns) < 2:
            raise DatasetError(
                f"{edges.name} has one column, and an edge list needs two (from and to); "
                "separate them by commas or tabs."
            )
        ends = end_columns(edges)
        found["source"] = _column("source", config.source, edges, "start of edges", ends[:1])
        others = [name for name in (*ends, *edges.columns) if name != found["source"]]
        found["target"] = _column("target", config.target, edges, "end of edges", others[:1])
        if found["source"] == found["target"]:
            raise DatasetError(
                f"Column {config.source!r} of {edges.name} is both start and end of edges; choose two columns."
            )
    nodes, taken = parts.nodes, set[str]()
    for role, what in (("node", "names of nodes"), ("graph", "graphs"), ("label", "labels"), ("split", "split")):
        given = getattr(config, role)
        where = nodes
        if role in ("label", "split") and parts.graphs is not None and found.get("graph"):
            where = parts.graphs
        if where is None:
            _refuse(given, what)
            found[role] = ""
            continue
        if role == "node" and given is None:
            found[role] = node_column(where, edges, (str(found.get("source")), str(found.get("target"))))
        else:
            found[role] = _column(role, given, where, what, (), taken if where is nodes else ())
        if where is nodes and found[role]:
            taken.add(str(found[role]))
    if config.folds:
        if config.split:
            raise DatasetError(
                f"Folds are to be drawn, but column {shown(config.split)} is given for the split; leave one out."
            )
        found["split"] = ""
    found["features"] = _features(parts, config, taken)
    found["one_hot"] = _categories(parts, config)
    return config.model_copy(update=found)


def _column(
    role: str, given: str | None, table: Table, what: str, otherwise: Iterable[str], taken: Iterable[str] = ()
) -> str:
    if given:
        return table.needs(given, what)
    if given is not None:
        return ""
    left = {plain_name(name): name for name in table.columns if name not in taken}
    named: Iterator[str] = (left[name] for name in ROLE_NAMES[role] if name in left)
    if role == "label":
        # In files of Gephi, "label" is what a node is called, and y is where it is drawn.
        drawn = drawing(table)
        named = (name for name in named if not table.naming(name) and name not in drawn)
    if role == "split":
        folds = (left[name] for name in FOLD_NAMES if name in left and says_folds(table, left[name]))
        named = chain((name for name in named if says_parts(table.first_rows(), name)), folds)
    return next(named, next(iter(otherwise), ""))


def _refuse(given: str | None, what: str) -> None:
    if given:
        raise DatasetError(f"Column {given!r} is given for the {what}, but there is no table of nodes; upload one.")


def _features(parts: Parts, config: ImportConfig, taken: set[str]) -> tuple[str, ...]:
    nodes = parts.nodes
    if nodes is None:
        _refuse(next(iter(config.features or ()), None), "features")
        return ()
    if config.features is not None:
        return tuple(nodes.needs(name, "features") for name in config.features)
    apart = {*taken, *drawing(nodes), *masks_of(nodes).values(), *config.one_hot}
    for name in nodes.columns:
        if counts_rows(nodes, name) or numbers_parts(nodes, name) or identifies(nodes, name) or nodes.naming(name):
            apart.add(name)
    left = [name for name in nodes.columns if name not in apart]
    return tuple(name for name in left if nodes.numeric(name))


def numbers_parts(table: Table, column: str) -> bool:
    """Whether a column is called as a split is and holds numbers: none knows which part is which."""
    return plain_name(column) in _SPLITS and table.numeric(column)


def _categories(parts: Parts, config: ImportConfig) -> tuple[str, ...]:
    nodes = parts.nodes
    if nodes is None:
        _refuse(next(iter(config.one_hot), None), "features")
        return ()
    both = [name for name in config.one_hot if name in (config.features or ())]
    if both:
        raise DatasetError(f"Column {shown(both[0])} of {nodes.name} is given as number and as one-hot; choose one.")
    return tuple(nodes.needs(name, "features") for name in dict.fromkeys(config.one_hot))


def drawing(table: Table) -> set[str]:
    """The columns of where and how a program drew each node: pos_x and the like, and x and y with fractions or beside
    colours and sizes."""
    placed = {name for name in table.columns if _PLACES.fullmatch(name.lower())}
    given = {name.lower().rpartition("viz_")[2]: name for name in table.columns}
    if not {"x", "y"} <= set(given) or not (table.numeric(given["x"]) and table.numeric(given["y"])):
        return placed
    known = _DRAWING | _COLOURS | ({"a"} if set(given) >= _COLOURS else set())
    found = {name for short, name in given.items() if short in known}
    heights = table.first_rows().numbers(given["y"])
    fractions = bool((heights[~np.isnan(heights)] % 1 != 0).any())
    return found | placed if fractions or len(found) > 2 else placed


def identifies(table: Table, column: str) -> bool:
    """Whether a column is another name of each node: called so, and whole numbers in its first rows, no two alike."""
    name = plain_name(column)
    if not (name in ROLE_NAMES["node"] or name.endswith(("_id", "uuid"))) or not table.numeric(column):
        return False
    numbers = table.first_rows().numbers(column)
    return len(numbers) >= 3 and bool((numbers % 1 == 0).all()) and len(np.unique(numbers)) == len(numbers)
