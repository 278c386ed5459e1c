"""What can be chosen of a generated graph or a drawn split: the same limits for form, command line and stored run."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Option:
    """A number that a set's card may offer to choose. Source: ours.

    Args:
        title: name in forms.
        help: one sentence for the user.
        low, high: the least and the greatest value allowed; their kind (int or float) is the option's.
        default: what is taken where nothing is chosen.
        lacking: what a set without this option has instead, as in "Cora has one size and no seed".
    """

    title: str
    help: str
    low: float
    high: float
    default: float
    lacking: str = "one size and no seed"

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are allowed."""
        return isinstance(self.low, int)


_ITS_OWN = "a shape of its own"

OPTIONS: Mapping[str, Option] = MappingProxyType(
    {
        "nodes": Option("Nodes", "Size of the generated graph.", 50, 2_000_000, 2708),
        "graph_seed": Option("Graph seed", "The graph follows it.", 0, 2**31 - 1, 0),
        "exponent": Option(
            "Exponent",
            "Of the power law that expected degrees follow; below 3 a few hubs hold much of the edges.",
            *(2.05, 5.0, 2.5),
            _ITS_OWN,
        ),
        "homophily": Option(
            "Homophily", "Share of edges between nodes of one class; 1/7 is chance.", 0.0, 1.0, 0.8, _ITS_OWN
        ),
        "label_rate": Option(
            "Label rate", "Share of each class that is trained with, at least one node.", 0.001, 0.5, 0.05, _ITS_OWN
        ),
        "feature_sparsity": Option(
            "Feature sparsity", "Share of features that are 0, on average.", 0.5, 0.998, 0.99, _ITS_OWN
        ),
        "split_seed": Option(
            "Split seed", "The drawn split follows it.", 0, 2**31 - 1, 0, "a split of its own that no seed changes"
        ),
    }
)
"""By the name of the setting in `DatasetConfig`."""
