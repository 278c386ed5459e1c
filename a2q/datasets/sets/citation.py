"""The citation graphs: the paper's node-level sets."""

from functools import partial

from a2q.datasets.card import DatasetCard
from a2q.datasets.files import sources
from a2q.datasets.node_sets.reader import Reader
from a2q.datasets.spec import published

_planetoid = partial(
    DatasetCard,
    split="public: 20 nodes a class to train, 500 to validate, 1,000 to test (Yang et al., 2016)",
    source="github.com/kimiyoung/planetoid, through PyTorch Geometric's Planetoid",
    licence="none stated by the authors",
    citation="Sen et al., Collective Classification in Network Data, AI Magazine 29(3), 2008; split of Yang et al., "
    "Revisiting Semi-Supervised Learning with Graph Embeddings, ICML 2016",
    needs="download",
)
_bojchevski = partial(
    DatasetCard,
    split="none published. Ours, stratified and drawn with a seed: 20 nodes a class to train, 30 a class to "
    "validate, the rest to test",
    source="github.com/abojchevski/graph2gauss, through PyTorch Geometric's CitationFull, which keeps of a feature "
    "only whether it is there (0 or 1)",
    licence="MIT",
    citation="Bojchevski and Günnemann, Deep Gaussian Embedding of Graphs: Unsupervised Inductive Learning via "
    "Ranking, ICLR 2018",
    needs="download",
    options=("split_seed",),
)

CITATION_SETS = (
    published(
        _planetoid(
            name="cora",
            title="Cora",
            nodes=2708,
            edges=10556,
            features=1433,
            classes=7,
            train_nodes=140,
            binary=True,
            why="The set most papers report, A²Q among them: the one to compare published figures on.",
            raw_mib=0.5,
        ),
        sources.planetoid("Cora"),
        Reader("a2q.datasets.node_sets.planetoid:CheckedPlanetoid", "Cora"),
    ),
    published(
        _planetoid(
            name="citeseer",
            title="CiteSeer",
            nodes=3327,
            edges=9104,
            features=3703,
            classes=6,
            train_nodes=120,
            binary=True,
            why="The sparsest of the three citation graphs: most nodes have few neighbours and learn few bits.",
            raw_mib=1.0,
        ),
        sources.planetoid("CiteSeer"),
        Reader("a2q.datasets.node_sets.planetoid:CheckedPlanetoid", "CiteSeer"),
    ),
    published(
        _planetoid(
            name="pubmed",
            title="PubMed",
            nodes=19717,
            edges=88648,
            features=500,
            classes=3,
            train_nodes=60,
            binary=False,
            why="The largest of the three, with real-valued features: here the bits of the input matter as well.",
            raw_mib=8.3,
        ),
        sources.planetoid("PubMed"),
        Reader("a2q.datasets.node_sets.planetoid:CheckedPlanetoid", "PubMed"),
    ),
    published(
        _bojchevski(
            name="cora-ml",
            title="Cora-ML",
            nodes=2995,
            edges=16316,
            features=2879,
            classes=7,
            train_nodes=140,
            binary=True,
            why="Papers on machine learning: more links a paper than in Cora, and a split by a seed, so that one "
            "sees how far results hang on the split.",
            raw_mib=0.7,
        ),
        sources.bojchevski("Cora-ML", "cora_ml"),
        Reader("torch_geometric.datasets:CitationFull", "Cora_ML"),
    ),
    published(
        _bojchevski(
            name="citeseer-full",
            title="CiteSeer, all papers",
            nodes=4230,
            edges=10674,
            features=602,
            classes=6,
            train_nodes=120,
            binary=True,
            why="More of CiteSeer than the well-known cut of it: neighbours nearly always share a class.",
            raw_mib=0.1,
        ),
        sources.bojchevski("CiteSeer, all papers", "citeseer"),
        Reader("torch_geometric.datasets:CitationFull", "CiteSeer"),
    ),
    published(
        DatasetCard(
            name="ogbn-arxiv",
            title="ogbn-arxiv",
            split="public, by year: papers until 2017 to train, of 2018 to validate, since 2019 to test (OGB)",
            source="snap.stanford.edu/ogb, a .zip of 81 MiB as its own loader counts it (snap-stanford/ogb, issue "
            "463); a citation has one direction there and is given both on load, as in the paper's network",
            licence="ODC-BY",
            citation="Hu et al., Open Graph Benchmark: Datasets for Machine Learning on Graphs, NeurIPS 2020",
            nodes=169343,
            edges=1166243,
            features=128,
            classes=40,
            train_nodes=90941,
            binary=False,
            why="The paper's largest single graph, dense features and many classes: here the memory of the "
            "features decides.",
            needs="download",
        ),
        sources.ARXIV,
        Reader("a2q.datasets.node_sets.arxiv:Arxiv", both_ways=True),
    ),
)
"""In the order to offer them."""
