"""The cards of the sets that are one graph, whose nodes are classified."""

from data.card import DatasetCard

_PLANETOID = (
    "Sen et al., Collective Classification in Network Data, AI Magazine 29(3), 2008; split of Yang et al., "
    "Revisiting Semi-Supervised Learning with Graph Embeddings, ICML 2016"
)
_PLANETOID_SOURCE = "github.com/kimiyoung/planetoid, through PyTorch Geometric's Planetoid"
_PLANETOID_SPLIT = "public: 20 nodes a class to train, 500 to validate, 1,000 to test (Yang et al., 2016)"

NODE_CARDS = (
    DatasetCard(
        name="cora",
        title="Cora",
        split=_PLANETOID_SPLIT,
        source=_PLANETOID_SOURCE,
        licence="none stated by the authors",
        citation=_PLANETOID,
        nodes=2708,
        edges=10556,
        features=1433,
        classes=7,
        why="The set most papers report, A²Q among them: the one to compare published figures on.",
        needs="download",
    ),
    DatasetCard(
        name="citeseer",
        title="CiteSeer",
        split=_PLANETOID_SPLIT,
        source=_PLANETOID_SOURCE,
        licence="none stated by the authors",
        citation=_PLANETOID,
        nodes=3327,
        edges=9104,
        features=3703,
        classes=6,
        why="The sparsest of the three citation graphs: most nodes have few neighbours and need few bits.",
        needs="download",
    ),
    DatasetCard(
        name="pubmed",
        title="PubMed",
        split=_PLANETOID_SPLIT,
        source=_PLANETOID_SOURCE,
        licence="none stated by the authors",
        citation=_PLANETOID,
        nodes=19717,
        edges=88648,
        features=500,
        classes=3,
        why="The largest of the three, with real-valued features: here the bits of the input matter as well.",
        needs="download",
    ),
    DatasetCard(
        name="ogbn-arxiv",
        title="ogbn-arxiv",
        split="public, by year: papers until 2017 to train, of 2018 to validate, since 2019 to test (OGB)",
        source="snap.stanford.edu/ogb; a citation has one direction there and is given both on load, as in the "
        "paper's network",
        licence="ODC-BY",
        citation="Hu et al., Open Graph Benchmark: Datasets for Machine Learning on Graphs, NeurIPS 2020",
        nodes=169343,
        edges=1166243,
        features=128,
        classes=40,
        why="The paper's largest single graph, dense features and many classes: here the memory of the "
        "features decides.",
        needs="download",
    ),
    DatasetCard(
        name="torch-imports",
        title="Imports of torch",
        split="ours, drawn once: 20 nodes a class to train, 400 to validate, the rest to test",
        source="the source files of the torch installed on this machine: an import is a citation",
        licence="BSD-3-Clause (PyTorch's source, which is read where it is and not passed on)",
        citation="PyTorch; the graph is this project's own",
        classes=8,
        why="Real, with hubs as in a citation graph, and there without any network: who is imported by many "
        "modules shows at once who needs more bits.",
        needs="a build of about a minute",
    ),
    DatasetCard(
        name="generated-citations",
        title="Generated citations",
        split="ours, drawn with the graph: 20 nodes a class to train, 500 to validate, 1,000 to test; fewer "
        "below 3,000 nodes",
        source="drawn at random from a seed: growth by preferential attachment and copying",
        licence="none needed: nothing is taken from anyone",
        citation="this project's own; growth after Barabási and Albert, Emergence of Scaling in Random "
        "Networks, Science 286, 1999",
        features=1433,
        classes=7,
        why="As large as is asked for, and the same for the same seed: shows how time and memory grow, and "
        "what in-degree does when nothing else changes.",
        needs="nothing",
        sizable=True,
    ),
    DatasetCard(
        name="karate-club",
        title="Zachary's karate club",
        split="one node a class to train (Kipf and Welling, 2017); ours: one to validate, the rest to test",
        source="shipped with PyTorch Geometric",
        licence="none stated by the author",
        citation="Zachary, An Information Flow Model for Conflict and Fission in Small Groups, "
        "Journal of Anthropological Research 33(4), 1977",
        nodes=34,
        edges=156,
        features=34,
        classes=4,
        why="Small enough to see every node and its bits; too small to measure accuracy on.",
        needs="nothing",
    ),
)
"""In the order to offer them."""
