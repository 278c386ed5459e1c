"""One node under the glass: its codes, its range, its error, and what its neighbours sent it."""

from dataclasses import dataclass

import numpy as np

from a2q.layers import LAYERS
from a2q.reports.error_decomposition import beyond, clipping_range, rounding_and_clipping


@dataclass(frozen=True)
class NodeCodes:
    """What quantization does to one node's features at the input of one layer.

    Attributes:
        values, quantized: x and x_q, [dim].
        codes: whole numbers, [dim]; ``codes * step`` is x_q.
        step: step size.
        bits: effective bits.
        learned_bits: the real number that was learned, before rounding and bounds; None where bits are given.
        low, high: clipping range.
        rounding, clipping: the two parts of |x_q - x|, [dim].
        clipped: share of values beyond the range.
    """

    values: np.ndarray
    quantized: np.ndarray
    codes: np.ndarray
    step: float
    bits: int
    learned_bits: float | None
    low: float
    high: float
    rounding: np.ndarray
    clipping: np.ndarray
    clipped: float

    @property
    def error(self) -> float:
        """mean |x_q - x|."""
        return float(np.abs(self.quantized - self.values).mean()) if len(self.values) else 0.0


def node_codes(
    values: np.ndarray,
    quantized: np.ndarray,
    step: np.ndarray,
    bits: np.ndarray,
    node: int,
    signed: np.ndarray | None = None,
    learned_bits: np.ndarray | None = None,
) -> NodeCodes:
    """Look at one node of a layer input.

    Args:
        values, quantized: x and x_q, [num_nodes, dim].
        step, bits: of each node, [num_nodes].
        node: its number.
        signed, learned_bits: of each node, [num_nodes], where the run has them.

    Source: paper section 3.1; the parts of the error are ours.
    """
    lows, highs = clipping_range(values, quantized, step, bits, signed)
    low, high = lows[node], highs[node]
    x, x_q = values[node], quantized[node]
    rounding, clipping = rounding_and_clipping(x, x_q, low, high)
    size = float(step[node])
    return NodeCodes(
        values=x,
        quantized=x_q,
        codes=np.round(x_q / size).astype(np.int64) if size > 0 else np.zeros(len(x), dtype=np.int64),
        step=size,
        bits=int(bits[node]),
        learned_bits=None if learned_bits is None else float(learned_bits[node]),
        low=float(low[0]),
        high=float(high[0]),
        rounding=rounding,
        clipping=clipping,
        clipped=float(beyond(x, low, high).mean()) if len(x) else 0.0,
    )


@dataclass(frozen=True)
class Contributions:
    """What arrives in one node's sum, largest first.

    Attributes:
        nodes: who sent it, [senders]; the node itself where the layer adds a self-loop.
        coefficients: factor of each message, [senders].
        magnitudes: mean |coefficient · message|, [senders].
        summed: the sum of all messages, [dim].
    """

    nodes: np.ndarray
    coefficients: np.ndarray
    magnitudes: np.ndarray
    summed: np.ndarray

    @property
    def shares(self) -> np.ndarray:
        """Each message's part of all magnitudes, [senders]."""
        total = self.magnitudes.sum()
        return self.magnitudes / total if total > 0 else np.zeros_like(self.magnitudes)


def contributions(edges: np.ndarray, sent: np.ndarray, node: int, model: str) -> Contributions:
    """The messages that one node sums up in a layer.

    Coefficients are 1 for a sum (GIN, ε = 0), 1 over the number of messages for a mean, ``1 / sqrt(d_i d_j)`` for GCN,
    self-loops counted. Attention weights are not kept with a run: all messages count alike here, self-loop included.

    Args:
        edges: source and target without self-loops, [2, num_edges].
        sent: what each node sends, after its quantizer, [num_nodes, dim].
        node: the one that listens.
        model: a name in :data:`a2q.layers.LAYERS`.

    Raises:
        ValueError: another model is named.

    Source: Kipf and Welling (ICLR 2017), Xu et al. (ICLR 2019), Hamilton et al. (NeurIPS 2017).
    """
    source, target = edges
    nodes = source[target == node].astype(np.int64)
    layer = LAYERS.get(model)
    if layer is None:
        raise ValueError(f"The model is {model!r}; contributions are known for {', '.join(LAYERS)}.")
    if layer.own != "none":
        nodes = np.append(nodes, node)
    match layer.aggregation:
        case "gcn":
            # Only the senders' degrees are wanted, but counting all is one pass.
            degree = np.bincount(target, minlength=len(sent)) + 1
            coefficients = 1 / np.sqrt(degree[nodes] * float(degree[node]))
        case "sum":
            coefficients = np.ones(len(nodes))
        case "mean" | "attention":
            coefficients = np.full(len(nodes), 1 / max(1, len(nodes)))
    messages = coefficients[:, None] * sent[nodes]
    magnitudes = np.abs(messages).mean(axis=1)
    order = np.argsort(-magnitudes, kind="stable")
    return Contributions(nodes[order], coefficients[order], magnitudes[order], messages.sum(axis=0))
