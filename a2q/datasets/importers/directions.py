"""What an edge list itself says of the direction of its edges, as those of Gephi do."""

import pyarrow.compute as pc

from a2q.datasets.importers.tables import Table
from a2q.datasets.importers.uploads import shown

_WAYS = {"directed": True, "undirected": False, "mutual": False}


def direction(edges: Table) -> tuple[bool | None, list[str]]:
    """Whether the column "type" of an edge list says that edges go one way, and what to tell of it.

    Args:
        edges: the edge list.
    """
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
