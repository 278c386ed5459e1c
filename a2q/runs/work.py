"""How much an epoch has to do, as far as that is known before the graph is read."""

import itertools
from dataclasses import dataclass

from a2q.config import RunConfig
from data import card


@dataclass(frozen=True)
class Work:
    """What an epoch of a run goes through.

    Attributes:
        nodes, edges: of the graph, or of all graphs together.
        widths: features of a node before, between and after the layers.
    """

    nodes: float
    edges: float
    widths: tuple[int, ...]

    @property
    def values(self) -> float:
        """Values of all activations."""
        return self.nodes * sum(self.widths)

    @property
    def moved(self) -> float:
        """Values that enter and leave the layers, plus those that pass the edges."""
        return sum(self.nodes * (into + out) + self.edges * out for into, out in itertools.pairwise(self.widths))


def work_of(config: RunConfig) -> Work | None:
    """The work of an epoch; None where the data set's size is not known before it is read."""
    found = card(config.dataset.name)
    hidden = config.model.hidden * (config.model.heads if config.model.name == "gat" else 1)
    between = [hidden] * (config.model.layers - 1)
    match found.name:
        case "generated-citations":
            nodes = config.dataset.option("nodes")
            # Measured: 4.1 edges a node at 300 nodes, 4.4 from 2,708 on.
            return Work(nodes, 4.4 * nodes, (1433, *between, 7))
        case "torch-imports":
            # As torch 2.13 has them.
            return Work(1476, 12_388, (1500, *between, 8))
    times = found.graphs or 1
    nodes_each, edges_each = (
        (found.nodes, found.edges) if found.graphs is None else (found.mean_nodes, found.mean_edges)
    )
    features = found.features or found.types
    if not (nodes_each and edges_each and features):
        return None
    return Work(times * nodes_each, times * edges_each, (features, *between, found.classes or 1))
