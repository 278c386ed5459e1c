"""Reads the settings of runs that an older version stored."""

from typing import Any

_MOVED_TO_QUANTIZATION = {"penalty": "penalty", "target_kib": "penalty_above_kib", "priced_bits": "priced_bits"}


def upgrade(values: dict[str, Any]) -> dict[str, Any]:
    """Settings of schema version 1 as version 2 writes them; anything else is returned as it is.

    Version 1 named the method beside the quantization, which was empty for FP32, and kept the penalty
    with the training; its one random start was that of the paper's GCN.
    """
    if values.get("schema_version") != 1:
        return values
    newer = {name: value for name, value in values.items() if name != "method"} | {"schema_version": 2}
    training = dict(values.get("training") or {})
    moved = {new: training.pop(old) for old, new in _MOVED_TO_QUANTIZATION.items() if old in training}
    quantization = values.get("quantization")
    newer["training"] = training
    if quantization is None:
        return newer | {"quantization": {"method": "fp32"}}
    start = "paper-gcn" if quantization.get("start") == "paper" else "data"
    return newer | {"quantization": quantization | moved | {"method": "a2q", "start": start}}
