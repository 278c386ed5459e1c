"""What quantization did to one layer's input, value by value, of all nodes or of some."""

from dataclasses import dataclass

import numpy as np

TINY = 1e-12
"""Keeps a node whose features are all 0 from dividing by 0; its error is 0 too."""


@dataclass(frozen=True)
class QuantizedInput:
    """One layer's input before and after quantization.

    Attributes:
        nodes: which node each row is, rising, [rows].
        values, quantized: x and x_q, [rows, dim].
        clipped: which values lie beyond their node's clipping range, bool [rows, dim].
        step: step size of each row, [rows].
        signed: whether a row's codes carry a sign, [rows]; None for quantizers with another formula.
        learned_bits: of each row before rounding and bounds, [rows]; None where rows have no bitwidth of their own.
    """

    nodes: np.ndarray
    values: np.ndarray
    quantized: np.ndarray
    clipped: np.ndarray
    step: np.ndarray
    signed: np.ndarray | None = None
    learned_bits: np.ndarray | None = None

    def rows(self, nodes: np.ndarray) -> np.ndarray:
        """The rows of those of some nodes that are here."""
        places = np.searchsorted(self.nodes, nodes).clip(max=max(len(self.nodes) - 1, 0))
        found: np.ndarray = places[self.nodes[places] == nodes] if len(self.nodes) else places[:0]
        return found

    def node_columns(self) -> dict[str, np.ndarray]:
        """``step``, ``magnitude`` (mean |x|), ``error`` (mean |x_q - x|), ``relative_error`` (error over magnitude) and
        ``clipped`` (share of values beyond the range), [rows] each, as the node table has them.
        """
        magnitude = np.abs(self.values).mean(axis=1)
        error = np.abs(self.quantized - self.values).mean(axis=1)
        return {
            "step": self.step,
            "magnitude": magnitude,
            "error": error,
            "relative_error": error / np.maximum(magnitude, TINY),
            "clipped": self.clipped.mean(axis=1),
        }
