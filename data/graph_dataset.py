"""A set of graphs with its card, its split and the phrase that says where it came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torch import Tensor

from data.card import DatasetCard, Task

if TYPE_CHECKING:
    from torch_geometric.data import Data


@dataclass(frozen=True, eq=False)
class GraphDataset:
    """Many graphs, each with a class or a value. Source: ours.

    Args:
        graphs: of each, `x` [nodes, features] (float32; int64 node types in [nodes, 1] where the set has
            `num_types`), `edge_index` [2, edges] int64 and `y` [1] (int64 class, or float32 value).
        train, validation, test: which graphs each part has, int64 indices, disjoint.
        card: what the set is; of a rebuilt set its own card, whose title says so.
        source: the phrase to print beside every figure, e.g. "MUTAG, fold 0 (downloaded)".
        fold: which fold the test part is, or None where the set has none.
        rebuilt: whether these are not the published graphs: no figure is then the benchmark's.
    """

    graphs: "Sequence[Data]"
    train: Tensor
    validation: Tensor
    test: Tensor
    card: DatasetCard
    source: str
    fold: int | None = None
    rebuilt: bool = False

    @property
    def task(self) -> Task:
        """What is predicted: "graph classification" or "graph regression"."""
        return self.card.task

    @property
    def num_graphs(self) -> int:
        """Number of graphs in all parts together."""
        return len(self.graphs)

    @property
    def num_features(self) -> int:
        """Number of values per node in `x`; 1 where those are types to embed."""
        return int(self.graphs[0].x.size(1))

    @property
    def num_types(self) -> int | None:
        """Number of node types to embed, or None where `x` holds values."""
        return self.card.types

    @property
    def num_classes(self) -> int:
        """Number of outputs: the classes, or 1 for a regression."""
        return self.card.classes or 1

    @property
    def class_names(self) -> list[str]:
        """One name per class; "class 0" to "class k-1" where the set has none, and no name for a regression."""
        return list(self.card.class_names) or [f"class {label}" for label in range(self.card.classes or 0)]
