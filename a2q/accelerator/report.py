"""What a simulation found, with everything that it depends on."""

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from a2q.accelerator.adjacency import Integers
from a2q.accelerator.aggregation import Aggregation
from a2q.accelerator.combination import Combination
from a2q.accelerator.conventions import Conventions
from a2q.accelerator.energy import UNCERTAINTY
from a2q.accelerator.formats import feature_bits
from a2q.accelerator.hardware import Hardware
from a2q.accelerator.layers import Layer
from a2q.accelerator.nodes import NodeCycles, lane_grid, node_cycles
from a2q.accelerator.partition import Partition
from a2q.accelerator.roofline import Point, roofline
from a2q.accelerator.tiles import Phase, timeline
from a2q.accelerator.traffic import Stream

CAUSES = {
    "useful": "useful steps",
    "zeros": "on zeros",
    "operand_rounding": "operand rounding",
    "column_padding": "column padding",
    "bit_imbalance": "bit imbalance",
    "aggregation": "additions",
    "aggregation_padding": "padding of additions",
    "hub_imbalance": "hub imbalance",
    "attention": "attention",
    "fill_drain": "fill and drain",
    "memory_stall": "memory stalls",
    "schedule": "tile switches",
}
"""Every cause of cycles, in the order of a stacked bar, and what people call it."""


@dataclass(frozen=True, eq=False)
class LayerReport:
    """One layer on the accelerator.

    Attributes:
        layer: as simulated, with the bits that conventions give it.
        cycles: of all its phases.
        phases: its passes over the nodes.
        combination, aggregation: work of both kinds.
        partition: order and parts of the nodes.
        streams: bytes moved.
        energy: pJ by component.
        hardware, conventions: what it ran on, and how it was counted.
    """

    layer: Layer
    cycles: int
    phases: list[Phase]
    combination: Combination
    aggregation: Aggregation
    partition: Partition
    streams: list[Stream]
    energy: dict[str, float]
    hardware: Hardware
    conventions: Conventions

    @cached_property
    def causes(self) -> dict[str, float]:
        """Cycles by cause, in the order of :data:`CAUSES`; they sum to ``cycles``."""
        return {cause: sum(phase.causes.get(cause, 0.0) for phase in self.phases) for cause in CAUSES}

    @property
    def compute_cycles(self) -> int:
        """Cycles without memory: what the phases' tiles need."""
        return sum(int(phase.compute.sum()) for phase in self.phases)

    @property
    def utilisation(self) -> float:
        """Useful share of the combination's unit-cycles, 0 to 1."""
        total = self.hardware.units * self.combination.cycles
        return self.combination.unit_cycles["useful"] / total if total else 0.0

    @property
    def logical_bytes(self) -> float:
        """Bytes of the values moved."""
        return sum(stream.logical for stream in self.streams)

    @property
    def transferred_bytes(self) -> int:
        """Bytes on the bus."""
        return sum(stream.transferred for stream in self.streams)

    @property
    def point(self) -> Point:
        """The layer under the roofline."""
        return roofline(self.hardware, self.combination.steps, self.transferred_bytes, self.cycles)

    @property
    def bound(self) -> str:
        """What takes the most cycles: "memory", "combination" or "aggregation"."""
        causes = self.causes
        memory = causes["fill_drain"] + causes["memory_stall"]
        aggregation = sum(causes[name] for name in ("aggregation", "aggregation_padding", "hub_imbalance", "attention"))
        rest = self.cycles - memory - aggregation
        return max({"combination": rest, "aggregation": aggregation, "memory": memory}.items(), key=lambda c: c[1])[0]

    @cached_property
    def nodes(self) -> NodeCycles:
        """Compute cycles by node."""
        sync = "ideal" if self.hardware.engine == "systolic" else self.conventions.lane_sync
        return node_cycles(
            self.combination.times,
            self.partition.order,
            self.hardware.lanes,
            sync,
            self.combination.cycles,
            self.aggregation.node_cycles,
        )

    @property
    def feature_bytes(self) -> np.ndarray[Any, Any]:
        """Logical bytes of every node's features, [num_nodes], by number of node."""
        result = np.zeros(len(self.layer.bits))
        order = self.partition.order
        stored = feature_bits(self.layer, self.conventions, order) / 8
        result[slice(None) if order is None else order] = stored
        return result

    @property
    def lanes(self) -> Integers:
        """Lane-cycles of every lane in every lockstep group, [groups, lanes]; −1 where a lane has no node."""
        return lane_grid(self.combination.times, self.partition.order, self.hardware.lanes)

    def tiles(self, start: int = 0) -> pd.DataFrame:
        """The layer's tiles from cycle ``start`` on: when each is loaded, worked on and stored, rows, mean bits."""
        order = self.partition.order
        bits = self.layer.bits if order is None else self.layer.bits[order]
        tables = []
        for phase in self.phases:
            tables.append(pd.DataFrame(timeline(phase, start, self.hardware.tile_switch_cycles, bits)))
            start += phase.cycles
        return pd.concat(tables, ignore_index=True)

    def to_dict(self) -> dict[str, Any]:
        """Numbers of the layer for JSON, arrays of nodes left out."""
        return {
            "name": self.layer.name,
            "d_in": self.layer.d_in,
            "d_out": self.layer.d_out,
            "aggregation": self.layer.aggregation,
            "mean_bits": self.layer.mean_bits,
            "weight_bits": self.layer.weight_bits,
            "cycles": self.cycles,
            "compute_cycles": self.compute_cycles,
            "causes": self.causes,
            "utilisation": self.utilisation,
            "bound_by": self.bound,
            "parts": self.partition.parts,
            "rows_of_other_parts": int(self.partition.external.sum()),
            "streams": [
                {
                    "name": stream.name,
                    "phase": stream.phase,
                    "direction": stream.direction,
                    "logical_bytes": stream.logical,
                    "transferred_bytes": stream.transferred,
                    "access": "sequential" if stream.chunk is None else f"random, {stream.chunk} bytes each",
                }
                for stream in self.streams
            ],
            "energy_pj": self.energy,
            "roofline": asdict(self.point) | {"ridge": self.point.ridge, "bound": self.point.bound},
        }


@dataclass(frozen=True, eq=False)
class SimulationReport:
    """A whole network on the accelerator.

    Attributes:
        hardware: everything about the accelerator.
        conventions: how it was counted.
        layers: layer by layer.
        num_nodes, num_edges: of the graph.
    """

    hardware: Hardware
    conventions: Conventions
    layers: list[LayerReport]
    num_nodes: int
    num_edges: int

    @property
    def cycles(self) -> int:
        """Clock cycles of one inference over the graph."""
        return sum(layer.cycles for layer in self.layers)

    @property
    def seconds(self) -> float:
        """Time of one inference."""
        return self.cycles / self.hardware.clock_ghz * 1e-9

    @cached_property
    def causes(self) -> dict[str, float]:
        """Cycles by cause over all layers; they sum to ``cycles``."""
        return {cause: sum(layer.causes[cause] for layer in self.layers) for cause in CAUSES}

    @property
    def energy(self) -> dict[str, float]:
        """pJ by component over all layers, good to within :data:`UNCERTAINTY`."""
        names = dict.fromkeys(name for layer in self.layers for name in layer.energy)
        return {name: sum(layer.energy.get(name, 0.0) for layer in self.layers) for name in names}

    @property
    def transferred_bytes(self) -> int:
        """Bytes on the bus over all layers."""
        return sum(layer.transferred_bytes for layer in self.layers)

    @property
    def point(self) -> Point:
        """The whole network under the roofline."""
        steps = sum(layer.combination.steps for layer in self.layers)
        return roofline(self.hardware, steps, self.transferred_bytes, self.cycles)

    @property
    def node_total(self) -> np.ndarray[Any, Any]:
        """Compute cycles that every node is responsible for, over all layers, [num_nodes]."""
        return np.asarray(sum(layer.nodes.total for layer in self.layers))

    @property
    def node_waited(self) -> np.ndarray[Any, Any]:
        """Cycles that every node's lane waits, over all layers, [num_nodes]."""
        return np.asarray(sum(layer.nodes.waited for layer in self.layers))

    def tiles(self) -> pd.DataFrame:
        """All tiles in time, with the name of their layer; see :meth:`LayerReport.tiles`."""
        tables, start = [], 0
        for report in self.layers:
            table = report.tiles(start)
            table.insert(0, "layer", report.layer.name)
            tables.append(table)
            start += report.cycles
        return pd.concat(tables, ignore_index=True)

    def to_dict(self) -> dict[str, Any]:
        """Everything for JSON: results, hardware with its digest, conventions; arrays of nodes left out."""
        return {
            "cycles": self.cycles,
            "seconds": self.seconds,
            "causes": self.causes,
            "transferred_bytes": self.transferred_bytes,
            "energy_pj": self.energy,
            "energy_uncertainty": f"within a factor of {UNCERTAINTY:g}",
            "nodes": self.num_nodes,
            "edges": self.num_edges,
            "layers": [layer.to_dict() for layer in self.layers],
            "hardware": self.hardware.model_dump(mode="json"),
            "hardware_digest": self.hardware.digest,
            "conventions": self.conventions.model_dump(mode="json"),
        }

    def table(self) -> pd.DataFrame:
        """One row per layer: cycles by cause, bytes and energy, for CSV."""
        return pd.DataFrame(
            [
                {
                    "layer": layer.layer.name,
                    "d_in": layer.layer.d_in,
                    "d_out": layer.layer.d_out,
                    "mean_bits": layer.layer.mean_bits,
                    "cycles": layer.cycles,
                    **{f"{cause}_cycles": cycles for cause, cycles in layer.causes.items()},
                    "logical_bytes": layer.logical_bytes,
                    "transferred_bytes": layer.transferred_bytes,
                    "energy_pj": sum(layer.energy.values()),
                    "bound_by": layer.bound,
                }
                for layer in self.layers
            ]
        )
