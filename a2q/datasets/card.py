"""What is known of a dataset before it is loaded."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Task = Literal["node classification", "node regression", "graph classification", "graph regression"]


class DatasetCard(BaseModel):
    """What a dataset is, for the page that offers it.

    Args:
        name: the name to ask for it by.
        title: the name to print.
        task: what is predicted: something of each node of one graph, or of each of many graphs.
        split: which part is trained with, validated and tested with, and who says so.
        source: where the data come from.
        licence: what the authors of the data (not of the code that reads them) state.
        citation: what to cite.
        nodes, edges: published sizes of the one graph, directed edges as published (an undirected edge counts
            twice); None where they depend on what is asked for, and for a set of graphs.
        graphs: number of graphs of a set of graphs, else None.
        mean_nodes, mean_edges: published means over the graphs, to one decimal, edges counted as above.
        folds: number of splits to choose from: the folds of a cross-validated set, or those published with a set;
            None where there is one split.
        features: values per node in `x`; where a node's type is to be embedded, 1.
        entries: values of `x` that are stored, where an imported graph keeps those alone that are not 0; else None.
        types: number of node types to embed, where `x` holds those.
        classes: number of classes; None for a regression and where it is not known beforehand.
        train_nodes: nodes of one graph that are trained with (of several splits, by the first); None where that
            depends on what is asked for, and for a set of graphs.
        binary: whether the features of one graph are 0 or 1 only; None where that is not known.
        class_names: a name per class, where the set has some.
        metric: what its authors score classes by.
        why: why it is here and what it teaches.
        needs: what the first load takes.
        raw_mib: size of the raw files on disk, MiB, where they were measured.
        inductive: whether the test nodes are hidden while training, as the set's authors have it.
        options: what can be chosen of a generated graph or a drawn split: names in `a2q.datasets.config.OPTIONS`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    task: Task = "node classification"
    split: str
    source: str
    licence: str
    citation: str
    nodes: int | None = None
    edges: int | None = None
    graphs: int | None = None
    mean_nodes: float | None = None
    mean_edges: float | None = None
    folds: int | None = None
    features: int | None = None
    entries: int | None = None
    types: int | None = None
    classes: int | None = None
    train_nodes: int | None = None
    binary: bool | None = None
    class_names: tuple[str, ...] = ()
    metric: Literal["accuracy", "roc-auc", "f1"] = "accuracy"
    why: str
    needs: Literal["download", "nothing"]
    raw_mib: float | None = None
    inductive: bool = False
    options: tuple[str, ...] = ()

    @property
    def graph_level(self) -> bool:
        """Whether whole graphs are classified or given a value, so that `load_graphs` is what loads it."""
        return self.task.startswith("graph")
