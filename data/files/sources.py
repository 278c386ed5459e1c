"""Which raw files each set is made of, in the order of preference."""

from collections.abc import Mapping
from types import MappingProxyType

from data.files.planetoid_sums import SHA256
from data.files.raw_files import RawFiles


def _planetoid(title: str) -> RawFiles:
    names = tuple(f"raw/{name}" for name in SHA256 if name.startswith(f"ind.{title.lower()}."))
    return RawFiles(title, f"Planetoid/{title}", names, given=(f"Planetoid/{title}", title))


def _tu(title: str, *parts: str) -> RawFiles:
    names = tuple(f"raw/{title}_{part}.txt" for part in ("A", "graph_indicator", "graph_labels", *parts))
    return RawFiles(title, f"TUDataset/{title}", names)


_ARXIV = RawFiles(
    "ogbn-arxiv",
    "ogbn_arxiv",
    tuple(f"raw/{name}.csv.gz" for name in ("edge", "node-feat", "node-label"))
    + tuple(f"split/time/{name}.csv.gz" for name in ("train", "valid", "test")),
)
_MNIST = ("raw/MNIST_v2.pt",)
_ZINC = tuple(f"raw/{part}.{kind}" for kind in ("pickle", "index") for part in ("train", "val", "test"))

MNIST_IMAGES = RawFiles(
    "MNIST superpixels (rebuilt)",
    "MNIST-t10k/MNIST",
    ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"),
    given=("MNIST-t10k", "MNIST/raw"),
    rebuilt="rebuilt from MNIST's test images",
)
"""Where only images are: the superpixels are made of them here."""

SOURCES: Mapping[str, tuple[RawFiles, ...]] = MappingProxyType(
    {
        "cora": (_planetoid("Cora"),),
        "citeseer": (_planetoid("CiteSeer"),),
        "pubmed": (_planetoid("PubMed"),),
        "ogbn-arxiv": (_ARXIV,),
        "reddit-binary": (_tu("REDDIT-BINARY"),),
        "proteins": (_tu("PROTEINS", "node_labels"),),
        "mutag": (_tu("MUTAG", "node_labels"),),
        "mnist-superpixels": (
            RawFiles("MNIST superpixels", "GNNBenchmarkDataset/MNIST", _MNIST),
            RawFiles("MNIST superpixels (rebuilt)", "GNNBenchmarkDataset-rebuilt/MNIST", _MNIST, rebuilt="rebuilt"),
            MNIST_IMAGES,
        ),
        "cifar10-superpixels": (
            RawFiles("CIFAR10 superpixels", "GNNBenchmarkDataset/CIFAR10", ("raw/CIFAR10_v2.pt",)),
        ),
        "zinc": (
            RawFiles("ZINC", "ZINC", _ZINC),
            RawFiles("ZINC (rebuilt)", "ZINC-rebuilt", _ZINC, rebuilt="rebuilt"),
        ),
    }
)
"""By the name of each set that has raw files; the published ones come first and are those to download."""


def at_hand(name: str) -> bool:
    """Return whether the set called `name` can be made with no download."""
    return any(files.at_hand for files in SOURCES[name])


def to_use(name: str) -> RawFiles:
    """Return the first files of the set called `name` that are at hand, else those to download."""
    return next((files for files in SOURCES[name] if files.at_hand), SOURCES[name][0])
