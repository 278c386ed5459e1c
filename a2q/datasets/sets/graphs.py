"""The sets of many graphs, each of which is classified or given a value."""

from functools import partial
from typing import TYPE_CHECKING

from a2q.datasets.card import DatasetCard
from a2q.datasets.files import sources
from a2q.datasets.progress import Progress
from a2q.datasets.spec import DatasetSpec

if TYPE_CHECKING:
    from a2q.datasets.config import DatasetConfig
    from a2q.datasets.dataset import GraphDataset

_TU_SOURCE = "chrsmrrs.github.io/datasets, through PyTorch Geometric's TUDataset"
_TU = "Morris et al., TUDataset: A collection of benchmark datasets for learning with graphs, ICML 2020 workshop"
_DWIVEDI = "Dwivedi et al., Benchmarking Graph Neural Networks, JMLR 24(43), 2023"

_classified = partial(DatasetCard, task="graph classification", licence="none stated by the authors", needs="download")
_tu = partial(
    _classified,
    split="10 stratified folds, drawn as in the paper's code: one to test, the one before to validate, 8 to train",
    source=_TU_SOURCE,
    folds=10,
)
_without_features = partial(
    _tu,
    source=f"{_TU_SOURCE}; nodes have no features: the in-degree stands in, standardised over the set",
    citation=f"Yanardag and Vishwanathan, Deep Graph Kernels, KDD 2015; {_TU}",
    features=1,
)

REDDIT_BINARY = _without_features(
    name="reddit-binary",
    title="REDDIT-BINARY",
    graphs=2000,
    mean_nodes=429.6,
    mean_edges=995.5,
    classes=2,
    why="Discussions with a few hubs and many leaves, told apart by shape alone: here bits must suit "
    "graphs never seen before.",
    raw_mib=31.6,
)
PROTEINS = _tu(
    name="proteins",
    title="PROTEINS",
    citation=f"Borgwardt et al., Protein function prediction via graph kernels, Bioinformatics 21, 2005; {_TU}",
    graphs=1113,
    mean_nodes=39.1,
    mean_edges=145.6,
    features=3,
    classes=2,
    why="Real and of middling size: settings can be tried here before they meet REDDIT-BINARY.",
    raw_mib=2.2,
)
MUTAG = _tu(
    name="mutag",
    title="MUTAG",
    citation="Debnath et al., Structure-activity relationship of mutagenic aromatic and heteroaromatic nitro "
    f"compounds, Journal of Medicinal Chemistry 34(2), 1991; {_TU}",
    graphs=188,
    mean_nodes=17.9,
    mean_edges=39.6,
    features=7,
    classes=2,
    why="Small enough to try every fold; too small to tell two methods apart.",
    raw_mib=0.1,
)
ENZYMES = _tu(
    name="enzymes",
    title="ENZYMES",
    source=f"{_TU_SOURCE}; features are its 18 measured attributes and 3 kinds of element",
    citation=f"Borgwardt et al., Protein function prediction via graph kernels, Bioinformatics 21, 2005; {_TU}",
    graphs=600,
    mean_nodes=32.6,
    mean_edges=124.3,
    features=21,
    classes=6,
    why="Real-valued features of very different ranges, six classes: one step size for all is not enough here.",
    raw_mib=4.7,
)
IMDB_BINARY = _without_features(
    name="imdb-binary",
    title="IMDB-BINARY",
    graphs=1000,
    mean_nodes=19.8,
    mean_edges=193.1,
    classes=2,
    why="Casts of films, each a clique: degrees within a graph are nearly alike, so bits follow the graph.",
    raw_mib=2.3,
)
IMDB_MULTI = _without_features(
    name="imdb-multi",
    title="IMDB-MULTI",
    graphs=1500,
    mean_nodes=13.0,
    mean_edges=131.9,
    classes=3,
    why="As IMDB-BINARY, with three kinds of films and smaller casts: few bits have to tell three classes apart.",
    raw_mib=2.3,
)
NCI1 = _tu(
    name="nci1",
    title="NCI1",
    citation="Wale et al., Comparison of descriptor spaces for chemical compound retrieval and classification, "
    f"Knowledge and Information Systems 14, 2008; {_TU}",
    graphs=4110,
    mean_nodes=29.9,
    mean_edges=64.6,
    features=37,
    classes=2,
    why="Molecules have no hubs: an atom binds four others at most. What sets bits apart is the kind of atom.",
    raw_mib=4.1,
)
MNIST = _classified(
    name="mnist-superpixels",
    title="MNIST superpixels",
    split="public: 55,000 graphs to train, 5,000 to validate, 10,000 to test (Dwivedi et al.)",
    source="data.pyg.org, through PyTorch Geometric's GNNBenchmarkDataset; a report to its authors "
    "(pyg-team/pytorch_geometric, issue 10592) finds other edges in it than in the benchmark's own files",
    citation=f"{_DWIVEDI}; images of LeCun et al., Gradient-based learning applied to document recognition, "
    "Proceedings of the IEEE 86(11), 1998",
    graphs=70000,
    mean_nodes=70.6,
    mean_edges=564.5,
    features=3,
    classes=10,
    class_names=tuple("0123456789"),
    why="Digits as small graphs of regions, new ones in the test: bits go by what a node holds, not by which it is.",
)
CIFAR10 = _classified(
    name="cifar10-superpixels",
    title="CIFAR10 superpixels",
    split="public: 45,000 graphs to train, 5,000 to validate, 10,000 to test (Dwivedi et al.)",
    source="data.pyg.org, through PyTorch Geometric's GNNBenchmarkDataset",
    citation=f"{_DWIVEDI}; images of Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009",
    graphs=60000,
    mean_nodes=117.6,
    mean_edges=941.2,
    features=5,
    classes=10,
    class_names=("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    why="The harder of the two sets of superpixels: coloured, with larger graphs.",
)
ZINC = DatasetCard(
    name="zinc",
    title="ZINC",
    task="graph regression",
    split="public subset: 10,000 molecules to train, 1,000 to validate, 1,000 to test (Dwivedi et al.)",
    source="the 12,000 molecules of benchmarking-gnns, through PyTorch Geometric's ZINC",
    licence="ZINC's own terms: free to use; as far as known, major portions are not to be passed on",
    citation=f"Irwin et al., ZINC: A Free Tool to Discover Chemistry for Biology, JCIM 52(7), 2012; {_DWIVEDI}",
    graphs=12000,
    mean_nodes=23.2,
    mean_edges=49.8,
    features=1,
    types=28,
    why="The paper's one regression: a value for each molecule from its atoms, the error is what counts.",
    needs="download",
)


def _folds(card: DatasetCard, config: "DatasetConfig", progress: Progress) -> "GraphDataset":
    from a2q.datasets.graph_sets.tu import tu

    return tu(card, config.fold or 0, progress)


def _superpixels(card: DatasetCard, config: "DatasetConfig", progress: Progress) -> "GraphDataset":
    from a2q.datasets.graph_sets.superpixels import superpixels

    return superpixels(card, progress)


def _molecules(card: DatasetCard, config: "DatasetConfig", progress: Progress) -> "GraphDataset":
    from a2q.datasets.graph_sets.zinc import zinc

    return zinc(card, progress)


GRAPH_SETS = (
    DatasetSpec(REDDIT_BINARY, many_graphs=_folds, files=(sources.tu("REDDIT-BINARY"),)),
    DatasetSpec(PROTEINS, many_graphs=_folds, files=(sources.tu("PROTEINS", "node_labels"),)),
    DatasetSpec(MUTAG, many_graphs=_folds, files=(sources.tu("MUTAG", "node_labels"),)),
    DatasetSpec(ENZYMES, many_graphs=_folds, files=(sources.tu("ENZYMES", "node_labels", "node_attributes"),)),
    DatasetSpec(IMDB_BINARY, many_graphs=_folds, files=(sources.tu("IMDB-BINARY"),)),
    DatasetSpec(IMDB_MULTI, many_graphs=_folds, files=(sources.tu("IMDB-MULTI"),)),
    DatasetSpec(NCI1, many_graphs=_folds, files=(sources.tu("NCI1", "node_labels"),)),
    DatasetSpec(MNIST, many_graphs=_superpixels, files=sources.MNIST),
    DatasetSpec(CIFAR10, many_graphs=_superpixels, files=(sources.superpixels("CIFAR10 superpixels", "CIFAR10"),)),
    DatasetSpec(ZINC, many_graphs=_molecules, files=sources.ZINC),
)
"""In the order to offer them."""
