import numpy as np
import pytest
from scipy.spatial.distance import pdist

from a2q.layouts import force_layout
from a2q.layouts.force import packed, undirected


def ring(count: int, first: int = 0) -> np.ndarray:
    """A cycle of ``count`` nodes."""
    nodes = np.arange(count)
    return np.stack([nodes, (nodes + 1) % count]) + first


def test_linked_nodes_stand_closer_than_strangers() -> None:
    edges = np.concatenate([ring(300), ring(300, 300), [[0], [300]]], axis=1)
    coordinates = force_layout(edges, 600)
    assert coordinates.shape == (600, 2)
    assert coordinates.dtype == np.float32
    assert np.isfinite(coordinates).all()
    linked = np.linalg.norm(coordinates[edges[0]] - coordinates[edges[1]], axis=1).mean()
    assert linked < 0.3 * pdist(coordinates).mean()


def test_the_same_edges_give_the_same_picture() -> None:
    generator = np.random.default_rng(3)
    edges = generator.integers(0, 400, (2, 900))
    first = force_layout(edges, 400)
    np.testing.assert_array_equal(first, force_layout(edges, 400))
    np.testing.assert_array_equal(first, force_layout(edges[::-1], 400), "directions do not matter")
    both_ways = np.concatenate([edges, edges[::-1], [[7], [7]]], axis=1)
    np.testing.assert_array_equal(first, force_layout(both_ways, 400), "nor doubles and self-loops")


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_tiny_graphs(count: int) -> None:
    assert force_layout(np.zeros((2, 0), dtype=int), count).shape == (count, 2)
    if count:
        chain = np.stack([np.arange(count - 1), np.arange(1, count)])
        coordinates = force_layout(chain, count)
        assert count == 1 or pdist(coordinates).min() > 0.05


def test_components_do_not_overlap_and_the_largest_stands_first() -> None:
    edges = np.concatenate([ring(50), ring(20, 50), ring(9, 70)], axis=1)
    coordinates = force_layout(edges, 82)
    parts = [coordinates[:50], coordinates[50:70], coordinates[70:79], *coordinates[79:, None]]
    boxes = [(part.min(0), part.max(0)) for part in parts]
    for one, (low, high) in enumerate(boxes):
        for other_low, other_high in boxes[one + 1 :]:
            assert (high < other_low).any() or (other_high < low).any()
    assert boxes[0][0].tolist() == pytest.approx([0, 0], abs=1e-6)


def test_many_small_components_make_a_square_sheet() -> None:
    moved = np.concatenate(packed([np.array([[0.0, 0.0], [1.0, 0.0]])] * 200))
    width, height = np.ptp(moved, axis=0)
    assert 0.5 < width / height < 2


def test_progress_ends_at_the_whole() -> None:
    shares: list[float] = []
    force_layout(np.concatenate([ring(40), ring(10, 40)], axis=1), 50, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_links_are_symmetric_and_counted_once() -> None:
    links = undirected(np.array([[0, 1, 1, 2], [1, 0, 1, 0]]), 3).toarray()
    assert links.tolist() == [[0, 1, 1], [1, 0, 0], [1, 0, 0]]
