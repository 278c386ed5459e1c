"""The graphs to work on: which there are, where they come from, and how to load them."""

from data.catalogue import CATALOGUE, DEFAULT, DatasetCard, card
from data.config import DatasetConfig
from data.dataset import Dataset
from data.errors import DatasetError
from data.home import home
from data.loading import is_ready, load

__all__ = [
    "CATALOGUE",
    "DEFAULT",
    "Dataset",
    "DatasetCard",
    "DatasetConfig",
    "DatasetError",
    "card",
    "home",
    "is_ready",
    "load",
]
