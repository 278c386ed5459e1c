"""The graphs to work on: which there are, where they come from, and how to load them."""

from a2q.datasets.card import DatasetCard
from a2q.datasets.catalogue import CATALOGUE, DEFAULT, card, known_card, listing
from a2q.datasets.config import DatasetConfig
from a2q.datasets.dataset import Dataset, GraphDataset
from a2q.datasets.errors import DatasetError, OfflineError
from a2q.datasets.graph_sets.loading import load_graphs
from a2q.datasets.loading import is_ready, load
from a2q.home import home

__all__ = [
    "CATALOGUE",
    "DEFAULT",
    "Dataset",
    "DatasetCard",
    "DatasetConfig",
    "DatasetError",
    "GraphDataset",
    "OfflineError",
    "card",
    "home",
    "is_ready",
    "known_card",
    "listing",
    "load",
    "load_graphs",
]
