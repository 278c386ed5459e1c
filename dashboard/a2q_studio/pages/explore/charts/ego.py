"""One node and its neighbours, drawn with pyvis; nothing moves by itself and nothing is asked of another server."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from a2q.layouts import hop_rings, hops_from
from a2q_studio.charts.palette import Palette

MOST_NODES = 120
MOST_LABELS = 24
"""Of more members at most a dozen that matter most have their words beside them; a pointer shows the others'."""
_DOZEN = 12
# Two lines of words take about so many of the units of a ring of 170.
_APART = 62
_CROWDED = 8
_RING = 170
# Nodes whose y (downwards, 1 at the ring) is less than this have their words above; two lines and what is between are
# so high.
_UPPER = -0.3
_WORDS = 50
_LINKS = (
    re.compile(r"<link[^>]+https?://[^>]*>", re.S),
    re.compile(r"<script[^>]+src=\"https?://[^>]*></script>", re.S),
)


@dataclass(frozen=True)
class EgoNode:
    """What is written at a node.

    Attributes:
        number: of the node.
        name: below it; may be anything a dataset holds.
        bits: effective bits, None in FP32.
        in_degree: incoming edges.
        shares: its part of what arrives in the middle, None for others.
    """

    number: int
    name: str
    bits: int | None
    in_degree: int
    share: float | None = None


def neighbourhood(edges: np.ndarray, num_nodes: int, node: int, hops: int, in_degree: np.ndarray) -> np.ndarray:
    """Numbers of the nodes at most so many hops away, the node first; of too many, those closest, hubs first."""
    distance = hops_from(edges, num_nodes, node)
    near = np.flatnonzero((distance >= 0) & (distance <= hops))
    order = np.lexsort((-in_degree[near].astype(np.int64), distance[near]))
    return near[order][:MOST_NODES]


def ego_page(edges: np.ndarray, members: Sequence[EgoNode], palette: Palette, height: int = 420) -> str:
    """A page with the first member in the middle, its neighbours around, arrows along edges and bits in the nodes.

    Args:
        edges: source and target of all edges of the graph, [2, num_edges]; those between members are drawn.
        members: who is drawn, the node in the middle first.
        palette: colours of the theme.
        height: pixels.

    Returns:
        HTML that loads nothing; no label can end its script or become markup.

    Source: drawing by pyvis and vis-network; places by :func:`a2q.layouts.hop_rings`.
    """
    # pyvis brings IPython along, which takes a second to import: whoever opens no node does not wait for it.
    from pyvis.network import Network

    number = {member.number: position for position, member in enumerate(members)}
    inner = _between(edges, number)
    places = hop_rings(inner, len(members), 0)
    # Neighbours beyond the number that is drawn may have been the only way to a node.
    places = np.where(np.isfinite(places), places, 2)
    network = Network(
        height=f"{height}px",
        width="100%",
        directed=True,
        cdn_resources="in_line",
        bgcolor=palette.ground,
    )
    network.templateEnv = _templates()
    network.toggle_physics(False)
    told = _told(members, places * _RING)
    top = 0.0
    for position, member in enumerate(members):
        look = _look(member, position == 0, palette, position in told)
        if len(members) > MOST_LABELS and position:
            look["size"] = _CROWDED
        if places[position][1] < _UPPER:
            # vis-network writes below a node, which in the upper half is where the others are.
            look["font"] = {**look["font"], "vadjust": -2 * look["size"] - _WORDS}
            top = min(top, float(places[position][1]) * _RING - look["size"] - _WORDS)
        network.add_node(position, **look, **_place(places[position]))
    # vis-network zooms until every node is seen, and knows nothing of words above: an empty one makes room for them.
    network.add_node(len(members), label=" ", shape="text", x=0.0, y=top)
    for source, target in inner.T.tolist():
        network.add_edge(source, target, color=palette.muted, width=1)
    network.set_options(_OPTIONS)
    return _alone(network.generate_html(notebook=False))


@cache
def _templates() -> Any:
    """pyvis' templates; each network would read and compile them anew, which takes 0.1 s."""
    from pyvis.network import Network

    return Network().templateEnv


_OPTIONS = """{"physics": {"enabled": false}, "interaction": {"hover": true, "zoomView": false, "keyboard": false},
"edges": {"smooth": false, "arrows": {"to": {"enabled": true, "scaleFactor": 0.4}}}}"""


def _between(edges: np.ndarray, number: dict[int, int]) -> np.ndarray:
    inside = np.isin(edges, list(number)).all(axis=0)
    pairs = {(number[source], number[target]) for source, target in edges[:, inside].T.tolist() if source != target}
    return np.array(sorted(pairs), dtype=int).reshape(-1, 2).T


def _place(place: np.ndarray) -> dict[str, float]:
    return {"x": float(place[0]) * _RING, "y": float(place[1]) * _RING}


def _told(members: Sequence[EgoNode], places: np.ndarray) -> set[int]:
    """Positions of the members that have words beside them: the middle, then the largest messages or hubs.

    Of many, no two stand so near that their words would cover each other.
    """
    if len(members) <= MOST_LABELS:
        return set(range(len(members)))
    order = sorted(range(1, len(members)), key=lambda place: (-(members[place].share or 0), -members[place].in_degree))
    told = [0]
    for place in order:
        if np.linalg.norm(places[told] - places[place], axis=1).min() >= _APART:
            told.append(place)
        if len(told) > _DOZEN:
            break
    return set(told)


def _look(member: EgoNode, middle: bool, palette: Palette, told: bool) -> dict[str, Any]:
    words = [f"node {member.number}", f"in-degree {member.in_degree:,}"]
    if member.bits is not None:
        words.append(f"{member.bits} bits")
    if member.share is not None:
        words.append(f"{member.share:.0%} of what arrives")
    pruned = member.bits == 0
    colour = palette.muted if member.bits is None else palette.of_bits(member.bits)
    # pyvis writes labels into a script as JSON with "<", ">" and "&" escaped; vis-network draws them as text.
    label = member.name or str(member.number)
    if member.bits is not None:
        label += f"\n{member.bits} bit{'' if member.bits == 1 else 's'}"
    return {
        # pyvis would write the position where there is no label at all.
        "label": label if told else " ",
        "title": ", ".join(words),
        "shape": "dot",
        "size": 8 + 3 * float(np.sqrt(member.in_degree)) if member.in_degree < 100 else 38,
        "color": {"background": palette.ground if pruned else colour, "border": palette.text},
        "borderWidth": 4 if middle else 1,
        "font": {"color": palette.text, "size": 15, "strokeWidth": 4, "strokeColor": palette.ground},
    }


def _alone(page: str) -> str:
    """The page without what pyvis would load from elsewhere; it renders the same."""
    for pattern in _LINKS:
        page = pattern.sub("", page)
    return page.replace("border: 1px solid lightgray;", "")
