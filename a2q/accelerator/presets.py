"""Named accelerators, and of each number whether it is published or our assumption."""

from dataclasses import dataclass
from typing import Literal

from a2q.accelerator.errors import AcceleratorError
from a2q.accelerator.hardware import Hardware

Mark = Literal["published", "re-implementation", "measured", "assumed", "changed"]

MARKS: dict[Mark, str] = {
    "published": "read in the design's own paper or configuration files",
    "re-implementation": "read in a public re-implementation's notes, not by the authors",
    "measured": "fitted to DRAMsim3 or taken from a published energy table by us",
    "assumed": "our assumption",
    "changed": "changed by you",
}

_MEASURED = (
    "memory_efficiency",
    "activation_window_ns",
    "outstanding_kib",
    "random_latency_ns",
    "sequential_latency_ns",
    "row_bytes",
    "step_pj",
    "add_pj",
    "sram",
    "memory_pj_per_byte",
    "activation_pj",
    "memory_watt",
)


@dataclass(frozen=True)
class Preset:
    """An accelerator by name.

    Attributes:
        title: name in forms.
        description: one sentence that says what it is, and whose numbers they are.
        hardware: its numbers.
        published: fields read in its own paper or configuration.
        retold: fields read in a re-implementation's notes.
    """

    title: str
    description: str
    hardware: Hardware
    published: tuple[str, ...] = ()
    retold: tuple[str, ...] = ()


_ARRAY = ("engine", "lanes", "columns", "operands")
_BUFFERS = ("input_kib", "weight_kib", "combination_kib", "aggregation_kib", "edge_kib")

PRESETS = {
    "a2q-like": Preset(
        "A²Q-like (our assumptions)",
        "Features enter bit by bit, as the caption of A²Q's figure 20 says; array size, clock, buffers and bandwidth "
        "are assumed by us. Not the authors' design.",
        Hardware(),
        published=("engine",),
    ),
    "mega": Preset(
        "MEGA (HPCA 2024)",
        "Bit-serial rows of 32 columns and 256 adders at 28 nm; numbers as a public re-implementation retells them.",
        Hardware(lanes=32, columns=32, burst_bytes=128),
        published=("bandwidth_gb_s", "clock_ghz", "burst_bytes"),
        retold=(*_ARRAY, *_BUFFERS, "native_weight_bits", "aggregation_lanes", "aggregation_columns", "sum_bits"),
    ),
    "hygcn": Preset(
        "HyGCN (HPCA 2020)",
        "32-bit engines in tandem, aggregation before combination; numbers as GCoD's comparison lists them.",
        Hardware(
            engine="bit-parallel",
            lanes=32,
            columns=128,
            native_weight_bits=32,
            native_feature_bits=32,
            order="aggregation-first",
            aggregation_lanes=32,
            aggregation_columns=16,
            sum_bits=32,
            input_kib=128,
            weight_kib=2048,
            combination_kib=4096,
            aggregation_kib=16384,
            edge_kib=2048,
            step_pj=3.1,
            add_pj=0.1,
        ),
        published=(
            "engine",
            "lanes",
            "columns",
            "native_weight_bits",
            "native_feature_bits",
            "order",
            "sum_bits",
            *_BUFFERS,
            "bandwidth_gb_s",
            "clock_ghz",
        ),
        retold=("aggregation_lanes", "aggregation_columns"),
    ),
    "gcnax": Preset(
        "GCNAX (HPCA 2021)",
        "16 multipliers of 64 bits, one non-zero a cycle (switch zero skipping on); its own loop tiling is checked "
        "separately against its Table III.",
        Hardware(
            engine="bit-parallel",
            lanes=1,
            columns=16,
            native_weight_bits=64,
            native_feature_bits=64,
            aggregation_lanes=1,
            aggregation_columns=16,
            sum_bits=64,
            input_kib=320,
            weight_kib=64,
            combination_kib=128,
            aggregation_kib=256,
            edge_kib=4,
            bandwidth_gb_s=128,
            step_pj=3.1,
            add_pj=0.1,
        ),
        published=(
            "engine",
            "lanes",
            "columns",
            "native_weight_bits",
            "native_feature_bits",
            "order",
            "sum_bits",
            "input_kib",
            "aggregation_kib",
            "bandwidth_gb_s",
            "clock_ghz",
        ),
    ),
    "bitfusion-16x32": Preset(
        "Bit Fusion 16×32",
        "Multipliers that split into 2-bit parts; made for dense networks, so aggregation and its buffers are ours.",
        Hardware(
            engine="bit-fusion",
            lanes=16,
            columns=32,
            native_weight_bits=8,
            input_kib=32,
            weight_kib=64,
            combination_kib=16,
            aggregation_kib=128,
            bandwidth_gb_s=12,
            clock_ghz=0.5,
            step_pj=0.56,
        ),
        published=(
            "engine",
            "lanes",
            "columns",
            "input_kib",
            "weight_kib",
            "combination_kib",
            "bandwidth_gb_s",
            "clock_ghz",
            "step_pj",
        ),
    ),
    "systolic-16x16": Preset(
        "Systolic array 16×16",
        "A dense 8-bit array as SCALE-Sim has it; aggregation, buffers and memory are ours.",
        Hardware(
            engine="systolic",
            native_weight_bits=8,
            input_kib=64,
            weight_kib=64,
            combination_kib=64,
            step_pj=0.298,
        ),
        published=("engine", "dataflow"),
    ),
}
"""Every accelerator by name."""


def hardware_preset(name: str) -> Preset:
    """The accelerator of this name.

    Raises:
        AcceleratorError: there is none.
    """
    if name not in PRESETS:
        raise AcceleratorError(f"There is no hardware {name!r}; choose one of {', '.join(PRESETS)}.")
    return PRESETS[name]


def marks(hardware: Hardware, preset: str = "a2q-like") -> dict[str, Mark]:
    """Where every number of ``hardware`` comes from, seen as a change of a preset.

    Raises:
        AcceleratorError: there is no such preset.
    """
    start = hardware_preset(preset)
    found: dict[str, Mark] = {}
    for name in Hardware.model_fields:
        if getattr(hardware, name) != getattr(start.hardware, name):
            found[name] = "changed"
        elif name in start.published:
            found[name] = "published"
        elif name in start.retold:
            found[name] = "re-implementation"
        else:
            found[name] = "measured" if name in _MEASURED else "assumed"
    return found
