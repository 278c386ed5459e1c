"""The graphs that every machine has: no download."""

from typing import TYPE_CHECKING

from a2q.datasets.card import DatasetCard
from a2q.datasets.progress import Progress
from a2q.datasets.spec import DatasetSpec
from a2q.datasets.torch_imports.version import TORCH_VERSION

if TYPE_CHECKING:
    from torch_geometric.data import Data

    from a2q.datasets.config import DatasetConfig


def _torch_imports(card: DatasetCard, config: "DatasetConfig", progress: Progress) -> "tuple[Data, str]":
    from a2q.datasets.torch_imports.loading import SOURCE, torch_imports

    return torch_imports(), SOURCE


def _karate_club(card: DatasetCard, config: "DatasetConfig", progress: Progress) -> "tuple[Data, str]":
    from a2q.datasets.node_sets.karate import karate_club

    return karate_club(), "Zachary's karate club (shipped with PyTorch Geometric)"


EMBEDDED_SETS = (
    DatasetSpec(
        DatasetCard(
            name="torch-imports",
            title="Imports of torch",
            split="ours, drawn once: 20 nodes a class to train, 400 to validate, the rest to test",
            source=f"shipped with A²Q Studio: read once from the source files of torch {TORCH_VERSION}; an import is a "
            "citation",
            licence="BSD-3-Clause (PyTorch's source, of which names of modules and words are passed on)",
            citation="PyTorch; the graph is this project's own",
            nodes=1476,
            edges=12_388,
            features=1500,
            classes=8,
            train_nodes=160,
            binary=True,
            why="Real, with hubs as in a citation graph, and there without any network: who is imported by many "
            "modules shows at once who learns more bits.",
            needs="nothing",
        ),
        one_graph=_torch_imports,
        version=TORCH_VERSION,
    ),
    DatasetSpec(
        DatasetCard(
            name="karate-club",
            title="Zachary's karate club",
            split="one node a class to train (Kipf and Welling, 2017); ours: one to validate, the rest to test",
            source="shipped with PyTorch Geometric",
            licence="none stated by the author",
            citation="Zachary, An Information Flow Model for Conflict and Fission in Small Groups, "
            "Journal of Anthropological Research 33(4), 1977",
            nodes=34,
            edges=156,
            features=34,
            classes=4,
            train_nodes=4,
            binary=True,
            why="Small enough to see every node and its bits; too small to measure accuracy on.",
            needs="nothing",
        ),
        one_graph=_karate_club,
    ),
)
"""In the order to offer them."""
