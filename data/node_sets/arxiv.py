"""ogbn-arxiv with the public split, read from its text files: the package `ogb` is not needed."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import torch
from torch import Tensor
from torch_geometric.data import Data, InMemoryDataset, download_url, extract_zip
from torch_geometric.utils import index_to_mask, to_undirected

from data.card import DatasetCard
from data.files.comparing import compare
from data.files.keep import keep
from data.files.pyg import Quiet
from data.files.sources import to_use
from data.progress import Progress

URL = "http://snap.stanford.edu/ogb/data/nodeproppred/arxiv.zip"
_SPLIT = {"train_mask": "train", "val_mask": "valid", "test_mask": "test"}


def arxiv(card: DatasetCard, progress: Progress) -> tuple[Data, str]:
    """Return the graph and the phrase that says where it came from.

    A citation is published once, from citing to cited; here it goes both ways, as in the paper's network.

    Shapes:
        `x` [nodes, 128] float32, `edge_index` [2, edges] (about twice the edges on the card), `y` [nodes], masks
        [nodes].

    Raises:
        DatasetError: when the files are nowhere to be had or unreadable, or the graph as published has not the
            sizes on the card.

    Source: Hu et al., Open Graph Benchmark, NeurIPS 2020; the reader is ours.
    """
    files = to_use(card.name)
    data, origin = keep(files, _build, progress)
    found = {
        "nodes": data.num_nodes,
        "edges": data.num_edges,
        "features": data.num_features,
        "classes": int(data.y.max()) + 1,
    }
    compare(card, found, files.kept)
    data.edge_index = to_undirected(data.edge_index, num_nodes=data.num_nodes)
    return data, f"{card.title} ({origin})"


class _Published(InMemoryDataset):  # type: ignore[misc]
    """The graph as published, each citation once, in the folders that the package `ogb` uses."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self.load(self.processed_paths[0])

    @property
    def raw_dir(self) -> str:
        return str(self.root)

    @property
    def raw_file_names(self) -> list[str]:
        return list(to_use("ogbn-arxiv").names)

    @property
    def processed_file_names(self) -> str:
        return "data.pt"

    def download(self) -> None:
        with TemporaryDirectory(dir=self.root) as folder:
            extract_zip(download_url(URL, folder, log=False), folder, log=False)
            for name in self.raw_file_names:
                target = Path(self.root) / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(Path(folder) / "arxiv" / name, target)

    def process(self) -> None:
        raw = Path(self.root) / "raw"
        data = Data(
            x=_table(raw / "node-feat.csv.gz", "float32"),
            edge_index=_table(raw / "edge.csv.gz", "int64").t().contiguous(),
            y=_table(raw / "node-label.csv.gz", "int64").view(-1),
        )
        for key, part in _SPLIT.items():
            nodes = _table(Path(self.root) / "split" / "time" / f"{part}.csv.gz", "int64").view(-1)
            data[key] = index_to_mask(nodes, size=data.num_nodes)
        self.save([data], self.processed_paths[0])


class _Arxiv(Quiet, _Published):
    """The same, telling a failed download apart."""


def _build(folder: Path) -> Data:
    return _Arxiv(folder)[0]


def _table(file: Path, dtype: str) -> Tensor:
    """Return the numbers of a gzipped table without header, [lines, columns]."""
    return torch.from_numpy(pd.read_csv(file, header=None, dtype=dtype).to_numpy(copy=True))
