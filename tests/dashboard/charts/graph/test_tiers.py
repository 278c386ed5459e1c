import numpy as np
import pytest

from a2q_studio.charts.graph import drawn_nodes, tier
from a2q_studio.charts.graph.tiers import FEW, MANY, drawn_in_words


@pytest.mark.parametrize(
    ("nodes", "sampled", "edges"),
    [(1, False, True), (FEW, False, True), (FEW + 1, False, True), (MANY, False, True), (MANY + 1, True, False)],
)
def test_what_is_drawn_of_a_size(nodes: int, sampled: bool, edges: bool) -> None:
    found = tier(nodes)
    assert (found.sampled, found.edges) == (sampled, edges)


def test_larger_graphs_have_smaller_nodes() -> None:
    sizes = [sum(tier(nodes).size) for nodes in (FEW, MANY, MANY + 1)]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == 3


def test_a_sample_keeps_hubs_and_the_shares_of_in_degrees() -> None:
    degrees = np.random.default_rng(0).zipf(1.7, 60_000).clip(max=5_000)
    drawn = drawn_nodes(degrees, most=6_000)
    assert len(drawn) == len(set(drawn.tolist())) == 6_000
    assert (np.diff(drawn) > 0).all()
    hubs = np.argsort(-degrees, kind="stable")[:500]
    assert np.isin(hubs[degrees[hubs] > np.sort(degrees)[-600]], drawn).all()
    for degree in (1, 2, 3):
        assert (degrees[drawn] == degree).mean() == pytest.approx((degrees == degree).mean(), abs=0.1)
    np.testing.assert_array_equal(drawn, drawn_nodes(degrees, most=6_000))


def test_few_nodes_are_all_drawn() -> None:
    assert drawn_nodes(np.zeros(7), most=7).tolist() == list(range(7))
    assert drawn_nodes(np.zeros(0)).tolist() == []


def test_the_caption_says_what_is_missing() -> None:
    assert drawn_in_words(20_000, 169_343, 1_166_243).startswith("Drawing 20,000 of 169,343 nodes")
    assert drawn_in_words(5, 5, 7) == "Drawing all 5 nodes; 7 edges as a picture beneath them."
