"""How fast memory delivers: a law of three terms."""

import math

from a2q.accelerator.hardware import Hardware

# Rows that a channel may open in one activation window.
_ACTIVATIONS = 4


def bandwidth(hardware: Hardware, chunk_bytes: float | None = None) -> float:
    """Bytes per nanosecond (GB/s) for sequential streams, or for random accesses of ``chunk_bytes``.

    ``min(η·B, η·c·4·channels/tFAW, outstanding/latency)``; the second term is for random accesses only.

    Source: law and efficiency fitted to DRAMsim3 (HBM2, 8 channels of 128 bits, 256 GB/s) by us.
    """
    peak = hardware.memory_efficiency * hardware.bandwidth_gb_s
    outstanding = hardware.outstanding_kib * 1024
    if chunk_bytes is None:
        return min(peak, outstanding / hardware.sequential_latency_ns)
    rows = _ACTIVATIONS * hardware.memory_channels / hardware.activation_window_ns
    return min(peak, hardware.memory_efficiency * chunk_bytes * rows, outstanding / hardware.random_latency_ns)


def cycles(hardware: Hardware, sequential_bytes: float, random_bytes: float = 0, chunk_bytes: float = 1) -> int:
    """Clock cycles to move these bytes, rounded up; random ones in chunks of ``chunk_bytes``."""
    seconds = sequential_bytes / bandwidth(hardware)
    if random_bytes:
        seconds += random_bytes / bandwidth(hardware, chunk_bytes)
    return math.ceil(seconds * hardware.clock_ghz)


def bursts(hardware: Hardware, byte_count: float) -> int:
    """Bytes that are transferred for ``byte_count`` consecutive ones: whole bursts."""
    return math.ceil(byte_count / hardware.burst_bytes) * hardware.burst_bytes
