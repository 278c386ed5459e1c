"""All statistics of a set at once."""

import time

from a2q.datasets.dataset import Dataset, GraphDataset
from a2q.datasets.progress import Progress, no_progress
from a2q.datasets.statistics.aggregation import aggregation
from a2q.datasets.statistics.degrees import degrees
from a2q.datasets.statistics.features import features
from a2q.datasets.statistics.flat import Flat, flatten
from a2q.datasets.statistics.labels import homophily, labels
from a2q.datasets.statistics.preview import preview
from a2q.datasets.statistics.record import Sizes, Statistics
from a2q.datasets.statistics.topology import topology


def compute(dataset: Dataset | GraphDataset, progress: Progress | None = None) -> Statistics:
    """Return what there is to know of a loaded set before training on it.

    Exact up to 200,000 nodes and 2,000,000 edges; beyond, the power law, the clustering and the aggregation values
    are taken at a sample, whose size stands beside them. The same set gives the same numbers.

    Args:
        dataset: the loaded set.
        progress: told what is at work, within 0 to 1.
    """
    tell = progress or no_progress
    began = time.perf_counter()
    flat = flatten(dataset)
    tell(0.05, "Counting in-degrees")
    of_degrees = degrees(flat)
    tell(0.25, "Looking for components and triangles")
    of_topology = topology(flat)
    tell(0.45, "Reading the features")
    of_features = features(flat)
    of_labels = labels(flat)
    values, nodes = aggregation(flat, lambda part, sentence: tell(0.5 + 0.45 * part, sentence))
    tell(0.95, "Laying out a preview")
    return Statistics(
        title=flat.title,
        source=flat.source,
        task=flat.task,
        nodes=flat.nodes,
        edges=flat.edges,
        graphs=None if flat.sizes is None else len(flat.sizes),
        sizes=_sizes(flat),
        degrees=of_degrees,
        topology=of_topology,
        features=of_features,
        labels=of_labels,
        homophily=homophily(flat),
        aggregation=values,
        aggregation_nodes=nodes,
        preview=preview(flat),
        seconds=time.perf_counter() - began,
    )


def _sizes(flat: Flat) -> Sizes | None:
    if flat.sizes is None:
        return None
    import numpy as np

    values, counts = np.unique(flat.sizes, return_counts=True)
    return Sizes(values=tuple(values.tolist()), counts=tuple(counts.tolist()))
