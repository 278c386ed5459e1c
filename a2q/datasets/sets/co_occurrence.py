"""The co-purchase and co-author graphs."""

from functools import partial

from a2q.datasets.card import DatasetCard
from a2q.datasets.files import sources
from a2q.datasets.node_sets.reader import Reader
from a2q.datasets.spec import published

_shchur = partial(
    DatasetCard,
    split="none published. Ours, stratified and drawn with a seed: 20 nodes a class to train, 30 a class to "
    "validate, the rest to test, as its authors draw theirs",
    source="github.com/shchur/gnn-benchmark, through PyTorch Geometric, which keeps of a feature only whether it is "
    "there (0 or 1)",
    licence="MIT",
    citation="Shchur et al., Pitfalls of Graph Neural Network Evaluation, NeurIPS 2018 workshop",
    needs="download",
    options=("split_seed",),
)

CO_OCCURRENCE_SETS = (
    published(
        _shchur(
            name="amazon-computers",
            title="Amazon Computers",
            nodes=13752,
            edges=491722,
            features=767,
            classes=10,
            train_nodes=200,
            binary=True,
            why="Goods bought together: nodes have 36 neighbours on average, hubs thousands. Here sums grow large.",
            raw_mib=3.3,
        ),
        sources.shchur("Amazon Computers", "Amazon/Computers", "amazon_electronics_computers.npz"),
        Reader("torch_geometric.datasets:Amazon", "Computers"),
    ),
    published(
        _shchur(
            name="amazon-photo",
            title="Amazon Photo",
            nodes=7650,
            edges=238162,
            features=745,
            classes=8,
            train_nodes=160,
            binary=True,
            why="As Amazon Computers, at half the size: dense neighbourhoods on a laptop.",
            raw_mib=1.7,
        ),
        sources.shchur("Amazon Photo", "Amazon/Photo", "amazon_electronics_photo.npz"),
        Reader("torch_geometric.datasets:Amazon", "Photo"),
    ),
    published(
        _shchur(
            name="coauthor-cs",
            title="Coauthor CS",
            nodes=18333,
            edges=163788,
            features=6805,
            classes=15,
            train_nodes=300,
            binary=True,
            why="Wide and sparse features: of 6,805 words an author has few, so layer 1 holds most of the memory.",
            raw_mib=2.5,
        ),
        sources.shchur("Coauthor CS", "Coauthor/CS", "ms_academic_cs.npz"),
        Reader("torch_geometric.datasets:Coauthor", "CS", sparse=True),
    ),
    published(
        _shchur(
            name="coauthor-physics",
            title="Coauthor Physics",
            nodes=34493,
            edges=495924,
            features=8415,
            classes=5,
            train_nodes=100,
            binary=True,
            why="The largest of its family, with 8,415 features a node: tests the memory of the input.",
        ),
        sources.shchur("Coauthor Physics", "Coauthor/Physics", "ms_academic_phy.npz"),
        Reader("torch_geometric.datasets:Coauthor", "Physics", sparse=True),
    ),
)
"""In the order to offer them."""
