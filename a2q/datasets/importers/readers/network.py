"""What a file of a whole graph holds, with nothing of it left out: its nodes, their attributes, and its edges."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.uploads import Upload, shown

CURE = "write it again with networkx, Gephi or the program it came from"
_WAYS = {
    **dict.fromkeys(("directed", "dir", "true", "1"), True),
    # "sim" and "dou" are of the first draft of GEXF, as "dir" is.
    **dict.fromkeys(("undirected", "mutual", "undir", "sim", "dou", "false", "0"), False),
}


class Given(Protocol):
    """A node or an edge of a file: an element of XML, or an object of JSON."""

    def get(self, key: str, /) -> Any:
        """Its attribute of this name, or None."""


@dataclass
class Network:
    """A graph as its file tells it.

    Args:
        names: of the nodes, each once.
        rows: attributes of each node.
        source, target: name of each edge's ends, in the order of the file.
        directed: whether edges go one way; None where the file does not say.
        defaults: of attributes that a node does not give.
        edge_attributes: names of what edges have beyond their ends.
        warnings: what was read in a way the user should know of.
    """

    names: list[str]
    rows: Sequence[dict[Any, Any]]
    source: list[str]
    target: list[str]
    directed: bool | None
    defaults: dict[str, Any] = field(default_factory=dict)
    edge_attributes: set[str] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)

    def directions(self, upload: Upload, one_way: Sequence[bool]) -> None:
        """Edges of which some go one way and the others both ways: the others are added once more, reversed.

        Args:
            upload: the file.
            one_way: of each edge.
        """
        both = [number for number, alone in enumerate(one_way) if not alone]
        self.directed = len(both) < len(one_way)
        if self.directed and both:
            ends = [(self.target[edge], self.source[edge]) for edge in both if self.source[edge] != self.target[edge]]
            self.warnings.append(
                f"{len(both):,} of {len(one_way):,} edges of {upload.name} have no direction (first: edge "
                f"{both[0] + 1:,}): these go both ways, the others one way."
            )
            self.source += [source for source, _ in ends]
            self.target += [target for _, target in ends]


def goes_one_way(upload: Upload, where: str, word: object) -> bool:
    """Whether a word of a file for the direction of an edge, or of all, says that it goes one way.

    Args:
        upload: the file.
        where: what has the word, as in "Edge 7".
        word: as in "directed", "true" or True.

    Raises:
        DatasetError: it is none of those.
    """
    known = _WAYS.get(str(word).strip().lower())
    if known is None:
        raise DatasetError(
            f"{where} of {upload.name} has the direction {shown(word)}, which is none that is known; write directed or "
            "undirected."
        )
    return known


def checked_names(upload: Upload, nodes: Iterable[Given]) -> list[str]:
    """The ids of nodes.

    Raises:
        DatasetError: a node has none, or that of an earlier one.
    """
    known: dict[str, int] = {}
    for number, node in enumerate(nodes, start=1):
        given = node.get("id") if hasattr(node, "get") else None
        name = _name_of(given)
        if not name:
            told = "no id" if given in (None, "") else f"the id {shown(given)}"
            raise DatasetError(
                f"Node {number:,} of {upload.name} has {told}; give each node a whole number or a text as 'id'."
            )
        if name in known:
            raise DatasetError(
                f"Node {number:,} of {upload.name} has the id {shown(name)} of an earlier one (node "
                f"{known[name]:,}); give each its own."
            )
        known[name] = number
    return list(known)


def checked_ends(
    upload: Upload, edges: Iterable[Given], names: Iterable[str], where: str = ""
) -> tuple[list[str], list[str]]:
    """The ends of edges.

    Args:
        upload: the file.
        edges: in its order.
        names: of the nodes.
        where: where edges are, for the sentence, as in " in the list 'links'".

    Raises:
        DatasetError: an edge ends at no node of the file.
    """
    known = frozenset(names)
    ends: dict[str, list[str]] = {"source": [], "target": []}
    for number, edge in enumerate(edges, start=1):
        for end, found in ends.items():
            given = edge.get(end) if hasattr(edge, "get") else edge
            name = _name_of(given)
            if name is None or name not in known:
                told = f"no {end}" if given is None else f"the {end} {shown(given)}, which is no node's id"
                raise DatasetError(
                    f"Edge {number:,}{where} of {upload.name} has {told}; add the node or remove the edge."
                )
            found.append(name)
    return ends["source"], ends["target"]


def _name_of(given: object) -> str | None:
    """The name of a node: a text or a whole number, also where it is written as 7.0."""
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    return text_of(given) if isinstance(given, str | int) else None


def text_of(value: object) -> str:
    """A value as text; half of a surrogate pair, as "\\ud800" in JSON, is none and becomes a question mark."""
    return (value if isinstance(value, str) else str(value)).encode("utf-8", "replace").decode("utf-8")
