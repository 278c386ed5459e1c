import numpy as np

from a2q_studio.charts import Palette
from a2q_studio.comparison.ground import MOST_NODES, drawn_in_words, ground_of


def test_hubs_are_drawn_over_the_rest_and_edges_beneath(colours: Palette) -> None:
    in_degree = np.array([5, 0, 9, 1])
    coordinates = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], dtype=np.float32)
    ground = ground_of(coordinates, in_degree, np.array([[0, 1], [2, 3]]), colours, drawings=3, ring=2)
    assert ground.drawn.tolist() == [1, 3, 0, 2]
    assert ground.ring == 2
    (image,) = ground.images
    assert image["source"].startswith("data:image/png;base64,")
    assert image["layer"] == "below"
    assert drawn_in_words(ground) == "Drawing all 4 nodes in each; edges as a picture beneath."


def test_a_large_graph_is_drawn_by_a_sample_shared_between_the_drawings(colours: Palette) -> None:
    count = 60_000
    in_degree = np.zeros(count, dtype=np.int64)
    in_degree[17] = 100
    coordinates = np.random.default_rng(0).random((count, 2), dtype=np.float32)
    ground = ground_of(coordinates, in_degree, np.zeros((2, 5), dtype=np.int32), colours, drawings=4)
    assert len(ground.drawn) == MOST_NODES // 4
    assert ground.drawn[-1] == 17
    assert not ground.images
    assert drawn_in_words(ground).startswith("Drawing 5,000 of 60,000 nodes in each, hubs kept")
