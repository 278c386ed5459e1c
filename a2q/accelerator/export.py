"""Files to take along: a trace for Perfetto, and a request trace for DRAM simulators."""

import json
import math
from typing import Any

import numpy as np

from a2q.accelerator.report import SimulationReport
from a2q.accelerator.traffic import Stream

MOST_REQUESTS = 1_000_000
"""Requests of a DRAM trace; beyond it the trace is cut, and says so."""

_TRACKS = ("memory port: load", "engine", "memory port: store")
# Streams lie one after the other in memory, each from a multiple of this on.
_ALIGNMENT = 1 << 20


def chrome_trace(report: SimulationReport) -> str:
    """All tiles as a Chrome trace (JSON), which Perfetto opens: one track each for loads, work and stores.

    One microsecond of the trace is one clock cycle.

    Source: Trace Event Format, Google.
    """
    events: list[dict[str, Any]] = [
        {"name": "process_name", "ph": "M", "pid": 1, "args": {"name": "accelerator (1 µs = 1 cycle)"}}
    ]
    events += [
        {"name": "thread_name", "ph": "M", "pid": 1, "tid": number, "args": {"name": name}}
        for number, name in enumerate(_TRACKS)
    ]
    for tile in report.tiles().itertuples(index=False):
        name = f"{tile.layer}, {tile.phase}, tile {tile.tile}"
        facts = {"rows": int(tile.rows), "mean bits": round(float(tile.mean_bits), 3), "stall": int(tile.stall)}
        events.append(_event(0, name, int(tile.load_start), int(tile.load), {}))
        events.append(_event(1, name, int(tile.start), int(tile.compute), facts))
        events.append(_event(2, name, int(tile.store_start), int(tile.store), {}))
    kept = [event for event in events if event["ph"] == "M" or event["dur"] > 0]
    about = {"hardware digest": report.hardware.digest, **report.conventions.model_dump(mode="json")}
    return json.dumps({"traceEvents": kept, "displayTimeUnit": "ms", "otherData": about})


def dram_trace(report: SimulationReport, limit: int = MOST_REQUESTS) -> str:
    """Every memory request as a line ``0xADDRESS READ|WRITE cycle``, which DRAMsim3 reads.

    Requests of a stream are spread over its phase evenly; sequential streams walk through memory burst by burst,
    random ones jump by a fixed odd stride, so that the trace is the same every time. Above ``limit`` requests every
    k-th one is written, and the file's name must say so.

    Format of DRAMsim3's trace reader.
    """
    burst = report.hardware.burst_bytes
    total = sum(-(-stream.transferred // burst) for layer in report.layers for stream in layer.streams)
    every = max(1, -(-total // limit))
    addresses, writes, cycles = [], [], []
    base, start = 0, 0
    for layer in report.layers:
        spans = {}
        for phase in layer.phases:
            for name in phase.name.split(", "):
                spans[name] = (start, phase.cycles)
            start += phase.cycles
        for stream in layer.streams:
            count = -(-stream.transferred // burst)
            number = np.arange(0, count, every)
            begin, length = spans[stream.phase]
            addresses.append(base + _places(stream, number, count, burst) * burst)
            writes.append(np.full(len(number), stream.direction == "write"))
            cycles.append(begin + number * length // max(count, 1))
            base += -(-count * burst // _ALIGNMENT) * _ALIGNMENT
    address, write, cycle = np.concatenate(addresses), np.concatenate(writes), np.concatenate(cycles)
    by_time = np.argsort(cycle, kind="stable")
    lines = [
        f"0x{place:X} {'WRITE' if is_write else 'READ'} {when}"
        for place, is_write, when in zip(
            address[by_time].tolist(), write[by_time].tolist(), cycle[by_time].tolist(), strict=True
        )
    ]
    return "\n".join(lines) + "\n"


def _places(stream: Stream, number: np.ndarray[Any, Any], count: int, burst: int) -> np.ndarray[Any, Any]:
    """The burst that each request of a stream asks for."""
    if stream.chunk is None:
        return number
    bursts = max(1, stream.chunk // burst)
    rows = max(1, count // bursts)
    # Near the golden section and without a common divisor: visits distant rows in turn, each once.
    stride = next(step for step in range(max(1, int(rows * 0.618)), rows + 2) if math.gcd(step, rows) == 1)
    return np.asarray((number // bursts * stride % rows) * bursts + number % bursts)


def _event(track: int, name: str, start: int, duration: int, facts: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "ph": "X", "pid": 1, "tid": track, "ts": start, "dur": duration, "args": facts}
