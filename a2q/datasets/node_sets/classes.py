"""Which class of PyTorch Geometric reads each set that is one graph."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from torch_geometric import datasets
from torch_geometric.data import Data, InMemoryDataset
from torch_geometric.datasets import Planetoid

from a2q.datasets.files.checksums import check
from a2q.datasets.files.pyg import Quiet
from a2q.datasets.node_sets.arxiv import Arxiv
from a2q.datasets.sparse_features import as_csr


class CheckedPlanetoid(Planetoid):  # type: ignore[misc]
    """PyTorch Geometric's set, which unpickles only the published bytes.

    Source: Yang et al., ICML 2016, through PyTorch Geometric.
    """

    def process(self) -> None:
        check(Path(path) for path in self.raw_paths)
        super().process()


class Reader(NamedTuple):
    """How a set's folder becomes a graph. Source: ours.

    Args:
        of: the class that reads the raw files.
        name: the set's name to the class, which then looks for a folder of that name; None where it takes the
            set's folder itself.
        both_ways: whether edges published in one direction are to go both ways, as in the paper's network.
        sparse: whether features are kept sparse (CSR): of those published dense nearly all are 0.
    """

    of: type[Any]
    name: str | None = None
    both_ways: bool = False
    sparse: bool = False

    def read(self, folder: Path) -> Data:
        """Return the graph in `folder`: made before, or made now of its raw files. Raises what the class does."""
        quiet: type[InMemoryDataset] = type(self.of.__name__, (Quiet, self.of), {})
        place = (str(folder),) if self.name is None else (str(folder.parent), self.name)
        return quiet(*place, pre_transform=_with_sparse_features if self.sparse else None)[0]


def _with_sparse_features(data: Data) -> Data:
    data.x = as_csr(data.x)
    return data


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "cora": Reader(CheckedPlanetoid, "Cora"),
        "citeseer": Reader(CheckedPlanetoid, "CiteSeer"),
        "pubmed": Reader(CheckedPlanetoid, "PubMed"),
        "ogbn-arxiv": Reader(Arxiv, both_ways=True),
        "amazon-computers": Reader(datasets.Amazon, "Computers"),
        "amazon-photo": Reader(datasets.Amazon, "Photo"),
        "coauthor-cs": Reader(datasets.Coauthor, "CS", sparse=True),
        "coauthor-physics": Reader(datasets.Coauthor, "Physics", sparse=True),
        "cora-ml": Reader(datasets.CitationFull, "Cora_ML"),
        "citeseer-full": Reader(datasets.CitationFull, "CiteSeer"),
        "actor": Reader(datasets.Actor),
        "texas": Reader(datasets.WebKB, "texas"),
        "cornell": Reader(datasets.WebKB, "cornell"),
        "wisconsin": Reader(datasets.WebKB, "wisconsin"),
        "roman-empire": Reader(datasets.HeterophilousGraphDataset, "Roman-empire"),
        "tolokers": Reader(datasets.HeterophilousGraphDataset, "Tolokers"),
        "flickr": Reader(datasets.Flickr),
        "reddit": Reader(datasets.Reddit),
    }
)
"""By the name of each set."""
