"""What the statistics of a set hold: plain numbers that go to JSON and back."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from a2q.datasets.card import Task

Operator = Literal["sum", "mean", "gcn", "attention"]


class Record(BaseModel):
    """Frozen numbers; shapes and units are told by each class."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PowerLaw(Record):
    """A discrete power law, p(k) ~ k^-exponent from k = start on, fitted to in-degrees of 1 and more.

    Args:
        exponent, start: the maximum-likelihood fit whose start has the least Kolmogorov-Smirnov distance.
        error: standard error of the exponent, its start taken as known: (exponent - 1) / sqrt(tail).
        low, high: between which 95 % of the exponents lie that are fitted, start included, to nodes drawn anew (a
            bootstrap): how much hangs on which nodes there are.
        distance: the Kolmogorov-Smirnov distance of the fit.
        plausibility: share of graphs drawn from the fit that fit it worse than this one; below 0.1 a power law is
            commonly ruled out.
        tail: nodes from the start on.
        nodes: nodes fitted to: all with an edge, or a sample of them.

    Source: Clauset, Shalizi and Newman, Power-law distributions in empirical data, SIAM Review 51(4), 2009, through
    igraph; the interval is ours.
    """

    exponent: float
    start: int
    error: float
    low: float
    high: float
    distance: float
    plausibility: float
    tail: int
    nodes: int


class Degrees(Record):
    """In-degrees, self-loops not counted.

    Args:
        values, counts: each in-degree that occurs, rising, and how many nodes have it.
        mean, median: over all nodes.
        fit: the power law, or None with the reason in `no_fit`.
        no_fit: one sentence, empty where there is a fit.
    """

    values: tuple[int, ...]
    counts: tuple[int, ...]
    mean: float
    median: float
    fit: PowerLaw | None
    no_fit: str = ""


class Topology(Record):
    """The shape of the graph, edges taken as they are given.

    Args:
        undirected: share of edges whose reverse is there too.
        self_loops, repeated: edges from a node to itself; edges beyond the first between two nodes.
        isolated: nodes without any edge to another.
        components: parts that no edge joins.
        largest: share of nodes in the largest part.
        clustering: mean over nodes of the share of pairs of neighbours that are neighbours, directions ignored; a
            node of fewer than two neighbours counts 0.
        clustering_nodes: nodes it was measured at, None for all.
    """

    undirected: float
    self_loops: int
    repeated: int
    isolated: int
    components: int
    largest: float
    clustering: float
    clustering_nodes: int | None = None


class Features(Record):
    """The values in `x`.

    Args:
        width: values per node.
        types: number of node types, where `x` holds those; all else is then of the types' numbers.
        zeros: share of values that are 0.
        binary: whether there are only 0 and 1: an input of 1 bit loses nothing.
        low, high: least and greatest value.
        quantiles: of the values that are not 0, at 1, 25, 50, 75 and 99 %.
        bin_edges, bin_counts: histogram of the values that are not 0, [bins + 1] and [bins].
        per_node: values that are not 0 at a node: least, median, greatest.
        range_low, range_high: least and greatest over features of a feature's largest absolute value.
    """

    width: int
    types: int | None = None
    zeros: float
    binary: bool
    low: float
    high: float
    quantiles: tuple[float, ...]
    bin_edges: tuple[float, ...]
    bin_counts: tuple[int, ...]
    per_node: tuple[float, float, float]
    range_low: float
    range_high: float


class Part(Record):
    """One part of the split.

    Args:
        name: "train", "validation", "test", or "none" for what is in no part.
        size: nodes, or graphs.
        counts: how many of each class, [classes]; empty for a regression.
        quantiles: of the values of a regression: least, quartiles, greatest; else empty.
    """

    name: str
    size: int
    counts: tuple[int, ...] = ()
    quantiles: tuple[float, ...] = ()


class Labels(Record):
    """Classes or values, and who is near one.

    Args:
        class_names: one per class; empty for a regression.
        parts: of the split.
        rate: share of nodes (graphs) that are trained with.
        coverage: of one graph's nodes, the share whose messages reach a label of the training part within 0, 1, 2, …
            hops; empty for sets of graphs.
    """

    class_names: tuple[str, ...]
    parts: tuple[Part, ...]
    rate: float
    coverage: tuple[float, ...] = ()


class Homophily(Record):
    """How alike neighbours are.

    Args:
        edge: share of edges within a class.
        node: mean over nodes of the share of in-neighbours of their class.
        adjusted: `edge` less what degrees alone give, scaled so that 1 is perfect and 0 is chance.

    Source: Pei et al., ICLR 2020; Platonov et al., Characterizing graph datasets for node classification, NeurIPS
    2023.
    """

    edge: float
    node: float
    adjusted: float


class Group(Record):
    """Nodes of nearly one in-degree.

    Args:
        low, high: in-degrees, ends included.
        nodes: how many.
        mean, quartile_low, median, quartile_high: of their aggregation values.
    """

    low: int
    high: int
    nodes: int
    mean: float
    quartile_low: float
    median: float
    quartile_high: float

    @property
    def name(self) -> str:
        """The in-degrees as axes name them: "3–4"."""
        return str(self.low) if self.low == self.high else f"{self.low}–{self.high}"


class Aggregation(Record):
    """Mean |feature| of each node after one aggregation of the raw features, against its in-degree.

    Args:
        operator: sum over in-neighbours; their mean; GCN's normalised sum with self-loop; or attention-like weights,
            a softmax over in-neighbours and the node itself of the cosine similarity of features.
        groups: by in-degree, rising.
        points: (in-degree, value) of up to 1,500 nodes drawn evenly over the in-degrees.
        rank_correlation: Spearman's, of in-degree and value; None where one of them is constant.
    """

    operator: Operator
    groups: tuple[Group, ...]
    points: tuple[tuple[int, float], ...]
    rank_correlation: float | None


class Preview(Record):
    """A part of the graph small enough to draw.

    Args:
        whole: whether it is the whole graph.
        nodes: their numbers.
        x, y: where to draw them, 0 to 1.
        labels: class of each, -1 where there is none.
        in_degrees: in the whole graph.
        edges: pairs of positions in `nodes`, each pair once.
    """

    whole: bool
    nodes: tuple[int, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]
    labels: tuple[int, ...]
    in_degrees: tuple[int, ...]
    edges: tuple[tuple[int, int], ...]


class Sizes(Record):
    """Nodes per graph of a set of graphs: each number that occurs, rising, and how many graphs have it."""

    values: tuple[int, ...]
    counts: tuple[int, ...]


class Statistics(Record):
    """All that is known of a set.

    Args:
        title, source, task: as the loaded set has them.
        nodes, edges: of the graph, or of all graphs together; directed edges.
        graphs: number of graphs of a set, else None.
        sizes: of the graphs of a set, else None.
        homophily: None for a regression and for sets of graphs, whose nodes have no class.
        aggregation: one for each operator.
        aggregation_nodes: nodes the values were taken at, None for all.
        seconds: what computing took here.
    """

    title: str
    source: str
    task: Task
    nodes: int
    edges: int
    graphs: int | None
    sizes: Sizes | None
    degrees: Degrees
    topology: Topology
    features: Features
    labels: Labels
    homophily: Homophily | None
    aggregation: tuple[Aggregation, ...]
    aggregation_nodes: int | None
    preview: Preview
    seconds: float

    @property
    def sampled(self) -> bool:
        """Whether anything was measured at a sample only."""
        fit = self.degrees.fit
        partial = fit is not None and fit.nodes < sum(self.degrees.counts) - self._without_edges
        return partial or self.aggregation_nodes is not None or self.topology.clustering_nodes is not None

    @property
    def _without_edges(self) -> int:
        return self.degrees.counts[0] if self.degrees.values[:1] == (0,) else 0
