"""From a run's settings to what its trainer works on."""

from typing import NamedTuple

import numpy as np

from a2q.datasets import Dataset, card, load, load_graphs
from a2q.datasets.dataset import GraphDataset
from a2q.datasets.progress import Progress
from a2q.experiments.run_config import RunConfig
from a2q.graph import prepare
from a2q.reports.node_table import SPLITS
from a2q.tasks import ClassMetric, GraphTask, Task
from a2q.training.trainer import node_task


def describe_nodes(dataset: Dataset, config: RunConfig) -> dict[str, np.ndarray]:
    """Arrays of [num_nodes]: ``split`` (position in :data:`a2q.reports.node_table.SPLITS`) and, where the dataset
    names its nodes, ``node_name``. Where test nodes are hidden in training, the arrays are of the others.
    """
    data = dataset.data
    split = np.zeros(dataset.num_nodes, dtype=np.uint8)
    for mask, name in ((data.train_mask, "train"), (data.val_mask, "validation"), (data.test_mask, "test")):
        split[mask.numpy()] = SPLITS.index(name)
    named = {"node_name": np.array(dataset.node_names)} if "node_names" in data else {}
    facts = {"split": split, **named}
    seen = ~data.test_mask.numpy() if config.training.hide_test else slice(None)
    return {name: values[seen] for name, values in facts.items()}


class Problem(NamedTuple):
    """What a run trains on.

    Attributes:
        task: one graph's nodes, or many graphs.
        source: where the data came from, as printed beside every figure.
        facts: arrays about the nodes that training does not change.
        nodes: nodes that one training step sees, about.
    """

    task: Task
    source: str
    facts: dict[str, np.ndarray]
    nodes: int


def problem(config: RunConfig, progress: Progress) -> Problem:
    """Load the dataset of a run and prepare it.

    Raises:
        DatasetError: it cannot be had.
        ValueError: it has no training, validation or test part.
    """
    if not card(config.dataset.name).graph_level:
        dataset = load(config.dataset, progress)
        return Problem(
            node_task(prepare(dataset.data), config), dataset.source, describe_nodes(dataset, config), dataset.num_nodes
        )
    graphs = load_graphs(config.dataset, progress)
    task = graph_task(graphs, config.training.batch_size, config.training.metric)
    mean_nodes = sum(int(graph.num_nodes or 0) for graph in graphs.graphs) / graphs.num_graphs
    return Problem(task, graphs.source, {}, round(mean_nodes * config.training.batch_size))


def graph_task(graphs: GraphDataset, batch_size: int, metric: ClassMetric = "accuracy") -> GraphTask:
    """The task on a set of graphs with its split."""
    return GraphTask(
        graphs.graphs,
        graphs.train,
        graphs.validation,
        graphs.test,
        num_classes=graphs.num_classes,
        num_types=graphs.num_types,
        batch_size=batch_size,
        metric=metric,
    )
