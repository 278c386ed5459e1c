"""Cora, CiteSeer and PubMed with the public split: from the cache, a folder or the network."""

from pathlib import Path

from torch_geometric.data import Data
from torch_geometric.datasets import Planetoid

from data.card import DatasetCard
from data.files.comparing import compare
from data.files.keep import keep
from data.files.planetoid_sums import check
from data.files.pyg import Quiet
from data.files.sources import to_use
from data.progress import Progress


def planetoid(card: DatasetCard, progress: Progress) -> tuple[Data, str]:
    """Return the graph and the phrase that says where it came from.

    Raises:
        DatasetError: when the files are nowhere to be had, are not the published ones, or the graph has not
            the sizes on the card.

    Source: Yang et al., ICML 2016, through PyTorch Geometric; the search for the files is ours.
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
    return data, f"{card.title} ({origin})"


class _Planetoid(Quiet, Planetoid):  # type: ignore[misc]
    """PyTorch Geometric's set, which unpickles only the published bytes."""

    def process(self) -> None:
        check(Path(path) for path in self.raw_paths)
        super().process()


def _build(folder: Path) -> Data:
    return _Planetoid(str(folder.parent), folder.name)[0]
