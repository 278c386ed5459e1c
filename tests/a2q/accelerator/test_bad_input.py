"""What cannot be simulated is refused in one sentence that names the field and its bound."""

import numpy as np
import pytest

from a2q.accelerator import AcceleratorError, Adjacency, Conventions, Hardware, Layer, simulate
from a2q.accelerator.comparison import speedup
from a2q.accelerator.presets import hardware_preset
from a2q.config import ConfigError


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"lanes": 0}, "lanes is 0; it must be greater than or equal to 1."),
        ({"columns": -3}, "columns is -3; it must be greater than or equal to 1."),
        ({"bandwidth_gb_s": -1.0}, "bandwidth gb s is -1.0; it must be greater than or equal to 0.001."),
        ({"clock_ghz": 0}, "clock ghz is 0; it must be greater than or equal to 0.001."),
        ({"input_kib": 0}, "input kib is 0; it must be greater than or equal to 0.001."),
        ({"memory_efficiency": 1e-300}, "memory efficiency is 1e-300; it must be greater than or equal to 0.001."),
        ({"lanes": "many"}, "lanes is 'many'; it must be a valid integer"),
        ({"memory_efficiency": 1.5}, "memory efficiency is 1.5; it must be less than or equal to 1."),
        ({"burst_bytes": 4096, "row_bytes": 2048}, "burst bytes is 4096, but a memory row has 2048"),
        ({"cores": 4}, "cores is not a setting; remove it."),
        ({"bandwidth_gb_s": float("inf")}, "bandwidth gb s is inf; it must be"),
    ],
)
def test_impossible_hardware(given: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError) as error:
        Hardware(**given)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_a_burst_may_be_a_whole_row() -> None:
    assert Hardware(burst_bytes=2048, row_bytes=2048).burst_bytes == 2048


def test_an_unknown_convention() -> None:
    with pytest.raises(ConfigError, match="lane sync is 'chaos'; it must be 'lockstep', 'queue' or 'ideal'"):
        Conventions(lane_sync="chaos")


@pytest.mark.parametrize(
    ("hardware", "words"),
    [
        ({"aggregation_kib": 0.001}, "aggregation_kib is 0.001, but two rows of 3 sums in Layer 1 take 0.0117 KiB"),
        ({"input_kib": 0.001}, "input_kib is 0.001, but two rows of features in Layer 1 take"),
        ({"weight_kib": 0.001}, "weight_kib is 0.001, but two rows of weights in Layer 1 take"),
        ({"combination_kib": 0.001}, "combination_kib is 0.001, but two rows of XW in Layer 1 take"),
    ],
)
def test_a_buffer_smaller_than_a_row(tiny, hardware: dict[str, float], words: str) -> None:
    graph, layers = tiny()
    with pytest.raises(AcceleratorError) as error:
        simulate(graph, layers, Hardware(**hardware))
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"bits": (1, 2, 3, 40)}, "Layer 1: bits holds 40; it must be from 0 to 32 for every node."),
        ({"bits": (1, 2, 3, -1)}, "Layer 1: bits holds -1; it must be from 0 to 32 for every node."),
        ({"bits": (1, 2)}, "Layer 1: bits is of 2 nodes, but the graph has 4; give the values of this graph."),
        ({"bits": (1.5, 2, 3, 4)}, "it must hold one whole number per node."),
        ({"d_in": 0}, "Layer 1: d_in is 0; it must be 1 or more."),
        ({"weight_bits": 0}, "Layer 1: weight_bits is 0; it must be 1 or more."),
        ({"nonzeros": np.array([0, 1, 2, 9])}, "Layer 1: nonzeros holds 9; it must be from 0 to 5 for every node."),
    ],
)
def test_layers_that_do_not_fit(tiny, change: dict[str, object], words: str) -> None:
    graph, layers = tiny(**change)
    with pytest.raises(AcceleratorError) as error:
        simulate(graph, layers)
    assert words in str(error.value)


def test_no_layers(tiny) -> None:
    graph, _ = tiny()
    with pytest.raises(AcceleratorError, match="No layer is given; give at least one"):
        simulate(graph, [])


@pytest.mark.parametrize(
    ("edges", "nodes", "words"),
    [
        (np.zeros((2, 0), dtype=int), 4, "The graph has no edges, so there is nothing to aggregate"),
        (np.array([[0], [4]]), 4, "An edge names node 4; the graph has nodes 0 to 3."),
        (np.array([[-1], [0]]), 4, "An edge names node -1; the graph has nodes 0 to 3."),
        (np.array([0, 1, 2]), 4, r"edges has the shape [3]; it must be [2, num_edges]."),
    ],
)
def test_graphs_that_are_none(edges: np.ndarray, nodes: int, words: str) -> None:
    with pytest.raises(AcceleratorError) as error:
        Adjacency.from_edges(edges, nodes)
    assert words in str(error.value)


def test_compressed_rows_that_do_not_fit() -> None:
    with pytest.raises(AcceleratorError, match="indptr must rise from 0 to the 2 edges in indices; it ends at 3"):
        Adjacency(np.array([0, 1, 3]), np.array([0, 1]))
    with pytest.raises(AcceleratorError, match="An edge names node 2; the graph has nodes 0 to 1"):
        Adjacency(np.array([0, 1, 2]), np.array([0, 2]))


def test_reports_that_cannot_be_compared(tiny) -> None:
    graph, layers = tiny()
    report = simulate(graph, layers)
    other = simulate(graph, layers, Hardware(lanes=8))
    with pytest.raises(AcceleratorError, match="simulate both on the same hardware, or unlock the comparison"):
        speedup(report, other)
    assert speedup(report, other, unlocked=True) > 0
    with pytest.raises(AcceleratorError, match="The conventions differ"):
        speedup(report, simulate(graph, layers, conventions=Conventions(zero_skipping=True)))
    elsewhere = Adjacency.from_edges(np.array([[0], [1]]), 2)
    small = simulate(elsewhere, [Layer("Layer 1", 5, 3, np.array([1, 2]))])
    with pytest.raises(AcceleratorError, match="of graphs of 4 and 2 nodes; compare reports of the same graph"):
        speedup(report, small)


def test_unknown_hardware() -> None:
    with pytest.raises(AcceleratorError, match="There is no hardware 'tpu'; choose one of a2q-like, mega"):
        hardware_preset("tpu")
