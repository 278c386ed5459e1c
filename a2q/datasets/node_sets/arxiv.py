"""ogbn-arxiv with the public split, read from its text files: the package `ogb` is not needed."""

from pathlib import Path

import pandas as pd
import torch
from torch import Tensor
from torch_geometric.data import Data, InMemoryDataset
from torch_geometric.utils import index_to_mask

from a2q.datasets.files.sources import ARXIV

_SPLIT = {"train_mask": "train", "val_mask": "valid", "test_mask": "test"}


class Arxiv(InMemoryDataset):  # type: ignore[misc]
    """The graph as published, each citation once, in the folders that the package `ogb` uses.

    Shapes:
        `x` [nodes, 128] float32, `edge_index` [2, edges] from citing to cited, `y` [nodes], masks [nodes].

    Source: Hu et al., Open Graph Benchmark, NeurIPS 2020; the reader is ours.
    """

    def __init__(self, root: str, pre_transform: None = None) -> None:
        super().__init__(root)
        self.load(self.processed_paths[0])

    @property
    def raw_dir(self) -> str:
        return str(self.root)

    @property
    def raw_file_names(self) -> list[str]:
        return list(ARXIV.names)

    @property
    def processed_file_names(self) -> str:
        return "data.pt"

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


def _table(file: Path, dtype: str) -> Tensor:
    """Return the numbers of a gzipped table without header, [lines, columns]."""
    return torch.from_numpy(pd.read_csv(file, header=None, dtype=dtype).to_numpy(copy=True))
