"""What an edge list itself says of the direction of its edges, as those of Gephi, SNAP and KONECT do."""

import re

import pyarrow.compute as pc

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.tables import Table
from a2q.datasets.importers.uploads import shown

_WAYS = {"directed": True, "undirected": False, "mutual": False}
_KONECT = re.compile(r"\s*%\s*(sym|asym|bip)\b")
_SNAP = re.compile(r"\s*#.*\b(un)?directed (?:graph|network)\b", re.IGNORECASE)


def direction(edges: Table) -> tuple[bool | None, list[str]]:
    """Whether the comments or the column "type" of an edge list say that edges go one way, and what to tell of it.

    Args:
        edges: the edge list.

    Raises:
        DatasetError: edges join two kinds of nodes, numbered apart.
    """
    for line in edges.comments:
        if found := _KONECT.match(line):
            if found[1] == "bip":
                raise DatasetError(
                    f"{edges.name} says (% bip) that its edges join two kinds of nodes, each numbered from 1; write a "
                    "letter in front of the numbers of one column, and remove that line."
                )
            return found[1] == "asym", [_said(edges, line, found[1] == "asym")]
        if found := _SNAP.match(line):
            return not found[1], [_said(edges, line, not found[1])]
    column = next((name for name in edges.columns if name.lower() == "type"), None)
    if column is None or not all(str(value).strip().lower() in _WAYS for value in edges.head[column].to_pylist()):
        return None, []
    words = {word for batch in edges.batches(column) for word in pc.unique(batch.text(column)).to_pylist()}
    ways = {_WAYS.get(str(word).lower()) for word in words}
    if len(ways) == 1 and None not in ways:
        return ways == {True}, [f"Column {shown(column)} of {edges.name} says what direction edges have."]
    return None, [
        f"Column {shown(column)} of {edges.name} says different things of the direction of edges; choose the one "
        "that holds for all."
    ]


def _said(edges: Table, line: str, directed: bool) -> str:
    way = "one way" if directed else "both ways"
    return f"{edges.name} says that its edges go {way} ({shown(line.strip())})."
