"""How many bits a layer's input takes in memory, node by node."""

from typing import Any

import numpy as np

from a2q.accelerator.adjacency import Integers
from a2q.accelerator.conventions import Conventions
from a2q.accelerator.layers import Layer
from a2q.accelerator.packages import package_bits
from a2q.units import FULL_PRECISION_BITS


def feature_bits(layer: Layer, conventions: Conventions, order: Integers | None = None) -> Integers:
    """Bits of every node's features, step size and tag left out, [num_nodes], in working order, int64.

    per-node ``d·b_i``; uniform ``d·max b``; fp32 ``32·d``; bitmap ``d + n_i·b_i``; csr ``n_i·(b_i + index) + 32``;
    packages: Adaptive-Package's total, with a bitmap where zeros are known, in proportion to ``n_i·b_i``.

    Packages as :mod:`a2q.accelerator.packages`.
    """
    bits = layer.bits if order is None else layer.bits[order]
    bits = bits.astype(np.int64)
    dense = np.full_like(bits, layer.d_in)
    count = dense
    if layer.nonzeros is not None:
        count = (layer.nonzeros if order is None else layer.nonzeros[order]).astype(np.int64)
    stored: Integers
    match conventions.feature_format:
        case "per-node":
            stored = dense * bits
        case "uniform":
            stored = dense * bits.max()
        case "fp32":
            stored = dense * FULL_PRECISION_BITS
        case "bitmap":
            stored = dense + count * bits
        case "csr":
            stored = count * (bits + 8 * conventions.index_bytes) + 32
        case "packages":
            bitmap = dense if layer.nonzeros is not None else np.zeros_like(dense)
            payload = count * bits
            spread = payload if payload.any() else np.ones_like(payload)
            stored = _scaled(spread, package_bits(bits, count)) + bitmap
    return stored


def overhead_bits(layer: Layer, conventions: Conventions) -> int:
    """Bits of all step sizes and bitwidth tags that this layer's input needs."""
    if not layer.node_steps or conventions.feature_format == "fp32":
        return 0
    tags = 0 if conventions.feature_format == "uniform" else conventions.tag_bits
    return len(layer.bits) * (conventions.step_size_bits + tags)


def _scaled(spread: Integers, total: int) -> Any:
    ends = np.floor(np.cumsum(spread, dtype=np.float64) / spread.sum() * total)
    ends[-1] = total
    return np.diff(ends, prepend=0).astype(np.int64)
