"""All there is of a dataset in one object: what is known of it, its raw files, and what reads them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from a2q.datasets.card import DatasetCard
from a2q.datasets.files.raw_files import RawFiles
from a2q.datasets.node_sets.reader import Reader
from a2q.datasets.progress import Progress

if TYPE_CHECKING:
    from torch_geometric.data import Data

    from a2q.datasets.config import DatasetConfig
    from a2q.datasets.dataset import GraphDataset

OneGraph = Callable[[DatasetCard, "DatasetConfig", Progress], "tuple[Data, str]"]
ManyGraphs = Callable[[DatasetCard, "DatasetConfig", Progress], "GraphDataset"]


@dataclass(frozen=True)
class DatasetSpec:
    """A dataset as it is registered in `a2q.datasets.catalogue.SPECS`.

    Args:
        card: what is known of it before it is loaded.
        one_graph: gives the graph and the phrase that says where it came from; for a set that is one graph.
        many_graphs: gives the graphs; for a set of graphs. What either needs of PyTorch Geometric, which takes
            seconds to import, it imports when it is called.
        files: the raw files it is made of, in the order of preference; the published ones come first and are those to
            download. Empty where none are needed.
        reader: what makes the graph of these files, where that is a class of PyTorch Geometric or the like.
        version: tells two contents of a set without raw files apart.
    """

    card: DatasetCard
    one_graph: OneGraph | None = None
    many_graphs: ManyGraphs | None = None
    files: tuple[RawFiles, ...] = ()
    reader: Reader | None = None
    version: str = ""

    @property
    def at_hand(self) -> bool:
        """Whether it can be made with no download."""
        return not self.files or any(files.at_hand for files in self.files)

    @property
    def made_of(self) -> str:
        """What its content follows from on this machine, besides what is chosen of it."""
        return self.to_use().folder if self.files else self.version

    def to_use(self) -> RawFiles:
        """Return the first raw files that are at hand, else those to download."""
        return next((files for files in self.files if files.at_hand), self.files[0])


def published(card: DatasetCard, files: RawFiles, reader: Reader) -> DatasetSpec:
    """Return the spec of one graph that is made of published files."""
    return DatasetSpec(card, one_graph=_read_files, files=(files,), reader=reader)


def _read_files(card: DatasetCard, config: "DatasetConfig", progress: Progress) -> "tuple[Data, str]":
    from a2q.datasets.node_sets.published import published

    return published(card, config, progress)
