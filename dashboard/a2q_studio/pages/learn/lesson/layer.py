"""The layer input that the lesson looks at: its nodes, the values before and after quantization, and what fewer or
more bits would do to them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from a2q.experiments.bundle.bundle import Bundle
from a2q.reports import node_table
from a2q_studio.pages.learn.lesson.quantizer import error_table


@dataclass(frozen=True)
class LayerInput:
    """Input of a run's last layer.

    Attributes:
        nodes: the node table.
        values, quantized: x and x_q, [num_nodes, dim].
    """

    nodes: pd.DataFrame
    values: np.ndarray
    quantized: np.ndarray

    @classmethod
    def of(cls, bundle: Bundle) -> "LayerInput":
        """The last layer with bits per node.

        Raises:
            ValueError: the run has no such layer, or its values were too many to be kept.
        """
        layer = max(bundle.layers, default=0)
        values, quantized = (bundle.array(f"tensor/layer{layer}/{kind}") for kind in ("values", "quantized"))
        if values is None or quantized is None:
            raise ValueError(f"Run {bundle.run.id} keeps no values of a quantized layer; choose another run.")
        return cls(node_table(bundle.arrays, layer), values, quantized)

    @property
    def in_degree(self) -> np.ndarray:
        """Of each node."""
        return np.asarray(self.nodes["in_degree"])

    @property
    def bits(self) -> np.ndarray:
        """Effective bits that the run learned for each node."""
        return np.asarray(self.nodes["bits"])

    @property
    def error(self) -> float:
        """The run's own mean |x_q - x|."""
        return float(np.abs(self.quantized - self.values).mean())

    @cached_property
    def table(self) -> np.ndarray:
        """Each node's least error with 1 to 8 bits, [num_nodes, 8]."""
        return error_table(self.values)

    def typical(self, least: int, most: int) -> int:
        """Of the nodes with an in-degree in these bounds the one whose mean |x| is the median.

        Raises:
            ValueError: there is no such node.
        """
        fits = self.nodes[self.nodes["in_degree"].between(least, most)]
        if fits.empty:
            raise ValueError(f"No node has an in-degree of {least} to {most}.")
        ordered = fits.sort_values(["magnitude", "node"])
        return int(ordered["node"].iloc[len(ordered) // 2])
