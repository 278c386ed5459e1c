"""What is known of each node before training, kept with the run so that pages need not load the dataset."""

import numpy as np

from a2q.config import RunConfig
from a2q.reports.nodes import SPLITS
from data import Dataset


def describe_nodes(dataset: Dataset, config: RunConfig) -> dict[str, np.ndarray]:
    """Arrays of [num_nodes]: ``split`` (position in :data:`a2q.reports.nodes.SPLITS`) and, where the dataset
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
