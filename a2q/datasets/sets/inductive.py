"""The large graphs that are trained on without their test nodes."""

from a2q.datasets.card import DatasetCard
from a2q.datasets.files import sources
from a2q.datasets.node_sets.reader import Reader
from a2q.datasets.spec import published

INDUCTIVE_SETS = (
    published(
        DatasetCard(
            name="flickr",
            title="Flickr",
            split="public: 50 % / 25 % / 25 % of the images (Zeng et al.); test nodes are hidden while training",
            source="the authors' files, as PyTorch Geometric's Flickr fetches them",
            licence="none stated by the authors",
            citation="Zeng et al., GraphSAINT: Graph Sampling Based Inductive Learning Method, ICLR 2020",
            nodes=89250,
            edges=899756,
            features=500,
            classes=7,
            why="Images that share a place, a gallery or a commenter: noisy edges, and nodes in the test that training "
            "never saw, which get their bits from their nearest group.",
            needs="download",
            inductive=True,
        ),
        sources.flickr(),
        Reader("torch_geometric.datasets:Flickr"),
    ),
    published(
        DatasetCard(
            name="reddit",
            title="Reddit",
            split="public, by day: posts of the first 20 days of a month to train, later ones to validate and test "
            "(Hamilton et al.); test nodes are hidden while training",
            source="data.dgl.ai, through PyTorch Geometric's Reddit",
            licence="none stated by the authors",
            citation="Hamilton et al., Inductive Representation Learning on Large Graphs, NeurIPS 2017",
            nodes=232965,
            edges=114615892,
            features=602,
            classes=41,
            why="115 million edges: the graph itself, not the features, fills the memory. Only for a large machine.",
            needs="download",
            inductive=True,
        ),
        sources.reddit(),
        Reader("torch_geometric.datasets:Reddit"),
    ),
)
"""In the order to offer them."""
