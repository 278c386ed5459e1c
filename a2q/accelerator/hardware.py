"""Everything about an accelerator that can change a number, in one frozen object."""

import hashlib
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic.config import JsonDict

from a2q.config import Config

LEAST = 0.001
"""Least rate, time, share or size: far below any machine's, and far above what times of which exceed 64-bit cycles."""
Engine = Literal["bit-serial", "bit-parallel", "bit-fusion", "systolic"]


def unit(name: str) -> JsonDict:
    """The unit of a field, kept in its schema, so that it is printed wherever the field is."""
    return {"unit": name}


class Hardware(Config):
    """One accelerator: arithmetic, buffers, memory and energy constants.

    The defaults are those of the preset ``a2q-like``, which is our assumption: the array, clock and buffers of
    the authors' design are not published. Presets say of each field whether it is published or assumed.

    Constants carry theirs in :mod:`a2q.accelerator.presets`.
    """

    engine: Engine = Field(
        "bit-serial",
        title="Combination engine",
        description="bit-serial: one feature bit a cycle. bit-parallel: whole operands. bit-fusion: multipliers "
        "that split into 2-bit parts. systolic: a dense systolic array.",
    )
    lanes: int = Field(
        16,
        ge=1,
        le=65_536,
        title="Lanes",
        description="Nodes worked on at the same time; rows of a systolic array.",
        json_schema_extra=unit("lanes"),
    )
    columns: int = Field(
        16,
        ge=1,
        le=65_536,
        title="Columns",
        description="Output features each lane computes at the same time.",
        json_schema_extra=unit("columns"),
    )
    operands: int = Field(
        1,
        ge=1,
        le=1024,
        title="Operands per lane",
        description="Input features a lane takes at the same time.",
        json_schema_extra=unit("operands"),
    )
    native_weight_bits: int = Field(
        4,
        ge=1,
        le=64,
        title="Native weight bits",
        description="Wider weights take several passes.",
        json_schema_extra=unit("bits"),
    )
    native_feature_bits: int = Field(
        8,
        ge=1,
        le=64,
        title="Native feature bits",
        description="Of bit-parallel and systolic engines; wider features take several passes.",
        json_schema_extra=unit("bits"),
    )
    dataflow: Literal["output", "weight", "input"] = Field(
        "output", title="Dataflow", description="What stays in place in a systolic array."
    )
    order: Literal["model", "aggregation-first"] = Field(
        "model",
        title="Order of a GCN layer",
        description="model: A(XW), as the layer is trained. aggregation-first: (AX)W, for GCN layers only.",
    )
    aggregation_lanes: int = Field(
        16,
        ge=1,
        le=65_536,
        title="Aggregation lanes",
        description="Edges or nodes summed at the same time.",
        json_schema_extra=unit("lanes"),
    )
    aggregation_columns: int = Field(
        16,
        ge=1,
        le=65_536,
        title="Aggregation columns",
        description="Features each of them adds at the same time.",
        json_schema_extra=unit("columns"),
    )
    sum_bits: int = Field(
        16,
        ge=8,
        le=64,
        title="Bits of sums",
        description="Width of adders and partial sums; wider values take several passes and as much more room.",
        json_schema_extra=unit("bits"),
    )
    exponential_units: int = Field(
        16,
        ge=1,
        le=65_536,
        title="Exponential units",
        description="Exponentials and divisions a cycle; GAT only.",
        json_schema_extra=unit("units"),
    )
    clock_ghz: float = Field(1.0, ge=LEAST, le=10, title="Clock", json_schema_extra=unit("GHz"))
    input_kib: float = Field(
        64,
        ge=LEAST,
        le=1_048_576,
        title="Input buffer",
        description="Half of it holds the tile in work, half the next one.",
        json_schema_extra=unit("KiB"),
    )
    weight_kib: float = Field(
        48,
        ge=LEAST,
        le=1_048_576,
        title="Weight buffer",
        description="Weights larger than half of it are read again and again.",
        json_schema_extra=unit("KiB"),
    )
    combination_kib: float = Field(
        96,
        ge=LEAST,
        le=1_048_576,
        title="Combination buffer",
        description="XW larger than half of it goes to memory and comes back.",
        json_schema_extra=unit("KiB"),
    )
    aggregation_kib: float = Field(
        128,
        ge=LEAST,
        le=1_048_576,
        title="Aggregation buffer",
        description="Half of it holds the partial sums of one part of the nodes.",
        json_schema_extra=unit("KiB"),
    )
    edge_kib: float = Field(
        24,
        ge=LEAST,
        le=1_048_576,
        title="Edge buffer",
        description="Edges stream through it; its size enters energy only.",
        json_schema_extra=unit("KiB"),
    )
    buffering: Literal["double", "single"] = Field(
        "double", title="Buffering", description="double: loads and stores run beside the work. single: after it."
    )
    bandwidth_gb_s: float = Field(
        256, ge=LEAST, le=1e9, title="Memory bandwidth", description="Peak.", json_schema_extra=unit("GB/s")
    )
    memory_efficiency: float = Field(
        0.88,
        ge=LEAST,
        le=1,
        title="Memory efficiency",
        description="Share of the peak that long sequential streams reach.",
        json_schema_extra=unit("share"),
    )
    memory_channels: int = Field(8, ge=1, le=1024, title="Memory channels", json_schema_extra=unit("channels"))
    activation_window_ns: float = Field(
        30,
        ge=LEAST,
        le=1000,
        title="Activation window (tFAW)",
        description="Four rows of a channel can be opened in it.",
        json_schema_extra=unit("ns"),
    )
    outstanding_kib: float = Field(
        32,
        ge=LEAST,
        le=65_536,
        title="Requests in flight",
        description="Bytes asked for and not yet there.",
        json_schema_extra=unit("KiB"),
    )
    random_latency_ns: float = Field(52, ge=LEAST, le=10_000, title="Random latency", json_schema_extra=unit("ns"))
    sequential_latency_ns: float = Field(
        35, ge=LEAST, le=10_000, title="Sequential latency", json_schema_extra=unit("ns")
    )
    burst_bytes: int = Field(
        64, ge=1, le=4096, title="Burst", description="Smallest transfer.", json_schema_extra=unit("bytes")
    )
    row_bytes: int = Field(
        2048,
        ge=64,
        le=65_536,
        title="Memory row",
        description="Sequential bytes for one activation.",
        json_schema_extra=unit("bytes"),
    )
    tile_switch_cycles: int = Field(
        0,
        ge=0,
        le=100_000,
        title="Tile switch",
        description="Cycles lost between two tiles.",
        json_schema_extra=unit("cycles"),
    )
    step_pj: float = Field(
        0.06,
        ge=0,
        le=1e6,
        title="Energy of one step",
        description="One operand bit (bit-serial) or one multiplication (other engines) with a native weight.",
        json_schema_extra=unit("pJ"),
    )
    add_pj: float = Field(0.05, ge=0, le=1e6, title="Energy of an addition", json_schema_extra=unit("pJ"))
    exponential_pj: float = Field(
        4.0, ge=0, le=1e6, title="Energy of an exponential", description="GAT only.", json_schema_extra=unit("pJ")
    )
    sram: Literal["high-performance", "low-operating-power"] = Field(
        "high-performance", title="SRAM cells", description="Which column of the CACTI table is read."
    )
    memory_pj_per_byte: float = Field(
        12.56, ge=0, le=1e6, title="Energy of a transferred byte", json_schema_extra=unit("pJ/byte")
    )
    activation_pj: float = Field(831, ge=0, le=1e9, title="Energy of an activation", json_schema_extra=unit("pJ"))
    memory_watt: float = Field(0.635, ge=0, le=1e6, title="Memory background power", json_schema_extra=unit("W"))

    @model_validator(mode="after")
    def _bursts_fit(self) -> Self:
        if self.burst_bytes > self.row_bytes:
            raise ValueError(
                f"burst bytes is {self.burst_bytes}, but a memory row has {self.row_bytes}; "
                "a burst must not be longer than a row."
            )
        return self

    @property
    def digest(self) -> str:
        """Fingerprint of every field: equal digests mean equal hardware."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]

    @property
    def units(self) -> int:
        """Unit-cycles of work in one cycle of the combination engine: lanes · columns · operands; a systolic array's
        cells take one operand each."""
        return self.lanes * self.columns * (1 if self.engine == "systolic" else self.operands)

    @property
    def buffer_kib(self) -> dict[str, float]:
        """Every buffer's size in KiB, by the name that energy is listed under."""
        return {
            "input": self.input_kib,
            "weight": self.weight_kib,
            "combination": self.combination_kib,
            "aggregation": self.aggregation_kib,
            "edge": self.edge_kib,
        }


def unit_of(field: str) -> str:
    """The unit of a field of :class:`Hardware`, empty where it has none."""
    extra = Hardware.model_fields[field].json_schema_extra
    return str(extra.get("unit", "")) if isinstance(extra, dict) else ""
