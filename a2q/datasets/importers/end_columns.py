"""Which columns of an edge list are the ends of its edges, where their names do not say."""

import re
from datetime import date

import numpy as np

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.row_numbers import counts_rows
from a2q.datasets.importers.tables import ROLE_NAMES, Table, plain_name
from a2q.datasets.importers.uploads import shown

_RELATIONS = frozenset(
    {"type", "kind", "relation", "rel", "predicate", "interaction", "edge_type", "relation_type", ":type"}
)
_NO_ENDS = _RELATIONS | {"weight", "w", "time", "timestamp", "ts", "date", "year", "value", "cost", "distance"}
"""What edges have beyond their ends."""
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?!\d)")
_GENERIC = re.compile(r"column \d+")
_SPACE = re.compile(r":(?:start|end)_id\((.+)\)")
_THING = re.compile(r"(.*[^ _\d])[ _]?\d?[ _]?(?:id|no|nr)[ _]?\d?")


def end_columns(edges: Table) -> tuple[str, ...]:
    """The columns that may be ends of edges, the likeliest first: not the numbers of rows in front of two others, no
    weights, fractions, dates or times, and no relation between two ends, as in "Ann knows Bob"."""
    first, *others = edges.columns
    left = others if len(others) >= 2 and counts_rows(edges, first) else edges.columns
    likely = tuple(name for name in left if plain_name(name) not in _NO_ENDS and not _measures(edges, name))
    likely = likely if len(likely) >= 2 else tuple(left)
    return _without_relation(edges, likely)


def _measures(edges: Table, column: str) -> bool:
    """Whether a column's first rows are numbers, some with fractions, or dates: names of nodes are neither."""
    if edges.numeric(column):
        try:
            numbers = edges.first_rows().numbers(column)
        except DatasetError:
            return False
        return bool((numbers[~np.isnan(numbers)] % 1 != 0).any())
    found = [value for value in edges.head[column].to_pylist() if value is not None]
    return bool(found) and all(isinstance(value, date) or _DATE.match(str(value).strip()) for value in found)


def _without_relation(edges: Table, likely: tuple[str, ...]) -> tuple[str, ...]:
    """The second column last, where it is text that never comes in the first, and a further one has the first's."""
    first, second, *others = likely
    if not others or edges.numeric(second) or {plain_name(name) for name in likely[:2]} & _ENDS:
        return likely
    starts, between = edges.first_texts(first), edges.first_texts(second)
    if not starts or starts & between:
        return likely
    for other in others:
        alike = edges.numeric(other) == edges.numeric(first)
        named = edges.numeric(first) and not _GENERIC.fullmatch(other)
        if alike and not named and starts & edges.first_texts(other):
            return (first, other, *(name for name in likely if name not in (first, other)))
    return likely


_ENDS = {*ROLE_NAMES["source"], *ROLE_NAMES["target"]}


def two_kinds(edges: Table, source: str, target: str) -> list[str]:
    """A remark where the ends are numbers of different things, as in userId and movieId: 7 is one node in both."""
    kinds = [_kind(source), _kind(target)]
    if "" in kinds or kinds[0] == kinds[1] or not (edges.numeric(source) and edges.numeric(target)):
        return []
    return [
        f"A number in both columns {shown(source)} and {shown(target)} of {edges.name} is taken for one node; where "
        "they number different things, write a letter in front of those of one column."
    ]


def _kind(column: str) -> str:
    """What a column numbers: "user" for userId, "movie" for :END_ID(Movie), "" where its name does not say."""
    space = _SPACE.search(column.lower())
    thing = None if plain_name(column) in _ENDS else _THING.fullmatch(column.lower())
    found = space or thing
    return found[1] if found else ""
