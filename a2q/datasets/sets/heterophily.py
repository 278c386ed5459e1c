"""The graphs whose neighbours are mostly of other classes."""

from functools import partial

from a2q.datasets.card import DatasetCard
from a2q.datasets.files import sources
from a2q.datasets.node_sets.reader import Reader
from a2q.datasets.spec import published

_geom = partial(
    DatasetCard,
    split="10 published splits of 48 % / 32 % / 20 % of each class (Pei et al.)",
    source="github.com/graphdml-uiuc-jlu/geom-gcn, through PyTorch Geometric; edges keep their one direction",
    licence="none stated by the authors",
    folds=10,
    needs="download",
)
_PEI = "Pei et al., Geom-GCN: Geometric Graph Convolutional Networks, ICLR 2020"
_webkb = partial(
    _geom,
    citation=f"Craven et al., Learning to Extract Symbolic Knowledge from the World Wide Web, AAAI 1998; {_PEI}",
    features=1703,
    classes=5,
)
_yandex = partial(
    DatasetCard,
    split="10 published splits of 50 % / 25 % / 25 % (Platonov et al.)",
    source="github.com/yandex-research/heterophilous-graphs, through PyTorch Geometric",
    licence="MIT",
    citation="Platonov et al., A critical look at the evaluation of GNNs under heterophily: Are we really making "
    "progress?, ICLR 2023",
    folds=10,
    needs="download",
)

HETEROPHILY_SETS = (
    published(
        _geom(
            name="actor",
            title="Actor",
            nodes=7600,
            edges=30019,
            features=932,
            classes=5,
            citation=f"Tang et al., Social Influence Analysis in Large-scale Networks, KDD 2009; {_PEI}",
            train_nodes=3648,
            binary=True,
            why="Neighbours tell little of a node's class: what a network learns here it learns from the features.",
            raw_mib=0.5,
        ),
        sources.geom("Actor", "Actor", "film"),
        Reader("torch_geometric.datasets:Actor"),
    ),
    published(
        _webkb(
            name="texas",
            title="Texas",
            nodes=183,
            edges=325,
            train_nodes=87,
            binary=True,
            why="Web pages that link to other kinds of pages. 183 nodes: average over the splits, trust no single one.",
            raw_mib=0.6,
        ),
        sources.geom("Texas", "WebKB/texas", "texas"),
        Reader("torch_geometric.datasets:WebKB", "texas"),
    ),
    published(
        _webkb(
            name="cornell",
            title="Cornell",
            nodes=183,
            edges=298,
            train_nodes=87,
            binary=True,
            why="As Texas: links lead to other classes, so a sum over neighbours blurs what a node says of itself.",
            raw_mib=0.6,
        ),
        sources.geom("Cornell", "WebKB/cornell", "cornell"),
        Reader("torch_geometric.datasets:WebKB", "cornell"),
    ),
    published(
        _webkb(
            name="wisconsin",
            title="Wisconsin",
            nodes=251,
            edges=515,
            train_nodes=120,
            binary=True,
            why="The largest of the three webs, and still small enough to try all ten splits in a minute.",
            raw_mib=0.8,
        ),
        sources.geom("Wisconsin", "WebKB/wisconsin", "wisconsin"),
        Reader("torch_geometric.datasets:WebKB", "wisconsin"),
    ),
    published(
        _yandex(
            name="roman-empire",
            title="Roman-empire",
            nodes=22662,
            edges=65854,
            features=300,
            classes=18,
            train_nodes=11331,
            binary=False,
            why="The words of an article as a long chain with short cuts: in-degrees nearly alike, 18 classes, dense "
            "word vectors. Here one sees whether bits differ where in-degrees do not.",
        ),
        sources.platonov("Roman-empire", "roman_empire"),
        Reader("torch_geometric.datasets:HeterophilousGraphDataset", "Roman-empire"),
    ),
    published(
        _yandex(
            name="tolokers",
            title="Tolokers",
            nodes=11758,
            edges=1038000,
            features=10,
            classes=2,
            train_nodes=5879,
            binary=False,
            metric="roc-auc",
            why="88 neighbours on average and ten dense features: the aggregation is nearly all the work. Classes are "
            "unequal, so that scores are ROC AUC, as its authors report.",
            raw_mib=1.3,
        ),
        sources.platonov("Tolokers", "tolokers"),
        Reader("torch_geometric.datasets:HeterophilousGraphDataset", "Tolokers"),
    ),
)
"""In the order to offer them."""
