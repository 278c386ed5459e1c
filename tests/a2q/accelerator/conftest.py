"""Small random graphs, layers and hardware to simulate."""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

from a2q.accelerator import Adjacency, Conventions, Hardware, Layer

BATCH = 10
"""Random cases in one Hypothesis example; 100 examples make 1,000 cases for each invariant, "thorough" ones 10,000."""


def random_graph(rng: np.random.Generator, most: int = 50) -> Adjacency:
    """A graph of 2 to ``most`` nodes with a hub, parallel edges and self-loops."""
    nodes = int(rng.integers(2, most + 1))
    edges = rng.integers(0, nodes, size=(2, int(rng.integers(1, 4 * nodes))))
    edges[1, : len(edges[1]) // 3] = 0
    return Adjacency.from_edges(edges, nodes)


def random_layers(rng: np.random.Generator, nodes: int, kind: str | None = None) -> list[Layer]:
    """A network of two layers: GCN, GAT, or GIN with two maps in its first layer."""
    kind = kind or str(rng.choice(["gcn", "gin", "gat"]))
    widths = rng.integers(1, 40, size=4).tolist()

    def bits() -> np.ndarray:
        return rng.integers(0, 9, size=nodes)

    def nonzeros(width: int) -> np.ndarray:
        return rng.integers(0, width + 1, size=nodes)

    if kind == "gin":
        shapes = [(*widths[:2], "before"), (*widths[1:3], "none"), (*widths[2:4], "before")]
    else:
        shapes = [(*widths[:2], "after"), (*widths[1:3], "after")]
    return [
        Layer(
            f"Layer {number}",
            d_in,
            d_out,
            bits(),
            aggregation,
            nonzeros=nonzeros(d_in) if rng.random() < 0.5 else None,
            aggregated_nonzeros=nonzeros(d_in) if aggregation == "before" and rng.random() < 0.5 else None,
            own_row="loop" if kind != "gin" else "extra",
            weighted=kind == "gcn",
            heads=2 if kind == "gat" else 0,
            weight_bits=int(rng.integers(2, 9)),
            aggregated_bits=int(rng.choice([4, 8, 32])),
        )
        for number, (d_in, d_out, aggregation) in enumerate(shapes, start=1)
    ]


def random_hardware(rng: np.random.Generator, **given: object) -> Hardware:
    """A small array with buffers that make tiles and parts of a few nodes."""
    return Hardware(
        **{
            "lanes": int(rng.integers(1, 9)),
            "columns": int(rng.integers(1, 9)),
            "operands": int(rng.integers(1, 5)),
            "aggregation_lanes": int(rng.integers(1, 9)),
            "aggregation_columns": int(rng.integers(1, 9)),
            "input_kib": float(rng.choice([0.5, 1, 64])),
            "combination_kib": float(rng.choice([0.5, 96])),
            "aggregation_kib": float(rng.choice([0.5, 1, 128])),
            "weight_kib": float(rng.choice([0.25, 48])),
            "bandwidth_gb_s": float(rng.choice([1, 16, 256])),
            **given,
        }
    )


def random_conventions(rng: np.random.Generator, **given: object) -> Conventions:
    """Any conventions that need no METIS."""
    return Conventions(
        **{
            "zero_skipping": bool(rng.random() < 0.5),
            "node_order": str(rng.choice(["id", "bits"])),
            "lane_sync": str(rng.choice(["lockstep", "queue", "ideal"])),
            "aggregation": str(rng.choice(["edge-parallel", "vertex-parallel", "ideal"])),
            "phases": str(rng.choice(["sequential", "overlapped"])),
            "memory": str(rng.choice(["stalls", "ignored"])),
            "feature_format": str(rng.choice(["per-node", "uniform", "fp32", "bitmap", "csr", "packages"])),
            "gather": str(rng.choice(["random", "condensed"])),
            **given,
        }
    )


@pytest.fixture(scope="session")
def draw() -> SimpleNamespace:
    """Random graphs, layers, hardware and conventions from a generator, ``draw.graph(rng)`` and so on."""
    return SimpleNamespace(
        batch=BATCH,
        graph=random_graph,
        layers=random_layers,
        hardware=random_hardware,
        conventions=random_conventions,
    )


@dataclass(frozen=True)
class Cora:
    """Real Cora with bits drawn to the group means of section 6 of the specification."""

    graph: Adjacency
    a2q: list[Layer]
    dq: list[Layer]


@pytest.fixture
def cora(published_data: object, monkeypatch: pytest.MonkeyPatch) -> Cora:
    """GCN on Cora: 877 nodes of 1 bit, 1778 of 2, 41 of 3 and 12 of 4, in random order; and 4 bits everywhere."""
    from a2q.datasets import load

    monkeypatch.setenv("A2Q_DATA", str(published_data))
    data = load("cora").data
    nonzeros = np.bincount(data.x.nonzero()[:, 0].numpy(), minlength=2708)
    bits = np.random.default_rng(0).permutation(np.repeat([1, 2, 3, 4], [877, 1778, 41, 12]))
    four = np.full(2708, 4)
    stored = {"nonzeros": nonzeros, "values": "binary"}
    return Cora(
        Adjacency.from_edges(data.edge_index.numpy(), 2708),
        a2q=[
            Layer("Layer 1", 1433, 16, np.ones_like(bits), kept=True, **stored),
            Layer("Layer 2", 16, 7, bits),
        ],
        dq=[
            Layer("Layer 1", 1433, 16, four, node_steps=False, **stored),
            Layer("Layer 2", 16, 7, four, node_steps=False),
        ],
    )


@pytest.fixture
def tiny() -> Callable[..., tuple[Adjacency, list[Layer]]]:
    """Four nodes in a line and one layer, ``tiny(bits=[1, 2, 3, 4], d_in=5)``."""

    def made(bits: tuple[int, ...] = (1, 2, 3, 4), d_in: int = 5, d_out: int = 3, **given: object):
        graph = Adjacency.from_edges(np.array([[0, 1, 2], [1, 2, 3]]), 4)
        return graph, [Layer("Layer 1", d_in, d_out, np.array(bits), **given)]

    return made
