"""What moves between memory and buffers, stream by stream."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from a2q.accelerator import dram
from a2q.accelerator.adjacency import Integers
from a2q.accelerator.conventions import Conventions
from a2q.accelerator.errors import AcceleratorError
from a2q.accelerator.formats import feature_bits, overhead_bits
from a2q.accelerator.hardware import Hardware
from a2q.accelerator.layers import Layer
from a2q.accelerator.partition import Partition

# Scale of a weight column, FP32.
_WEIGHT_SCALE_BYTES = 4
_ROW_POINTER_BYTES = 4


@dataclass(frozen=True, eq=False)
class Stream:
    """One kind of bytes that a layer moves.

    Attributes:
        name: features, steps and tags, weights, XW, edges, rows of other parts, or output.
        phase: during which it moves.
        direction: "read" or "write".
        logical: bytes of the values themselves.
        transferred: bytes on the bus, whole bursts.
        chunk: bytes of one random access; None where the stream is sequential.
        spread: shares of each tile of the phase, [tiles], not all 0.
    """

    name: str
    phase: Literal["combination", "aggregation"]
    direction: Literal["read", "write"]
    logical: float
    transferred: int
    chunk: int | None
    spread: np.ndarray[Any, Any]

    @property
    def accesses(self) -> int:
        """Random accesses; 0 of a sequential stream."""
        return 0 if self.chunk is None else self.transferred // self.chunk

    def per_tile(self) -> np.ndarray[Any, Any]:
        """Transferred bytes of each tile, [tiles]."""
        return np.asarray(self.spread / self.spread.sum() * self.transferred)


@dataclass(frozen=True, eq=False)
class Traffic:
    """All streams of a layer.

    Attributes:
        streams: see :class:`Stream`.
        bounds: positions where the tiles of the combination start, and the end, [tiles + 1].
    """

    streams: list[Stream]
    bounds: Integers


def traffic(
    hardware: Hardware, layer: Layer, after: Layer | None, parts: Partition, conventions: Conventions
) -> Traffic:
    """Bytes that one layer moves, read and written, each stream once unless a buffer is too small.

    A layer that combines first streams its features through the input buffer; XW goes to memory and back only if it
    is larger than half of the combination buffer, and rows of other parts then are fetched for every part. A layer
    that aggregates first reads its input part by part. Weights larger than half of their buffer are read again for
    every tile, or the features for every block of weights, whichever moves less.

    Args:
        hardware: buffers and bursts.
        layer: with the bits that conventions give it.
        after: the layer that reads the output; None for the last one.
        parts: of the aggregation.
        conventions: formats.

    Raises:
        AcceleratorError: a buffer cannot hold two rows of what goes through it.
    """
    nodes = len(layer.bits)
    streams: list[Stream] = []

    def add(
        name: str, phase: str, direction: str, logical: float, spread: Any, chunk: int | None = None, bursts: int = 0
    ) -> None:
        if logical:
            moved = bursts or dram.bursts(hardware, logical)
            streams.append(Stream(name, phase, direction, logical, moved, chunk, spread))  # type: ignore[arg-type]

    rows_of_parts = np.diff(parts.bounds)
    weights = layer.d_in * layer.d_out * layer.weight_bits / 8 + layer.d_out * _WEIGHT_SCALE_BYTES
    fits = weights <= hardware.weight_kib * 1024 / 2
    _check("weight_kib", hardware.weight_kib, layer.d_out * layer.weight_bits / 8, f"weights in {layer.name}")
    last_phase = "aggregation" if layer.aggregation == "after" else "combination"
    if layer.aggregation == "after":
        bits = feature_bits(layer, conventions, parts.order)
        widest = int(bits.max()) / 8
        _check("input_kib", hardware.input_kib, widest, f"features in {layer.name}")
        bounds = _tiles(hardware, nodes, widest)
        summed = np.add.reduceat(bits, bounds[:-1])
        features = int(bits.sum()) / 8
        again = 1
        if not fits:
            blocks = int(-(-weights // (hardware.weight_kib * 1024 / 2)))
            by_tile = weights * len(summed) <= features * (blocks - 1) + weights
            weights, again = (weights * len(summed), 1) if by_tile else (weights, blocks)
        add("features", "combination", "read", features * again, np.maximum(summed, 1))
        add(
            "step sizes and tags",
            "combination",
            "read",
            overhead_bits(layer, conventions) / 8,
            np.diff(bounds),
        )
        xw_row = layer.d_out * layer.aggregated_bits / 8
        _check("combination_kib", hardware.combination_kib, xw_row, f"XW in {layer.name}")
        if nodes * xw_row > hardware.combination_kib * 1024 / 2:
            add("XW", "combination", "write", nodes * xw_row, np.diff(bounds))
            add("XW", "aggregation", "read", nodes * xw_row, rows_of_parts)
            _gather(hardware, parts, xw_row, conventions, add, "aggregation")
    elif layer.aggregation == "before":
        bounds = parts.bounds
        row = layer.width * layer.aggregated_bits / 8
        _check("input_kib", hardware.input_kib, row, f"features in {layer.name}")
        add("features", "combination", "read", nodes * row, rows_of_parts)
        if nodes * row > hardware.input_kib * 1024 / 2:
            _gather(hardware, parts, row, conventions, add, "combination")
        weights = weights if fits else weights * parts.parts
    else:
        bounds = parts.bounds
    first = np.zeros(len(bounds) - 1)
    first[0] = 1
    add("weights", "combination", "read", weights, first if fits else np.ones(len(bounds) - 1))
    if layer.aggregation != "none":
        values = conventions.edge_value_bits / 8 if layer.weighted else 0
        edges = conventions.index_bytes * parts.edges + _ROW_POINTER_BYTES * rows_of_parts
        # Coefficients of messages, self-loops among them.
        logical = float(edges.sum()) + _ROW_POINTER_BYTES + values * (int(parts.edges.sum()) + nodes)
        add("edges", last_phase, "read", logical, edges)
    add("output", last_phase, "write", _output(layer, after, conventions), rows_of_parts)
    return Traffic(streams, bounds)


def _gather(hardware: Hardware, parts: Partition, row: float, conventions: Conventions, add: Any, phase: str) -> None:
    """Rows of other parts: random accesses, or once more written in the order of use and read as one stream."""
    fetched = int(parts.external.sum())
    if conventions.gather == "condensed":
        add("rows of other parts", phase, "write", fetched * row, parts.external)
        add("rows of other parts", phase, "read", fetched * row, parts.external)
        return
    chunk = dram.bursts(hardware, row)
    add("rows of other parts", phase, "read", fetched * row, parts.external, chunk, fetched * chunk)


def _output(layer: Layer, after: Layer | None, conventions: Conventions) -> float:
    """Bytes written for whoever reads next; nothing where the next map takes over on chip."""
    nodes = len(layer.bits)
    if after is None:
        return nodes * layer.d_out * conventions.output_bits / 8
    if after.aggregation == "none":
        return 0
    if after.aggregation == "before":
        return nodes * layer.d_out * after.aggregated_bits / 8
    return (int(feature_bits(after, conventions).sum()) + overhead_bits(after, conventions)) / 8


def _tiles(hardware: Hardware, nodes: int, widest: float) -> Integers:
    """Tiles of whole groups of lanes, as many as half of the input buffer holds, at least one.

    A group's rows need not all be there when work on it starts: operands are used as they come.
    """
    rows = int(hardware.input_kib * 1024 / 2 // widest) if widest else nodes
    rows = max(rows // hardware.lanes, 1) * hardware.lanes
    return np.append(np.arange(0, nodes, rows), nodes)


def _check(field: str, kib: float, row: float, what: str) -> None:
    if 2 * row > kib * 1024:
        raise AcceleratorError(
            f"{field} is {kib:g}, but two rows of {what} take {2 * row / 1024:.3g} KiB; "
            "make the buffer at least that large."
        )
