import gzip
from pathlib import Path

import numpy as np
import pytest
import torch

from a2q.datasets import DatasetError, card, is_ready, load_graphs
from a2q.datasets.graph_sets import images
from a2q.datasets.graph_sets.images import read_idx
from a2q.datasets.graph_sets.superpixels import superpixels
from a2q.datasets.progress import no_progress


def _graph(regions: int, channels: int, label: int) -> dict[str, torch.Tensor]:
    ring = torch.arange(regions)
    return {
        "x": torch.full((regions, channels), 0.5),
        "pos": torch.rand(regions, 2, generator=torch.Generator().manual_seed(label)),
        "edge_index": torch.stack([ring, ring.roll(1)]),
        "edge_attr": torch.ones(regions),
        "y": torch.tensor([label]),
    }


def _write(folder: Path, name: str, channels: int) -> None:
    (folder / "raw").mkdir(parents=True)
    parts = tuple([_graph(3 + label, channels, label) for label in range(count)] for count in (4, 2, 3))
    torch.save(parts, folder / "raw" / f"{name}_v2.pt")


@pytest.mark.parametrize(("name", "title", "features"), [("mnist", "MNIST", 3), ("cifar10", "CIFAR10", 5)])
def test_features_are_the_colours_and_the_place(name: str, title: str, features: int, given: Path) -> None:
    _write(given / "GNNBenchmarkDataset" / title, title, features - 2)
    entry = card(f"{name}-superpixels")
    loaded = superpixels(entry, no_progress)
    assert loaded.source == f"{title} superpixels (read from the folder in $A2Q_DATA)"
    assert (loaded.num_graphs, loaded.num_features, loaded.num_classes) == (9, features, 10)
    assert [part.tolist() for part in (loaded.train, loaded.validation, loaded.test)] == [
        [0, 1, 2, 3],
        [4, 5],
        [6, 7, 8],
    ]
    made, there = loaded.graphs[5], _graph(4, features - 2, 1)
    assert torch.equal(made.x, torch.cat([there["x"], there["pos"]], dim=1))
    assert torch.equal(made.edge_index, there["edge_index"])
    assert (made.y.tolist(), len(loaded.class_names)) == ([1], 10)
    assert sorted(made.keys()) == ["edge_index", "x", "y"]


def test_a_rebuilt_set_is_told_from_the_published(given: Path) -> None:
    _write(given / "GNNBenchmarkDataset-rebuilt" / "MNIST", "MNIST", 1)
    assert is_ready("mnist-superpixels")
    assert not is_ready("cifar10-superpixels")
    loaded = superpixels(card("mnist-superpixels"), no_progress)
    assert loaded.rebuilt
    assert loaded.source == "MNIST superpixels (rebuilt, read from the folder in $A2Q_DATA)"
    assert loaded.card.title == "MNIST superpixels (rebuilt)"


def test_a_rebuilt_set_in_the_place_of_the_published_is_refused(given: Path) -> None:
    _write(given / "GNNBenchmarkDataset" / "MNIST", "MNIST", 1)
    with pytest.raises(
        DatasetError, match=r"^MNIST superpixels is not the set it should be \(graphs 9 instead of 70000"
    ):
        load_graphs("mnist-superpixels")


def test_a_file_with_more_than_tensors_is_refused(given: Path) -> None:
    raw = given / "GNNBenchmarkDataset" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    torch.save([print], raw / "MNIST_v2.pt")
    with pytest.raises(DatasetError, match=r"MNIST_v2\.pt is damaged or holds more than tensors"):
        load_graphs("mnist-superpixels")


def test_the_rebuilt_set_has_its_sizes(published_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A2Q_DATA", str(published_data))
    loaded = load_graphs("mnist-superpixels")
    assert loaded.rebuilt
    assert [part.numel() for part in (loaded.train, loaded.validation, loaded.test)] == [1000, 250, 250]


def _idx(array: np.ndarray) -> bytes:
    shape = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return gzip.compress(bytes([0, 0, 8, array.ndim]) + shape + array.tobytes())


def _write_images(folder: Path, count: int) -> np.ndarray:
    folder.mkdir(parents=True)
    shades = np.random.default_rng(0).integers(0, 256, (count, 28, 28), dtype=np.uint8)
    (folder / "t10k-images-idx3-ubyte.gz").write_bytes(_idx(shades))
    (folder / "t10k-labels-idx1-ubyte.gz").write_bytes(_idx(np.arange(count, dtype=np.uint8) % 10))
    return shades


@pytest.mark.parametrize("folder", ["MNIST-t10k", "MNIST/raw"])
def test_where_only_images_are_the_graphs_are_made_of_them(
    folder: str, given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("skimage.segmentation", reason="needs scikit-image (requirements-superpixels.txt)")
    monkeypatch.setattr(images, "SIZES", (3, 2, 1))
    _write_images(given / folder, 7)
    told: list[str] = []
    assert is_ready("mnist-superpixels")
    loaded = superpixels(card("mnist-superpixels"), lambda _, sentence: told.append(sentence))
    assert loaded.rebuilt
    assert loaded.source == "MNIST superpixels (rebuilt from MNIST's test images, read from the folder in $A2Q_DATA)"
    assert [int(graph.y) for graph in loaded.graphs] == [0, 1, 2, 3, 4, 5]
    assert loaded.num_features == 3
    assert told[-1] == "Making superpixels of MNIST's test images: 0 of 6"
    again = superpixels(card("mnist-superpixels"), lambda _, sentence: told.append(sentence))
    assert len(told) == 2
    assert torch.equal(again.graphs[3].x, loaded.graphs[3].x)


def test_too_few_images_are_told(given: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "need_scikit_image", lambda: None)
    _write_images(given / "MNIST-t10k", 7)
    with pytest.raises(DatasetError, match=r"has 7 images and .* 7 labels: put MNIST's files, with at least 1,500"):
        load_graphs("mnist-superpixels")


def test_images_are_read_as_they_were_written(tmp_path: Path) -> None:
    shades = _write_images(tmp_path / "there", 2)
    assert np.array_equal(read_idx(tmp_path / "there" / "t10k-images-idx3-ubyte.gz"), shades)


@pytest.mark.parametrize(
    "content",
    [b"", b"not gzip", gzip.compress(b""), gzip.compress(b"\0\0\x0d\1\0\0\0\1x"), _idx(np.ones(4, "u1"))[:-9]],
    # gzip writes the time into its bytes: names keep the cases the same in every process.
    ids=["empty", "not gzip", "nothing zipped", "another type", "cut off"],
)
def test_a_file_of_another_kind_is_told(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "images.gz"
    file.write_bytes(content)
    with pytest.raises(DatasetError, match=r"images\.gz is not a gzipped idx file of bytes"):
        read_idx(file)
