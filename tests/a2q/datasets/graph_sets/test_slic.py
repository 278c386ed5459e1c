from pathlib import Path

import numpy as np
import pytest
import torch

from a2q.datasets import DatasetError
from a2q.datasets.graph_sets import slic
from a2q.datasets.graph_sets.images import read_idx
from a2q.datasets.graph_sets.tensors import read_tensors

pytest.importorskip("skimage.segmentation", reason="needs scikit-image (requirements-superpixels.txt)")


def _drawn() -> np.ndarray:
    """A bright bar on black."""
    image = np.zeros((28, 28), dtype=np.uint8)
    image[4:24, 12:16] = 255
    return image


@pytest.mark.parametrize(
    "image", [_drawn(), np.random.default_rng(0).integers(0, 256, (28, 28), dtype=np.uint8)], ids=["bar", "noise"]
)
def test_each_region_has_edges_to_the_eight_most_like_it(image: np.ndarray) -> None:
    graph = slic.superpixel_graph(image)
    count = graph.num_nodes
    assert 9 <= count <= 75
    assert graph.x.shape == (count, 1)
    assert graph.pos.shape == (count, 2)
    assert graph.x.min() >= 0
    assert graph.x.max() <= 1
    assert ((graph.pos >= 0) & (graph.pos < 1)).all()
    source, target = graph.edge_index
    assert source.bincount().tolist() == [8] * count
    assert (source != target).all()
    weight = graph.edge_attr.view(count, 8)
    assert (weight[:, :-1] >= weight[:, 1:]).all()
    assert ((weight > 0) & (weight <= 1)).all()


def test_the_bar_is_bright_and_where_it_was_drawn() -> None:
    graph = slic.superpixel_graph(_drawn())
    bright = graph.pos[graph.x[:, 0] > 0.9] * 28
    assert len(bright) >= 1
    row, column = bright.t()
    assert ((row >= 4) & (row < 24)).all()
    assert ((column >= 12) & (column < 16)).all()


def test_an_empty_image_has_a_graph_too() -> None:
    graph = slic.superpixel_graph(np.zeros((28, 28), dtype=np.uint8))
    assert graph.x.eq(0).all()
    assert not graph.edge_attr.isnan().any()


def test_an_image_of_another_shape_is_told() -> None:
    with pytest.raises(
        DatasetError, match=r"The image is \(32, 32\); superpixels are made of grey images of \(28, 28\)"
    ):
        slic.superpixel_graph(np.zeros((32, 32), dtype=np.uint8))


def test_without_scikit_image_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slic, "find_spec", lambda _: None)
    with pytest.raises(DatasetError, match="pip install scikit-image"):
        slic.superpixel_graph(_drawn())


def test_the_recipe_is_that_of_the_graphs_beside_the_project(published_data: Path) -> None:
    images = read_idx(published_data / "MNIST-t10k" / "t10k-images-idx3-ubyte.gz")
    file = published_data / "GNNBenchmarkDataset-rebuilt" / "MNIST" / "raw" / "MNIST_v2.pt"
    for image, there in zip(images[:12], read_tensors(file)[0], strict=False):
        made = slic.superpixel_graph(image)
        torch.testing.assert_close(made.x, there["x"], atol=1e-6, rtol=0)
        torch.testing.assert_close(made.pos, there["pos"], atol=1e-6, rtol=0)
        torch.testing.assert_close(made.edge_attr, there["edge_attr"], atol=1e-5, rtol=0)
        same = (made.edge_index == there["edge_index"]).all(0)
        # Two that are equally like a region may come in either order.
        assert same.float().mean() > 0.9
