"""At which epochs a run keeps every node's bits, and the layer inputs of a sample of nodes."""

import numpy as np

MOST_SNAPSHOTS = 32


def snapshot_epochs(epochs: int) -> set[int]:
    """At most 32 epochs from 1 to ``epochs``, dense at the start, where bits move most."""
    return {int(epoch) for epoch in np.unique(np.geomspace(1, epochs, MOST_SNAPSHOTS).round())}
