"""What readers of whole graphs hide: defaults, mixed directions, parallel edges, dangling ends, types, encodings."""

import json
from collections.abc import Callable

import pytest

from a2q.datasets import DatasetError
from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.mapping import guess
from a2q.datasets.importers.parts import Parts
from a2q.datasets.importers.reading import Files, read
from a2q.datasets.importers.tables import Table
from a2q.datasets.importers.uploads import Upload

GRAPHML = '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">{}</graphml>'
GEXF = '<gexf xmlns="http://gexf.net/1.3" version="1.3"><graph {}>{}</graph></gexf>'


def parts(name: str, content: str | bytes) -> Parts:
    return read(Files(Upload.of(content if isinstance(content, bytes) else content.encode(), name)))


def ends(found: Parts) -> list[tuple[str, str]]:
    assert isinstance(found.edges, Table)
    return [
        (row["source"], row["target"]) for batch in found.edges.read(["source", "target"]) for row in batch.to_pylist()
    ]


def values(found: Parts, column: str) -> list[object]:
    assert found.nodes is not None
    return [value for batch in found.nodes.read([column]) for value in batch.column(0).to_pylist()]


def graphml(body: str, keys: str = "", direction: str = "undirected") -> Parts:
    return parts("g.graphml", GRAPHML.format(f'{keys}<graph edgedefault="{direction}">{body}</graph>'))


def nodes(*names: str) -> str:
    return "".join(f'<node id="{name}"/>' for name in names)


def edge(source: str, target: str, more: str = "") -> str:
    return f'<edge source="{source}" target="{target}" {more}/>'


def test_defaults_of_graphml_hold_for_nodes_without_a_value() -> None:
    keys = "".join(
        f'<key id="{name}" for="{scope}" attr.name="{name}" attr.type="{kind}"><default>{value}</default></key>'
        for name, scope, kind, value in (("w", "node", "double", "0.5"), ("k", "all", "string", "red"))
    )
    found = graphml('<node id="a"><data key="w">2</data></node><node id="b"/>' + edge("a", "b"), keys)

    assert (values(found, "w"), values(found, "k")) == ([2.0, 0.5], ["red", "red"])


def test_defaults_of_gexf_hold_for_nodes_without_a_value() -> None:
    body = (
        '<attributes class="node"><attribute id="0" title="w" type="float"><default>0.5</default></attribute>'
        '</attributes><nodes><node id="a"><attvalues><attvalue for="0" value="2"/></attvalues></node><node id="b"/>'
        f"</nodes><edges>{edge('a', 'b')}</edges>"
    )
    assert values(parts("g.gexf", GEXF.format("", body)), "w") == [2.0, 0.5]


@pytest.mark.parametrize("same", ['id="1"', ""])
def test_parallel_edges_are_all_there_whatever_their_ids(same: str) -> None:
    body = edge("a", "b", same) + edge("a", "b", same) + edge("b", "a", same)

    assert len(ends(graphml(nodes("a", "b") + body, direction="directed"))) == 3
    gexf = f"<nodes>{nodes('a', 'b')}</nodes><edges>{body}</edges>"
    assert len(ends(parts("g.gexf", GEXF.format("", gexf)))) == 3


def test_edges_of_both_kinds_go_both_ways_and_one_way() -> None:
    found = graphml(nodes("a", "b", "c") + edge("a", "b") + edge("b", "c", 'directed="true"'))

    assert found.directed is True
    assert ends(found) == [("a", "b"), ("b", "c"), ("b", "a")]
    assert found.warnings == (
        "1 of 2 edges of g.graphml have no direction (first: edge 1): these go both ways, the others one way.",
    )


@pytest.mark.parametrize(
    ("usual", "given", "directed"),
    [
        ("directed", "", True),
        ("directed", "mutual", False),
        ("", "directed", True),
        ("mutual", "", False),
    ],
)
def test_directions_of_gexf(usual: str, given: str, directed: bool) -> None:
    body = f"<nodes>{nodes('a', 'b')}</nodes><edges>{edge('a', 'b', f'type={given!r}' if given else '')}</edges>"

    found = parts("g.gexf", GEXF.format(f'defaultedgetype="{usual}"' if usual else "", body))

    assert (found.directed, ends(found)) == (directed, [("a", "b")])


@pytest.mark.parametrize(
    ("read_body", "sentence"),
    [
        (nodes("a") + edge("a", "z"), r"^Edge 1 of g.graphml has the target 'z', which is no node's id"),
        (nodes("a") + '<edge source="a"/>', r"^Edge 1 of g.graphml has no target; add the node or remove the edge"),
        (nodes("a", "b", "a"), r"^Node 3 of g.graphml has the id 'a' of an earlier one \(node 1\)"),
        (nodes("a") + "<node/>", r"^Node 2 of g.graphml has no id"),
        (nodes("a", "b") + "<hyperedge/>", r"^g.graphml has hyperedges \(1\), which join any number of nodes"),
        ('<node id="a"><data key="k">1</data></node>', r"^Node 1 of g.graphml has a value for the key 'k', which is"),
    ],
)
def test_what_a_graph_refers_to_must_be_there(read_body: str, sentence: str) -> None:
    with pytest.raises(DatasetError, match=sentence):
        graphml(read_body)


@pytest.mark.parametrize("namespace", ["", "http://graphml.graphdrawing.org/xmlns/1.0rc", "https://example.org/g"])
def test_graphml_of_another_namespace_is_read(namespace: str) -> None:
    content = GRAPHML.format(f"<graph>{nodes('a', 'b')}{edge('a', 'b')}</graph>")
    content = content.replace("http://graphml.graphdrawing.org/xmlns", namespace) if namespace else content
    content = content if namespace else content.replace(' xmlns="http://graphml.graphdrawing.org/xmlns"', "")

    assert ends(parts("g.graphml", content)) == [("a", "b")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "utf-8-sig"])
def test_encodings_of_xml(encoding: str) -> None:
    name = encoding.removesuffix("-sig")
    content = f'<?xml version="1.0" encoding="{name}"?>' + GRAPHML.format(f"<graph>{nodes('é', 'b')}</graph>")

    assert values(parts("g.graphml", content.encode(encoding)), "id") == ["é", "b"]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("xsd:int", "7", 7),
        ("Integer", "7.0", 7),
        ("short", " 7 ", 7),
        ("decimal", "0.5", 0.5),
        ("date", "7", "7"),
        ("boolean", "TRUE", True),
    ],
)
def test_types_of_other_programs(kind: str, text: str, value: object) -> None:
    key = f'<key id="k" for="node" attr.name="k" attr.type="{kind}"/>'

    assert values(graphml(f'<node id="a"><data key="k">{text}</data></node>', key), "k") == [value]


def test_two_attributes_of_one_name_are_both_kept() -> None:
    keys = "".join(f'<key id="{name}" for="node" attr.name="k" attr.type="int"/>' for name in "pq")

    found = graphml('<node id="a"><data key="p">1</data><data key="q">2</data></node>', keys)

    assert (values(found, "k (p)"), values(found, "k (q)")) == ([1], [2])


def test_an_empty_number_is_no_value() -> None:
    key = '<key id="k" for="node" attr.name="k" attr.type="double"/>'
    body = '<node id="a"><data key="k"/></node><node id="b"><data key="k">1</data></node>'

    assert values(graphml(body, key), "k") == [None, 1.0]


def test_groups_of_yed_are_read() -> None:
    inner = f"<graph>{nodes('b', 'c')}{edge('b', 'c')}</graph>"
    found = graphml(f'{nodes("a")}<node id="g" yfiles.foldertype="group">{inner}</node>{edge("a", "b")}')

    assert values(found, "id") == ["a", "g", "b", "c"]
    assert ends(found) == [("a", "b"), ("b", "c")]


def test_nodes_and_edges_inside_of_nodes_of_gexf_are_read() -> None:
    inner = f"<nodes>{nodes('b', 'c')}</nodes><edges>{edge('b', 'c')}</edges>"
    found = parts(
        "g.gexf", GEXF.format("", f'<nodes><node id="a">{inner}</node></nodes><edges>{edge("a", "b")}</edges>')
    )

    assert values(found, "id") == ["a", "b", "c"]
    assert sorted(ends(found)) == [("a", "b"), ("b", "c")]


def test_times_and_values_over_time_are_told() -> None:
    values_over_time = '<attvalue for="0" value="1" end="3"/><attvalue for="0" value="2" start="3"/>'
    body = (
        '<attributes class="node" mode="dynamic"><attribute id="0" title="w" type="integer"/></attributes>'
        f'<nodes><node id="a" start="1.5"><attvalues>{values_over_time}</attvalues></node><node id="b"/></nodes>'
        f"<edges>{edge('a', 'b')}</edges>"
    )
    found = parts("g.gexf", GEXF.format('mode="dynamic" timeformat="dateTime"', body))

    assert values(found, "w") == [2, None]
    assert found.warnings == (
        "1 values of nodes of g.gexf are one of several over time (first: 'w' of node 1): the last of each is read.",
        "1 nodes and edges of g.gexf have times (first: node 'a'): these are not read, and all are there from the "
        "start.",
    )


def test_what_edges_have_beyond_their_ends_is_told() -> None:
    key = '<key id="k" for="edge" attr.name="cost" attr.type="int"/>'
    weighed = '<edge source="a" target="b"><data key="k">1</data></edge>'
    between = edge("a", "b", 'weight="2"')
    files: dict[str, str] = {
        "g.graphml": GRAPHML.format(f"{key}<graph>{nodes('a', 'b')}{weighed}</graph>"),
        "g.gexf": GEXF.format("", f"<nodes>{nodes('a', 'b')}</nodes><edges>{between}</edges>"),
        "g.gml": "graph [ node [ id 1 ] node [ id 2 ] edge [ source 1 target 2 cost 3 ] ]",
        "g.json": json.dumps({"nodes": [{"id": 1}, {"id": 2}], "links": [{"source": 1, "target": 2, "cost": 3}]}),
    }
    for name, content in files.items():
        word = "weight" if name == "g.gexf" else "cost"
        assert [told for told in parts(name, content).warnings if f"Attributes '{word}' of the edges of {name}" in told]


GML = 'graph [\n  node [ id 1 label "a" ]\n  node [ id 2 label "b" ]\n  edge [ source 1 target 2 ]\n{}]'


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (GML.format("  edge [ source 2 target 1 ]\n").encode(), ["a", "b"]),
        (GML.format("").replace('"a"', '"é"').encode(), ["é", "b"]),
        (GML.format("").replace('"a"', '"é"').encode("latin-1"), ["é", "b"]),
        (GML.format("").replace('"a"', '"one\n  two"').encode(), ["one two", "b"]),
        (GML.format("").replace("\n", "\r\n").encode(), ["a", "b"]),
        (b"\xef\xbb\xbf# a graph [ of two\n" + GML.format("").encode(), ["a", "b"]),
        (GML.format("").replace('"b"', '"a"').encode(), ["1", "2"]),
        (GML.format("").replace("id 1", "id 1 size 1e5 heat NaN cold -inf").encode(), ["a", "b"]),
    ],
)
def test_gml_of_other_programs(content: bytes, names: list[str]) -> None:
    found = parts("g.gml", content)

    assert values(found, "id") == names
    assert ends(found)[0] == (names[0], names[1])
    assert len(ends(found)) == content.count(b"edge [")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            GML.format("").replace("]\n]", "]\n"),
            r"^g.gml cannot be read as GML \(expected '\]', found its end at line 5, col",
        ),
        (GML.format("") * 2, r"^g.gml holds 2 graphs, and one is read"),
        (GML.format("").replace("id 2", ""), r"^g.gml cannot be read as GML \(node 2 has no 'id' attribute\)"),
    ],
)
def test_gml_that_is_refused_says_where(content: str, sentence: str) -> None:
    with pytest.raises(DatasetError, match=sentence):
        parts("g.gml", content)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('{"nodes": [], "nodes": [{"id": 1}], "links": []}', r"^g.json gives 'nodes' twice in one object"),
        ('{"nodes": [{"id": 1}], "links": [], "edges": []}', r"^g.json has both a list 'edges' and a list 'links'"),
    ],
)
def test_json_that_says_a_thing_twice_is_refused(content: str, sentence: str) -> None:
    with pytest.raises(DatasetError, match=sentence):
        parts("g.json", content)


READS: list[Callable[[], Parts]] = [
    lambda: parts("g.json", json.dumps({"nodes": [{"id": 1}, {"id": 2}], "links": [{"source": "1", "target": 2}] * 3})),
    lambda: parts("g.gml", GML.format("edge [ source 1 target 2 ]\n" * 2)),
]


@pytest.mark.parametrize("read_one", READS)
def test_parallel_edges_of_a_graph_that_says_it_has_none(read_one: Callable[[], Parts]) -> None:
    assert len(ends(read_one())) == 3


def test_running_numbers_that_gexf_calls_labels_are_names() -> None:
    body = "".join(f'<node id="n{place}" label="{place + 1}"/>' for place in range(12))
    found = parts("g.gexf", GEXF.format("", f"<nodes>{body}</nodes><edges>{edge('n0', 'n1')}</edges>"))

    assert values(found, "label") == [str(place + 1) for place in range(12)]
    assert (guess(found, ImportConfig()).label, guess(found, ImportConfig()).features) == ("", ())


def test_values_with_markup_are_text() -> None:
    key = '<key id="k" for="node" attr.name="k" attr.type="string"/>'

    assert values(graphml('<node id="a"><data key="k">very <b>red</b> indeed</data></node>', key), "k") == [
        "very red indeed"
    ]


def test_names_and_places_of_yed_are_read_as_such() -> None:
    shape = (
        '<y:ShapeNode xmlns:y="http://www.yworks.com/xml/graphml"><y:Geometry x="1.5" y="2"/><y:NodeLabel>red'
        "</y:NodeLabel></y:ShapeNode>"
    )
    found = graphml(
        f'<node id="a"><data key="g">{shape}</data></node>', '<key id="g" for="node" yfiles.type="nodegraphics"/>'
    )

    assert (values(found, "label"), values(found, "x")) == (["red"], ["1.5"])
