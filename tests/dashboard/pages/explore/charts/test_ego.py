import json
import re

import numpy as np
import pytest

from a2q_studio.charts import palette
from a2q_studio.pages.explore.charts.ego import MOST_NODES, EgoNode, ego_page, neighbourhood

EDGES = np.array([[1, 2, 3, 0, 5], [0, 0, 1, 2, 4]])
HOSTILE = "</script><script>alert(1)</script>\"'&<img src=x onerror=alert(1)>"


@pytest.fixture
def page() -> str:
    """Node 0 with three others, one of which has a hostile name."""
    members = [
        EgoNode(0, "zero", 3, 2),
        EgoNode(1, HOSTILE, 0, 1, 0.25),
        EgoNode(2, "two", 1, 1),
        EgoNode(3, "", None, 400),
    ]
    return ego_page(EDGES, members, palette("dark"))


def dataset(page: str, name: str) -> list[dict]:
    (found,) = re.findall(rf"{name} = new vis\.DataSet\((.*)\);", page)
    return json.loads(found)


def drawn(page: str) -> list[dict]:
    """The nodes that are seen; the last one only makes room."""
    *nodes, room = dataset(page, "nodes")
    assert not room["label"].strip() and room["shape"] == "text"
    return nodes


@pytest.mark.filterwarnings("ignore")
class TestPage:
    def test_it_asks_no_other_server(self, page: str) -> None:
        assert not re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)\s*=", page.partition("vis-network")[0])
        assert not re.findall(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//", page)
        assert "@import" not in page

    def test_no_label_becomes_markup(self, page: str) -> None:
        assert "alert(1)</script>" not in page
        assert "<img src=x" not in page
        assert dataset(page, "nodes")[1]["label"] == f"{HOSTILE}\n0 bits"

    def test_nothing_moves_by_itself(self, page: str) -> None:
        assert '"physics": {"enabled": false}' in page
        assert all({"x", "y"} <= node.keys() for node in dataset(page, "nodes"))

    def test_the_node_stands_in_the_middle_with_its_neighbours_around(self, page: str) -> None:
        nodes = drawn(page)
        radius = [np.hypot(node["x"], node["y"]) for node in nodes]
        assert radius == pytest.approx([0, 170, 170, 340], rel=1e-5)

    def test_edges_between_the_members_only(self, page: str) -> None:
        edges = {(edge["from"], edge["to"]) for edge in dataset(page, "edges")}
        assert edges == {(1, 0), (2, 0), (3, 1), (0, 2)}

    def test_bits_stand_in_words_and_colour(self, page: str) -> None:
        colours = palette("dark")
        nodes = drawn(page)
        assert [node["label"].rpartition("\n")[2] for node in nodes] == ["3 bits", "0 bits", "1 bit", "3"]
        assert [node["color"]["background"] for node in nodes] == [
            colours.of_bits(3),
            colours.ground,
            colours.of_bits(1),
            colours.muted,
        ]
        assert nodes[1]["title"] == "node 1, in-degree 1, 0 bits, 25% of what arrives"
        assert colours.ground in page


@pytest.mark.filterwarnings("ignore")
def test_of_many_those_that_matter_most_have_words_that_do_not_cover_each_other() -> None:
    many = 45
    members = [EgoNode(number, f"n{number}", 2, 1, number / 1000) for number in range(many)]
    edges = np.array([range(1, many), [0] * (many - 1)])
    nodes = drawn(ego_page(edges, members, palette("light")))
    told = [node for node in nodes if node["label"].strip()]
    assert told[0]["label"].startswith("n0")
    assert nodes[-1]["label"].startswith("n44"), "the largest message always has words"
    assert 4 <= len(told) <= 13
    places = np.array([(node["x"], node["y"]) for node in told])
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    assert apart[~np.eye(len(told), dtype=bool)].min() >= 62


@pytest.mark.filterwarnings("ignore")
def test_words_stand_outside_of_the_ring_and_in_the_picture() -> None:
    members = [EgoNode(number, f"n{number}", 2, 1) for number in range(9)]
    page = ego_page(np.array([range(1, 9), [0] * 8]), members, palette("light"))
    nodes, room = drawn(page), dataset(page, "nodes")[-1]
    above = [node for node in nodes if node["y"] < -60]
    assert above
    for node in nodes:
        # Without it vis-network writes below the node; the top of the words is that far above its middle.
        assert (node["font"].get("vadjust", 0) < -2 * node["size"]) == (node in above)
    assert room["y"] <= min(node["y"] - node["size"] - 40 for node in above)


def test_the_nearest_come_first_and_hubs_among_them() -> None:
    degrees = np.array([2, 5, 9, 1, 0, 0])
    assert neighbourhood(EDGES, 6, 0, 1, degrees).tolist() == [0, 2, 1]
    assert neighbourhood(EDGES, 6, 0, 2, degrees).tolist() == [0, 2, 1, 3]
    star = np.stack([np.arange(1, 400), np.zeros(399, int)])
    found = neighbourhood(star, 400, 0, 1, np.arange(400))
    assert found.tolist() == [0, *range(399, 400 - MOST_NODES, -1)]
