"""The graphs of docs/settings.md, own imports among them, made of what scikit-learn brings along."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from a2q.datasets import DatasetConfig, card, load
from a2q.datasets.importers.importing import import_graph
from a2q.datasets.importers.reading import Files
from a2q.datasets.importers.uploads import Upload

NEIGHBOURS = 8


@dataclass(frozen=True)
class Graph:
    """One graph that settings are measured on.

    Attributes:
        name: in the catalogue, or of an import below.
        title: as the page names it.
        fitted: whether the choice was made with a look at it.
        seeds: how many runs of each row; of a set with published splits each on a split of its own.
        searched: whether the search is made on it, which takes 30 runs.
    """

    name: str
    title: str
    fitted: bool = False
    seeds: int = 3
    searched: bool = True

    def dataset(self, seed: int) -> DatasetConfig:
        """The dataset of one run; an import is made where it is not there yet."""
        if self.name in _IMPORTS:
            return DatasetConfig(name=_imported(self.name))
        folds = card(self.name).folds
        return DatasetConfig(name=self.name, fold=seed % folds if folds else None)


GRAPHS = (
    Graph("amazon-photo", "Amazon Photo", fitted=True),
    Graph("digits", "Digits, 8 nearest (import)", fitted=True),
    Graph("texas", "Texas", fitted=True, seeds=10),
    Graph("cora-ml", "Cora-ML"),
    Graph("citeseer-full", "CiteSeer, all papers"),
    Graph("cora-ml-tfidf", "Cora-ML, tf-idf, 60 % labelled (import)"),
    Graph("breast-cancer", "Breast cancer, 8 nearest (import)"),
    Graph("torch-imports", "Imports of torch"),
    Graph("wisconsin", "Wisconsin", seeds=10),
    Graph("cornell", "Cornell", seeds=10),
    Graph("actor", "Actor"),
    Graph("coauthor-cs", "Coauthor CS", seeds=2, searched=False),
    Graph("amazon-computers", "Amazon Computers", seeds=2, searched=False),
    Graph("tolokers", "Tolokers (ROC AUC)", seeds=1, searched=False),
)
"""In the order of the page."""


@cache
def _imported(name: str) -> str:
    return import_graph(Files(_IMPORTS[name]())).card.name


def _digits() -> Upload:
    from sklearn.datasets import load_digits

    found = load_digits()
    return _near(found.data, found.data, found.target, "digits.npz")


def _breast_cancer() -> Upload:
    from sklearn.datasets import load_breast_cancer
    from sklearn.preprocessing import StandardScaler

    found = load_breast_cancer()
    scaled = StandardScaler().fit_transform(found.data)
    return _near(scaled, scaled, found.target, "breast-cancer.npz")


def _cora_ml_tfidf() -> Upload:
    from sklearn.feature_extraction.text import TfidfTransformer

    data = load("cora-ml").data
    values = TfidfTransformer().fit_transform(data.x.numpy()).toarray()
    return _written(data.edge_index.numpy(), values, data.y.numpy(), "cora-ml-tfidf.npz")


def _near(places: np.ndarray, x: np.ndarray, y: np.ndarray, name: str) -> Upload:
    """Each row joined to its nearest ones."""
    from sklearn.neighbors import kneighbors_graph

    return _written(np.stack(kneighbors_graph(places, NEIGHBOURS).nonzero()), x, y, name)


def _written(edges: np.ndarray, x: np.ndarray, y: np.ndarray, name: str) -> Upload:
    stream = io.BytesIO()
    np.savez_compressed(stream, edge_index=edges, x=x.astype(np.float32), y=y)
    return Upload.of(stream.getvalue(), name)


_IMPORTS: dict[str, Callable[[], Upload]] = {
    "digits": _digits,
    "breast-cancer": _breast_cancer,
    "cora-ml-tfidf": _cora_ml_tfidf,
}
