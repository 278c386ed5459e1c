"""The graphs to work on: which there are, where they come from, and how to load them."""

from data.card import DatasetCard
from data.catalogue import CATALOGUE, DEFAULT, card, listing
from data.config import DatasetConfig
from data.dataset import Dataset
from data.errors import DatasetError, OfflineError
from data.graph_dataset import GraphDataset
from data.graph_sets.loading import load_graphs
from data.home import home
from data.loading import is_ready, load

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
    "listing",
    "load",
    "load_graphs",
]
