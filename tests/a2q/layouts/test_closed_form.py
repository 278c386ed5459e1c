import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2q.layouts import degree_rings, hop_rings, hops_from, principal_axes


def test_hubs_stand_in_the_middle() -> None:
    degrees = np.array([0, 1, 1, 5, 30, 100])
    radius = np.linalg.norm(degree_rings(degrees), axis=1)
    assert (np.diff(radius) <= 1e-6).all()
    assert radius[1] == pytest.approx(radius[2])
    assert radius[0] == pytest.approx(1)
    assert 0 < radius[-1] < 0.05


def test_no_two_nodes_share_a_place_and_no_degree_breaks_the_rings() -> None:
    coordinates = degree_rings(np.ones(500, dtype=np.uint8))
    assert len(np.unique(coordinates.round(5), axis=0)) == 500
    assert degree_rings(np.zeros(0)).shape == (0, 2)
    assert np.isfinite(degree_rings(np.zeros(3))).all()


@given(st.integers(0, 10_000))
def test_hops_are_those_of_networkx(seed: int) -> None:
    edges = np.random.default_rng(seed).integers(0, 30, (2, 28))
    graph = nx.Graph()
    graph.add_nodes_from(range(30))
    graph.add_edges_from(edges.T.tolist())
    expected = nx.single_source_shortest_path_length(graph, 3)
    hops = hops_from(edges, 30, 3)
    assert {node: int(hop) for node, hop in enumerate(hops) if hop >= 0} == dict(expected)
    radius = np.linalg.norm(hop_rings(edges, 30, 3), axis=1)
    np.testing.assert_allclose(radius, np.where(hops < 0, np.nan, hops), atol=1e-5)


def test_branches_stay_together() -> None:
    # Two branches of the node in the middle, with ten leaves each.
    edges = np.array([[0, 0, *[1] * 10, *[2] * 10], [1, 2, *range(3, 23)]])
    coordinates = hop_rings(edges, 23, 0)
    for branch, leaves in ((1, range(3, 13)), (2, range(13, 23))):
        directions = coordinates[list(leaves)]
        angles = np.unwrap(np.sort(np.arctan2(directions[:, 1], directions[:, 0]) % (2 * np.pi)))
        assert np.ptp(angles) < np.pi, branch


def test_principal_axes_are_those_of_a_singular_value_decomposition() -> None:
    generator = np.random.default_rng(0)
    values = generator.normal(size=(80, 5)) * [5, 3, 1, 0.5, 0.1] + 7
    centred = values - values.mean(axis=0)
    left, scale, _ = np.linalg.svd(centred, full_matrices=False)
    np.testing.assert_allclose(np.abs(principal_axes(values)), np.abs(left[:, :2] * scale[:2]), rtol=1e-4, atol=1e-4)
    assert principal_axes(values[:, :1]).shape == (80, 2)
