"""Whether learned bits have moved at all from where they started."""

from collections.abc import Sequence
from typing import Any

from a2q.units import MOST_BITS

# Codes with a sign have at least as many bits.
_SIGNED_LEAST = 2


def unmoved_bits(start: int | None, bit_counts: Sequence[Sequence[int]]) -> int | None:
    """The bits of every node of every learned layer input, where they are still those of the start; else None.

    Such a network is a uniformly quantized one under another name.

    Args:
        start: bits that all nodes start with (:attr:`a2q.methods.Method.start_bits`), None where none are learned.
        bit_counts: for each layer input, how many nodes have 0, 1, …, 8 effective bits
            (:attr:`a2q.training.EpochMetrics.bit_counts`).
    """
    held = {bits for counts in bit_counts for bits, count in enumerate(counts) if count}
    if start is None or len(held) != 1 or not held <= {start, max(start, _SIGNED_LEAST)}:
        return None
    return held.pop()


def bits_unmoved(summary: dict[str, Any] | None) -> str | None:
    """What a run's stored summary says of it, as in "bits equal their start: uniform INT2"; None where bits moved."""
    bits = (summary or {}).get("unmoved_bits")
    # Databases and files keep whatever they are given.
    sound = isinstance(bits, int) and 0 <= bits <= MOST_BITS
    return f"bits equal their start: uniform INT{bits}" if sound else None
