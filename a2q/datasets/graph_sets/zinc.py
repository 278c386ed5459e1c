"""ZINC's 12,000 molecules with the public split: a value for each molecule."""

from pathlib import Path

import torch
from torch_geometric.data import Data
from torch_geometric.datasets import ZINC

from a2q.datasets.card import DatasetCard
from a2q.datasets.catalogue import SPECS
from a2q.datasets.dataset import GraphDataset
from a2q.datasets.files.dataset_cache import keep
from a2q.datasets.files.pyg import Quiet
from a2q.datasets.graph_sets.parts import PARTS, joined
from a2q.datasets.graph_sets.tensors import StoredTensor, read_pickled_tensors
from a2q.datasets.progress import Progress


def zinc(card: DatasetCard, progress: Progress) -> GraphDataset:
    """Return the set; the bonds' types are left out: no model here reads them.

    Shapes:
        `x` [atoms, 1] int64, the atom's type to embed; `y` [1] float32, the molecule's logP less the scores of
        synthetic accessibility and of cycles, normalised as published.

    Raises:
        DatasetError: when the files are nowhere to be had or unreadable.

    Source: Irwin et al., JCIM 2012; subset of Dwivedi et al., JMLR 2023, through PyTorch Geometric.
    """
    files = SPECS[card.name].to_use()
    made, origin = keep(files, _build, progress)
    return joined(made, card, origin, rebuilt=bool(files.rebuilt))


class _Zinc(Quiet, ZINC):  # type: ignore[misc]
    """PyTorch Geometric's set, which unpickles tensors only."""

    def process(self) -> None:
        for part in PARTS:
            molecules = read_pickled_tensors(Path(self.raw_dir) / f"{part}.pickle")
            rows = (Path(self.raw_dir) / f"{part}.index").read_text(encoding="utf-8").strip().split(",")
            graphs = [_graph(molecules[int(row)]) for row in rows]
            self.save(graphs, str(Path(self.processed_dir) / f"{part}.pt"))


def _build(folder: Path) -> list[list[Data]]:
    return [list(_Zinc(str(folder), subset=True, split=part)) for part in PARTS]


def _graph(molecule: dict[str, StoredTensor]) -> Data:
    return Data(
        x=molecule["atom_type"].read().long().view(-1, 1),
        edge_index=molecule["bond_type"].read().nonzero().t().contiguous(),
        y=molecule["logP_SA_cycle_normalized"].read().to(torch.float).view(1),
    )
