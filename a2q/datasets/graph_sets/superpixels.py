"""The superpixels of MNIST and CIFAR10 with the public split."""

from functools import partial
from pathlib import Path

import torch
from torch_geometric.data import Data
from torch_geometric.datasets import GNNBenchmarkDataset

from a2q.datasets.card import DatasetCard
from a2q.datasets.catalogue import SPECS
from a2q.datasets.dataset import GraphDataset
from a2q.datasets.files.dataset_cache import keep
from a2q.datasets.files.pyg import Quiet
from a2q.datasets.files.sources import MNIST_IMAGES
from a2q.datasets.graph_sets.images import write_superpixels
from a2q.datasets.graph_sets.parts import PARTS, joined
from a2q.datasets.graph_sets.tensors import read_tensors
from a2q.datasets.progress import Progress


def superpixels(card: DatasetCard, progress: Progress) -> GraphDataset:
    """Return the set; the edges' weights are left out: no model here reads them.

    Shapes:
        `x` [regions, features] float32: the region's mean intensity (MNIST) or colour (CIFAR10), then the two
        coordinates of its centre, as the benchmark's networks have it; `y` [1] int64.

    Raises:
        DatasetError: when the files are nowhere to be had or unreadable.

    Source: Dwivedi et al., JMLR 2023, through PyTorch Geometric.
    """
    files = SPECS[card.name].to_use()
    build = partial(_build_from_images, progress=progress) if files is MNIST_IMAGES else _build
    made, origin = keep(files, build, progress)
    return joined(made, card, origin, rebuilt=bool(files.rebuilt))


class _Superpixels(Quiet, GNNBenchmarkDataset):  # type: ignore[misc]
    """PyTorch Geometric's set, which reads tensors only and keeps no more than is used."""

    def process(self) -> None:
        parts = read_tensors(Path(self.raw_paths[0]))
        for part, file in zip(parts, self.processed_paths, strict=True):
            self.save([_graph(fields) for fields in part], file)


def _build(folder: Path) -> list[list[Data]]:
    return [list(_Superpixels(str(folder.parent), folder.name, part)) for part in PARTS]


def _build_from_images(folder: Path, progress: Progress) -> list[list[Data]]:
    graphs = folder / "raw" / "MNIST_v2.pt"
    if not graphs.is_file():
        images, labels = (folder / name for name in MNIST_IMAGES.names)
        write_superpixels(images, labels, graphs, progress)
    return _build(folder)


def _graph(fields: dict[str, torch.Tensor]) -> Data:
    x = torch.cat([fields["x"], fields["pos"]], dim=1).float()
    return Data(x=x, edge_index=fields["edge_index"], y=fields["y"].view(1))
