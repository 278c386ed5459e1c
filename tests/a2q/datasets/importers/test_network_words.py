"""Words of whole graphs: directions of any draft, values given twice, ids like 7.0, names called labels."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from a2q.datasets import DatasetError
from a2q.datasets.importers.import_store import Imported
from tests.a2q.datasets.importers.conftest import told

Take = Callable[..., Imported]
RING = [(node, (node + 1) % 12) for node in range(12)] + [(0, 6), (3, 9)]


def link(number: type = int, **more: Any) -> tuple[str, bytes]:
    nodes = [{"id": number(i), "kind": "xy"[i % 2]} for i in range(12)]
    links = [{"source": number(a), "target": number(b)} for a, b in RING]
    return "g.json", json.dumps({"nodes": nodes, "links": links, **more}).encode()


def gexf(usual: str, edge: str) -> tuple[str, bytes]:
    nodes = "".join(f'<node id="{i}"/>' for i in range(12))
    edges = "".join(f'<edge source="{a}" target="{b}" {edge}/>' for a, b in RING)
    return "g.gexf", f"<gexf><graph {usual}><nodes>{nodes}</nodes><edges>{edges}</edges></graph></gexf>".encode()


def graphml(usual: str, edge: str = "", more: str = "") -> tuple[str, bytes]:
    key = '<key id="k" for="node" attr.name="kind" attr.type="string"/>'
    nodes = "".join(f'<node id="{i}"><data key="k">{"xy"[i % 2]}</data>{more}</node>' for i in range(12))
    edges = "".join(f'<edge source="{a}" target="{b}" {edge}/>' for a, b in RING)
    return "g.graphml", f"<graphml>{key}<graph {usual}>{nodes}{edges}</graph></graphml>".encode()


@pytest.mark.parametrize(
    ("file", "edges"),
    [
        (link(directed=True), 14),
        (link(directed="true"), 14),
        (link(directed=0), 28),
        (gexf('defaultedgetype="directed"', ""), 14),
        (gexf("", 'type="dir"'), 14),
        (gexf('defaultedgetype="Directed"', 'type="mutual"'), 28),
        (graphml('edgedefault="directed"'), 14),
        (graphml('edgedefault="Directed"'), 14),
        (graphml('edgedefault="undirected"', 'directed="1"'), 14),
        (graphml(""), 28),
    ],
)
def test_directions_of_any_writing_are_read(file: tuple[str, bytes], edges: int, take: Take) -> None:
    found = take(file, stand_in_labels=True, label="")

    assert found.card.edges == edges
    assert bool(told(found, "Nothing says whether edges have a direction")) == (file == graphml(""))


@pytest.mark.parametrize(
    ("file", "what"),
    [
        (link(directed="maybe"), "The value 'directed' of g.json has the direction 'maybe'"),
        (gexf("", 'type="both"'), "Edge 1 of g.gexf has the direction 'both'"),
        (graphml('edgedefault="x"'), "The edgedefault of g.graphml has the direction 'x'"),
        (graphml("", 'directed="no"'), "Edge 1 of g.graphml has the direction 'no'"),
    ],
)
def test_other_directions_are_refused_with_their_place(file: tuple[str, bytes], what: str, take: Take) -> None:
    with pytest.raises(DatasetError, match=f"^{what}"):
        take(file, stand_in_labels=True)


def test_whole_numbers_as_fractions_are_ids_and_others_are_refused(take: Take) -> None:
    assert take(link(float), label="kind").digest == take(link(), label="kind").digest
    with pytest.raises(DatasetError, match=r"^Node 2 of g.json has the id '0.5'; give each node a whole number"):
        take(link(lambda i: i / 2), label="kind")


def test_lists_beside_nodes_and_links_are_told(take: Take) -> None:
    assert told(take(link(hyperedges=[[0, 1, 2]]), label="kind"), "Lists 'hyperedges' of g.json are not used")


def test_a_node_with_two_values_of_a_key_is_refused(take: Take) -> None:
    with pytest.raises(DatasetError, match=r"^Node 1 of g.graphml has several values for the key 'k'; leave one"):
        take(graphml("", more='<data key="k">z</data>'), label="kind")


def test_names_called_labels_are_no_classes_where_a_few_come_again(take: Take) -> None:
    nodes = "".join(f'node [ id {i} label "N{i // 2 if i < 2 else i}" value "{"xy"[i % 2]}" ]\n' for i in range(12))
    edges = "".join(f"edge [ source {a} target {b} ]\n" for a, b in RING)

    assert take(("g.gml", f"graph [\n{nodes}{edges}]\n".encode())).config.label == "value"
