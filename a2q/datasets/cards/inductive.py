"""The cards of the large graphs that are trained on without their test nodes."""

from a2q.datasets.card import DatasetCard

INDUCTIVE_CARDS = (
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
)
"""In the order to offer them."""
