"""The sets of TUDataset: text files, cross-validated."""

from pathlib import Path

import torch
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.datasets import TUDataset
from torch_geometric.utils import degree

from a2q.datasets.card import DatasetCard
from a2q.datasets.catalogue import SPECS
from a2q.datasets.dataset import GraphDataset
from a2q.datasets.files.dataset_cache import keep
from a2q.datasets.files.pyg import Quiet
from a2q.datasets.progress import Progress

FOLDS = 10
_SEED = 12345


def stratified_folds(labels: Tensor, fold: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return the graphs to train, validate and test with, each an int64 tensor of ascending indices.

    Fold number `fold` is the test's, the one before it (the last before the first) is for validation, the others
    are trained with. Each fold has the classes in the proportion of the whole set.

    Args:
        labels: class of each graph, [graphs].
        fold: 0 to 9.

    Source: the k folds of PyTorch Geometric's kernel benchmark, whose seed and order the paper's code has.
    """
    # scikit-learn takes a second to import: only who loads a cross-validated set waits for it.
    from sklearn.model_selection import StratifiedKFold

    drawn = StratifiedKFold(FOLDS, shuffle=True, random_state=_SEED).split(torch.zeros(len(labels)), labels)
    parts = [torch.from_numpy(held_out) for _, held_out in drawn]
    test, validation = parts[fold], parts[fold - 1]
    train = torch.ones(len(labels), dtype=torch.bool)
    train[test] = train[validation] = False
    return train.nonzero().view(-1), validation, test


def tu(card: DatasetCard, fold: int, progress: Progress) -> GraphDataset:
    """Return the set with the fold number `fold` to test on.

    Shapes:
        `x` [nodes, features] float32: the node's measured attributes, where the set has some, and its label
        one-hot; where nodes have neither, [nodes, 1] the in-degree less its mean, over its standard deviation, both
        over the nodes of all graphs. `y` [1] int64. The edges' labels are left
        out: no model here reads them.

    Raises:
        DatasetError: when the files are nowhere to be had or unreadable.

    Source: Morris et al., ICML 2020 workshop, through PyTorch Geometric; the degree as in Tailor et al.,
    Degree-Quant, ICLR 2021, whose code standardises over the whole set.
    """
    made, origin = keep(SPECS[card.name].to_use(), _build, progress)
    features = [graph.x for graph in made] if made[0].x is not None else _standardised_in_degree(made)
    graphs = [Data(x=x, edge_index=graph.edge_index, y=graph.y) for graph, x in zip(made, features, strict=True)]
    labels = torch.cat([graph.y for graph in graphs])
    train, validation, test = stratified_folds(labels, fold)
    return GraphDataset(
        graphs, train, validation, test, card=card, source=f"{card.title}, fold {fold} ({origin})", fold=fold
    )


class _TU(Quiet, TUDataset):  # type: ignore[misc]
    """PyTorch Geometric's set."""


def _build(folder: Path) -> list[Data]:
    # Whatever the folder holds: which set is read with attributes is decided by which raw files it is made of.
    attributes = (folder / "raw" / f"{folder.name}_node_attributes.txt").is_file()
    return list(_TU(str(folder.parent), folder.name, use_node_attr=attributes))


def _standardised_in_degree(graphs: list[Data]) -> list[Tensor]:
    degrees = [degree(graph.edge_index[1], graph.num_nodes) for graph in graphs]
    deviation, mean = torch.std_mean(torch.cat(degrees))
    return [((of_graph - mean) / deviation).unsqueeze(1) for of_graph in degrees]
