"""A network of 4 nodes and 2 layers whose bytes, cycles, tiles and energy are worked out by hand.

The graph is the line 0 → 1 → 2 → 3. Both layers are of a GCN, so that every node has its own row among its messages:
1, 2, 2 and 2 messages, 7 in all. Memory moves 8 bytes a cycle in bursts of 8.

    layer 1    5 → 3 features, 1, 2, 3 and 4 bits, 4-bit weights and XW
    layer 2    3 → 2 features, 2, 2, 1 and 1 bits, 4-bit weights and XW
"""

import json
from dataclasses import replace

import numpy as np
import pytest

from a2q.accelerator import Adjacency, Conventions, Hardware, Layer, LayerReport, SimulationReport, simulate
from a2q.accelerator.comparison import speedup
from a2q.accelerator.energy import leakage_mw, read_pj_per_byte
from a2q.accelerator.export import chrome_trace

GRAPH = Adjacency.from_edges(np.array([[0, 1, 2], [1, 2, 3]]), 4)
LAYERS = [
    Layer("Layer 1", 5, 3, np.array([1, 2, 3, 4])),
    Layer("Layer 2", 3, 2, np.array([2, 2, 1, 1])),
]
HARDWARE = Hardware(
    lanes=2,
    columns=2,
    aggregation_lanes=2,
    aggregation_columns=2,
    # Half of it, 6 bytes, holds two rows of 4 · 5 bits: tiles of 2 nodes in layer 1.
    input_kib=12 / 1024,
    # Half of it, 12 bytes, holds two rows of 3 sums of 16 bits, three of 2 sums: parts of 2 nodes in both layers.
    aggregation_kib=24 / 1024,
    # Half of it, 4 bytes, holds layer 2's XW (4 · 2 · 4 bits) exactly, not layer 1's (4 · 3 · 4 bits = 6 bytes).
    combination_kib=8 / 1024,
    bandwidth_gb_s=8,
    memory_efficiency=1,
    burst_bytes=8,
    row_bytes=68,
    step_pj=2,
    add_pj=3,
    memory_pj_per_byte=5,
    activation_pj=7,
    memory_watt=0.011,
)


@pytest.fixture(scope="module")
def report() -> SimulationReport:
    return simulate(GRAPH, LAYERS, HARDWARE)


def moved(layer: LayerReport) -> dict[tuple[str, str, str], tuple[float, int, list[float]]]:
    """Of every stream: bytes of its values, bytes on the bus, and those of each tile."""
    return {
        (stream.phase, stream.direction, stream.name): (
            stream.logical,
            stream.transferred,
            pytest.approx(stream.per_tile().tolist()),
        )
        for stream in layer.streams
    }


def test_bytes_of_layer_1(report: SimulationReport) -> None:
    assert moved(report.layers[0]) == {
        # 5 · (1 + 2 + 3 + 4) = 50 bits in one burst; 15 of them are the first tile's.
        ("combination", "read", "features"): (6.25, 8, [8 * 15 / 50, 8 * 35 / 50]),
        # 4 · (32 + 4) bits.
        ("combination", "read", "step sizes and tags"): (18, 24, [12, 12]),
        # 5 · 3 · 4 bits and 3 scales of 4 bytes; they stay for the second tile.
        ("combination", "read", "weights"): (7.5 + 12, 24, [24, 0]),
        # 4 · 3 · 4 bits.
        ("combination", "write", "XW"): (6, 8, [4, 4]),
        ("aggregation", "read", "XW"): (6, 8, [4, 4]),
        # Of nodes 2 and 3 the sources are 1 and 2; node 1 lies in the other part. One row of 1.5 bytes is one burst.
        ("aggregation", "read", "rows of other parts"): (1.5, 8, [0, 8]),
        # 3 indices, 4 + 1 row pointers of 4 bytes, 3 + 4 coefficients of 1 byte; the parts have 1 and 2 edges.
        ("aggregation", "read", "edges"): (12 + 20 + 7, 40, [40 * (4 + 8) / 28, 40 * (8 + 8) / 28]),
        # What layer 2 reads: 3 · (2 + 2 + 1 + 1) bits, and 4 · (32 + 4) bits of steps and tags.
        ("aggregation", "write", "output"): (2.25 + 18, 24, [12, 12]),
    }


def test_bytes_of_layer_2(report: SimulationReport) -> None:
    """Its XW fits into the buffer, so that neither it nor rows of other parts move."""
    assert moved(report.layers[1]) == {
        ("combination", "read", "features"): (2.25, 8, [8]),
        ("combination", "read", "step sizes and tags"): (18, 24, [24]),
        ("combination", "read", "weights"): (3 + 8, 16, [16]),
        ("aggregation", "read", "edges"): (39, 40, [40 * 12 / 28, 40 * 16 / 28]),
        # 4 · 2 values of 16 bits.
        ("aggregation", "write", "output"): (16, 16, [8, 8]),
    }


def test_tiles_in_time(report: SimulationReport) -> None:
    """Loads and stores are bytes / 8, rounded up; a tile stalls where the port needs longer than the engine.

    Layer 1, combination: rows take 5 · bits · ⌈3/2⌉ = 10, 20, 30, 40 cycles, two at a time 20 and 40. Loads
    ⌈(2.4 + 12 + 24) / 8⌉ = 5 and ⌈(5.6 + 12) / 8⌉ = 3, stores ⌈4/8⌉ = 1.
    Its aggregation: ⌈7/2⌉ pairs of messages · ⌈3/2⌉ = 8 cycles, 3 of part 1 and 5 of part 2. Loads
    ⌈(4 + 17.1) / 8⌉ = 3 and ⌈(4 + 8 + 22.9) / 8⌉ = 5, stores ⌈12/8⌉ = 2.
    Layer 2, combination: 3 · bits · ⌈2/2⌉ = 6, 6, 3, 3 cycles, 6 + 3 in one tile; load (8 + 24 + 16) / 8 = 6.
    Its aggregation: ⌈7/2⌉ · 1 = 4 cycles, 1 and 3. Loads ⌈17.1/8⌉ = ⌈22.9/8⌉ = 3, stores 8/8 = 1.
    """
    tiles = report.tiles()
    assert tiles["load"].tolist() == [5, 3, 3, 5, 6, 3, 3]
    assert tiles["compute"].tolist() == [20, 40, 3, 5, 9, 1, 3]
    assert tiles["store"].tolist() == [1, 1, 2, 2, 0, 1, 1]
    # Loads of 5 beside work of 3, and of 3 beside work of 1.
    assert tiles["stall"].tolist() == [0, 0, 2, 0, 0, 2, 0]
    # Phases take 5 + 20 + 40 + 1 = 66, 3 + (3 + 2) + 5 + 2 = 15, 6 + 9 = 15 and 3 + (1 + 2) + 3 + 1 = 10 cycles.
    assert tiles["start"].tolist() == [5, 25, 66 + 3, 66 + 8, 81 + 6, 96 + 3, 96 + 6]
    # The port loads the second tile as soon as work on the first starts.
    assert tiles["load_start"].tolist() == [0, 5, 66, 66 + 3, 81, 96, 96 + 3]
    assert tiles["store_start"].tolist() == [25, 65, 66 + 8, 66 + 13, 96, 96 + 6, 96 + 9]
    assert [layer.cycles for layer in report.layers] == [66 + 15, 15 + 10]
    assert report.cycles == 106
    assert tiles["mean_bits"].tolist() == [1.5, 3.5, 1.5, 3.5, 1.5, 2, 1]


def test_what_bounds_a_layer(report: SimulationReport) -> None:
    """Layer 1 takes 60 cycles for combination, 8 for aggregation, 13 for memory; layer 2 takes 9, 4 and 12."""
    assert [layer.bound for layer in report.layers] == ["combination", "memory"]
    pruned = [replace(LAYERS[0], bits=np.zeros(4, dtype=int))]
    assert simulate(GRAPH, pruned, HARDWARE, Conventions(memory="ignored")).layers[0].bound == "aggregation"


def test_random_accesses_are_slower() -> None:
    """Eight channels open 4 rows each in 128 ns, so that bursts of 8 bytes come at 8 · 32 / 128 = 2 bytes a ns.

    The second part loads ⌈(4 + 22.9) / 8 + 8 / 2⌉ = 8 cycles.
    """
    (layer,) = simulate(GRAPH, LAYERS[:1], HARDWARE.model_copy(update={"activation_window_ns": 128})).layers
    assert layer.phases[1].load.tolist() == [3, 8]


def test_one_lane_takes_node_after_node() -> None:
    """Rows of 10, 20, 30 and 40 cycles, two to a tile."""
    (layer,) = simulate(GRAPH, LAYERS[:1], HARDWARE.model_copy(update={"lanes": 1})).layers
    assert layer.phases[0].compute.tolist() == [30, 70]


@pytest.mark.parametrize(("aggregation", "written"), [("after", (2.25 + 18, 24)), ("before", (12, 16)), ("none", None)])
def test_the_next_layer_says_how_the_output_is_written(aggregation: str, written: tuple[float, int] | None) -> None:
    """4 · 3 values at the bits of its features, with steps and tags, or of what it sums, 8; or they stay on chip."""
    following = replace(LAYERS[1], aggregation=aggregation, aggregated_bits=8)
    roomy = HARDWARE.model_copy(update={"input_kib": 1, "combination_kib": 1})
    found = moved(simulate(GRAPH, [LAYERS[0], following], roomy).layers[0]).get(("aggregation", "write", "output"))
    assert (None if found is None else found[:2]) == written


def test_causes_of_cycles(report: SimulationReport) -> None:
    causes = report.layers[0].causes
    # 2 · 2 units: 5 · 10 bits met 3 weights each; a fourth column has no weight; the quick row of each pair waits.
    assert causes["useful"] == 50 * 3 / 4
    assert causes["column_padding"] == 50 * 1 / 4
    assert causes["bit_imbalance"] == (10 + 10) / 2
    # 7 messages of 3 features on 2 · 2 adders, in 8 cycles.
    assert causes["aggregation"] == 21 / 4
    assert causes["aggregation_padding"] == 8 - 21 / 4
    assert causes["fill_drain"] == (5 + 1) + (3 + 2)
    assert causes["memory_stall"] == 2


def energy_by_hand(cycles: int, arithmetic: dict[str, float], buffers: dict[str, float], bytes_moved: int, rows: int):
    """pJ of every component; ``buffers`` in bytes, ``rows`` of memory that are opened."""
    # Weights and edges have the buffers of the default hardware.
    sizes = {"input": 12 / 1024, "weight": 48, "combination": 8 / 1024, "aggregation": 24 / 1024, "edge": 24}
    leakage = sum(leakage_mw(kib, "high-performance") for kib in sizes.values())
    return {
        **arithmetic,
        **{
            f"{name} buffer": count * read_pj_per_byte(sizes[name], "high-performance")
            for name, count in buffers.items()
        },
        "memory transfer": bytes_moved * 5,
        "memory activation": rows * 7,
        # 11 mW for so many ns, and what the buffers leak.
        "memory background": 11 * cycles,
        "buffer leakage": leakage * cycles,
    }


def test_energy_of_layer_1(report: SimulationReport) -> None:
    assert report.layers[0].energy == pytest.approx(
        energy_by_hand(
            cycles=81,
            # 50 operand bits · 3 weights; 7 messages · 3 features.
            arithmetic={"combination": 150 * 2, "aggregation": 21 * 3},
            buffers={
                # Written once, read for both blocks of columns.
                "input": 8 + 2 * 6.25,
                # 4 rows · 5 · 3 weights of half a byte, each read for 2 lanes at once.
                "weight": 24 + 60 * 0.5 / 2,
                "edge": 2 * 40,
                # Every addition reads and writes 2 bytes.
                "aggregation": 2 * 21 * 2,
                # XW out and in again, written when made, and read by every addition, half a byte each.
                "combination": (8 + 8) + 12 * 0.5 + 21 * 0.5,
            },
            bytes_moved=8 + 24 + 24 + 8 + 8 + 8 + 40 + 24,
            # One random access; the other 136 bytes are sequential and fill 2 rows of 68.
            rows=1 + 2,
        )
    )


def test_energy_of_layer_2(report: SimulationReport) -> None:
    assert report.layers[1].energy == pytest.approx(
        energy_by_hand(
            cycles=25,
            arithmetic={"combination": 3 * 6 * 2 * 2, "aggregation": 14 * 3},
            buffers={
                "input": 8 + 2.25,
                "weight": 16 + 4 * 3 * 2 * 0.5 / 2,
                "edge": 2 * 40,
                "aggregation": 2 * 14 * 2,
                "combination": 8 * 0.5 + 14 * 0.5,
            },
            bytes_moved=8 + 24 + 16 + 40 + 16,
            # 104 bytes lie in 2 rows of 68.
            rows=2,
        )
    )


def test_a_faster_clock_shortens_times_not_counts() -> None:
    """At 2 GHz memory moves 4 bytes a cycle; background and leakage follow nanoseconds, half a cycle each."""
    slow, fast = (simulate(GRAPH, LAYERS, HARDWARE.model_copy(update={"clock_ghz": ghz})) for ghz in (1, 2))
    # Loads of layer 1: 38.4 / 4, 17.6 / 4; its store 4 / 4.
    assert fast.layers[0].phases[0].load.tolist() == [10, 5]
    assert fast.layers[0].phases[0].store.tolist() == [1, 1]
    assert fast.layers[0].energy["memory background"] == pytest.approx(11 * fast.layers[0].cycles / 2)
    assert fast.layers[0].energy["combination"] == slow.layers[0].energy["combination"]
    assert fast.seconds == fast.cycles / 2 * 1e-9
    point = fast.layers[0].point
    assert (point.rate, point.peak) == (150 / (fast.layers[0].cycles / 2), 4 * 2)
    # Twice the clock is not twice the speed: memory stays as it is.
    assert speedup(fast, slow, unlocked=True) == pytest.approx(slow.cycles / (fast.cycles / 2))


def test_tile_switches_move_what_follows() -> None:
    tiles = simulate(GRAPH, LAYERS, HARDWARE.model_copy(update={"tile_switch_cycles": 10})).tiles()
    # One switch within each phase of two tiles: the second tile, and the phases after it, start later.
    assert tiles["start"].tolist() == [5, 25 + 10, 69 + 10, 74 + 20, 87 + 20, 99 + 20, 102 + 30]
    assert tiles["store_start"].tolist() == [25, 65 + 10, 74 + 10, 79 + 20, 96 + 20, 102 + 20, 105 + 30]


def test_single_buffers_do_one_thing_at_a_time() -> None:
    report = simulate(GRAPH, LAYERS[:1], HARDWARE.model_copy(update={"buffering": "single"}))
    # 5 + 20 + 1, then 3 + 40 + 1; between the tiles' work lie a store of 1 and a load of 3.
    first = report.layers[0].phases[0].pipeline
    assert (first.cycles, first.stalls.tolist()) == (70, [4, 0])
    assert first.load_starts.tolist() == [0, 26]
    assert first.starts.tolist() == [5, 29]
    assert first.store_starts.tolist() == [25, 69]


def test_weights_that_do_not_fit_are_read_again_or_the_features_are() -> None:
    """Whichever moves fewer bytes: weights once a tile, or features once for each part of the weights."""
    # 19.5 bytes of weights, 10 at a time, so in 2 pieces: 6.25 + 2 tiles · 19.5 = 45.25 against 2 · 6.25 + 19.5 = 32.
    small = HARDWARE.model_copy(update={"weight_kib": 20 / 1024})
    features_again = moved(simulate(GRAPH, LAYERS[:1], small).layers[0])
    assert features_again["combination", "read", "features"] == (12.5, 16, [16 * 15 / 50, 16 * 35 / 50])
    assert features_again["combination", "read", "weights"] == (19.5, 24, [12, 12])
    # 40 · 4 bits + 4 = 24 bytes of weights in 2 pieces of 12: 160 + 2 tiles · 24 = 208 against 2 · 160 + 24 = 344.
    wide = [Layer("Layer 1", 40, 1, np.full(4, 8))]
    roomy = HARDWARE.model_copy(update={"weight_kib": 24 / 1024, "input_kib": 160 / 1024})
    weights_again = moved(simulate(GRAPH, wide, roomy).layers[0])
    assert weights_again["combination", "read", "features"] == (160, 160, [80, 80])
    assert weights_again["combination", "read", "weights"] == (48, 48, [24, 24])
    # 8 · 3 · 4 bits + 12 = 24 bytes in 2 pieces of 12: 16 + 2 tiles · 24 = 64 against 2 · 16 + 24 = 56. A tile has 2
    # rows, one for each lane, although half of the input buffer holds one.
    near = [Layer("Layer 1", 8, 3, np.full(4, 4))]
    features_again = moved(simulate(GRAPH, near, HARDWARE.model_copy(update={"weight_kib": 24 / 1024})).layers[0])
    assert features_again["combination", "read", "features"] == (32, 32, [16, 16])
    assert features_again["combination", "read", "weights"] == (24, 24, [12, 12])


GIN = Layer("Layer 1", 4, 2, np.array([1, 2, 3, 1]), "before", own_row="extra", weighted=False, aggregated_bits=8)
# Half of 32 bytes holds 2 rows of 4 sums of 16 bits: parts of 2 nodes, where lanes take 4; half of 16 bytes does not
# hold 4 rows of 4 bytes.
GIN_HARDWARE = HARDWARE.model_copy(update={"lanes": 4, "aggregation_kib": 32 / 1024, "input_kib": 16 / 1024})


def test_a_group_of_lanes_counts_where_its_last_row_is() -> None:
    """The lanes take all 4 nodes at once, 4 · (1, 2, 3, 1) cycles: 12, which end in the second part.

    Sums before the map: ⌈7/2⌉ pairs of messages · ⌈4/2⌉ = 8 cycles, 3 of the first part and 5 of the second.
    """
    (layer,) = simulate(GRAPH, [GIN], GIN_HARDWARE).layers
    (phase,) = layer.phases
    assert layer.partition.bounds.tolist() == [0, 2, 4]
    assert phase.compute.tolist() == [3, 5 + 12]
    overlapped = simulate(GRAPH, [GIN], GIN_HARDWARE, Conventions(phases="overlapped")).layers[0].phases[0]
    # Sums 3 and 5, and maps 0 and 12 one step behind.
    assert overlapped.compute.tolist() == [3, 5, 12]


def test_bytes_of_a_layer_that_aggregates_first() -> None:
    (layer,) = simulate(GRAPH, [GIN], GIN_HARDWARE).layers
    assert moved(layer) == {
        ("combination", "read", "features"): (16, 16, [8, 8]),
        ("combination", "read", "rows of other parts"): (4, 8, [0, 8]),
        # 4 · 2 · 4 bits and 2 scales; no coefficients beside the 3 indices and 5 row pointers.
        ("combination", "read", "weights"): (4 + 8, 16, [16, 0]),
        ("combination", "read", "edges"): (12 + 20, 32, [32 * 12 / 28, 32 * 16 / 28]),
        ("combination", "write", "output"): (16, 16, [8, 8]),
    }
    # With a buffer of 12 bytes, weights of 12 bytes come once a part.
    tight = simulate(GRAPH, [GIN], GIN_HARDWARE.model_copy(update={"weight_kib": 12 / 1024})).layers[0]
    assert moved(tight)["combination", "read", "weights"] == (24, 24, [12, 12])


def test_overlapped_phases_run_a_tile_apart() -> None:
    """Combination 20 and 40 cycles, sums 4 and 4: the second engine is one tile behind."""
    report = simulate(GRAPH, LAYERS[:1], HARDWARE, Conventions(phases="overlapped", memory="ignored"))
    (phase,) = report.layers[0].phases
    assert phase.compute.tolist() == [20, 40, 4]
    assert phase.bounds.tolist() == [0, 2, 4, 4]
    causes = report.layers[0].causes
    assert causes["useful"] == 37.5
    # Of 8 cycles of sums, 4 are not hidden.
    assert causes["aggregation"] == pytest.approx(21 / 4 / 2)


def test_overlapped_phases_load_a_tile_apart() -> None:
    """What the sums read and write, 8 + 8 + 40 and 24 bytes, comes by rows, half with the second tile, half after it.

    Loads ⌈38.4/8⌉, ⌈17.6/8 + 28/8⌉ and ⌈28/8⌉, stores ⌈4/8⌉, ⌈4/8 + 12/8⌉ and ⌈12/8⌉.
    """
    (phase,) = simulate(GRAPH, LAYERS[:1], HARDWARE, Conventions(phases="overlapped")).layers[0].phases
    assert phase.load.tolist() == [5, 6, 4]
    assert phase.store.tolist() == [1, 2, 2]
    assert phase.cycles == 5 + 20 + 40 + 4 + 2


def test_cycles_of_nodes_in_lockstep(report: SimulationReport) -> None:
    """Rows of 10, 20, 30 and 40 cycles in pairs: the slower one of each makes the other wait for 10."""
    nodes = report.layers[0].nodes
    assert nodes.own.tolist() == [5, 10, 15, 20]
    assert nodes.caused.tolist() == [0, 5, 0, 5]
    assert nodes.waited.tolist() == [5, 0, 5, 0]
    # 8 cycles for 1, 2, 2 and 2 messages, in whole ones.
    assert nodes.aggregation.tolist() == [1, 2, 2, 3]


def test_cycles_of_nodes_in_a_queue() -> None:
    """Rows of 10, 20, 30 and 40 on two lanes: 10 + 30 and 20 + 40, so 60, of which 50 are work."""
    (layer,) = simulate(GRAPH, LAYERS[:1], HARDWARE, Conventions(lane_sync="queue")).layers
    assert layer.combination.cycles == 60
    assert layer.nodes.caused.tolist() == [0, 0, 0, 10]
    assert layer.nodes.waited.tolist() == [2.5] * 4


def test_zeros_are_skipped_or_counted() -> None:
    """Of 5 values a row 3, 0, 5 and 1 are not zero, at 1, 2, 3 and 4 bits: 3 + 0 + 15 + 4 of 50 bits are useful."""
    layers = [replace(LAYERS[0], nonzeros=np.array([3, 0, 5, 1]))]
    dense = simulate(GRAPH, layers, HARDWARE).layers[0]
    assert dense.combination.unit_cycles["useful"] == 22 * 3
    assert dense.combination.unit_cycles["zeros"] == 28 * 3
    assert dense.utilisation == 22 * 3 / (4 * 60)
    skipped = simulate(GRAPH, layers, HARDWARE, Conventions(zero_skipping=True)).layers[0]
    # Rows take bits · ⌈3/2⌉ = 6, 0, 30 and 8 cycles.
    assert skipped.combination.cycles == 6 + 30
    assert skipped.combination.steps == 22 * 3
    # 9 operands meet 3 weights each.
    assert skipped.combination.weights == 9 * 3


def test_roofline_of_layer_1(report: SimulationReport) -> None:
    point = report.layers[0].point
    # 150 steps, 144 bytes, 81 ns; 2 · 2 steps and 8 bytes a ns at most.
    assert (point.intensity, point.rate, point.peak, point.bandwidth) == (150 / 144, 150 / 81, 4, 8)
    assert point.ridge == 0.5
    assert point.bound == "compute"


def test_operands_that_do_not_fill_their_slots() -> None:
    """Lanes of 2 operands take 5 features in 3 steps, so that 6 slots hold 5; 3 weights leave one column of 4 empty."""
    (layer,) = simulate(GRAPH, LAYERS[:1], HARDWARE.model_copy(update={"operands": 2})).layers
    assert layer.combination.times.tolist() == [6, 12, 18, 24]
    assert layer.combination.cycles == 12 + 24
    assert layer.combination.unit_cycles == {
        "useful": 5 * 10 * 3,
        "zeros": 0,
        "operand_rounding": 1 * 10 * 3,
        "column_padding": 6 * 10 * 1,
        # The quick lane of each pair waits for 6 cycles, 2 columns of 2 operands.
        "bit_imbalance": (6 + 6) * 4,
    }


def test_a_pruned_node_reads_no_weights() -> None:
    layers = [replace(LAYERS[0], bits=np.array([0, 2, 3, 4]))]
    assert simulate(GRAPH, layers, HARDWARE).layers[0].combination.weights == 3 * 5 * 3


def test_nodes_by_falling_bits() -> None:
    """Rows of 1, 4, 2 and 3 bits take 10, 40, 20 and 30 cycles: in pairs 40 + 30, sorted 40 + 20."""
    layers = [replace(LAYERS[0], bits=np.array([1, 4, 2, 3]))]
    by_number = simulate(GRAPH, layers, HARDWARE).layers[0]
    assert by_number.combination.cycles == 70
    by_bits = simulate(GRAPH, layers, HARDWARE, Conventions(node_order="bits")).layers[0]
    assert by_bits.partition.order is not None
    assert by_bits.partition.order.tolist() == [1, 3, 2, 0]
    assert by_bits.combination.cycles == 60
    assert by_bits.lanes.tolist() == [[40, 30], [20, 10]]
    assert by_bits.tiles()["mean_bits"].tolist()[:2] == [3.5, 1.5]
    # Nodes 1 and 3 sum over 0 and 2, which lie in the other part, nodes 2 and 0 over 1.
    assert by_bits.partition.external.tolist() == [2, 1]
    assert by_bits.partition.edges.tolist() == [2, 1]
    # Three rows of 1.5 bytes, each a burst of its own.
    assert moved(by_bits)["aggregation", "read", "rows of other parts"] == (4.5, 24, [16, 8])
    # 5 features of each node's bits, by number of node.
    assert by_bits.feature_bytes.tolist() == [5 / 8, 20 / 8, 10 / 8, 15 / 8]
    # The slower of each pair, nodes 1 and 2, makes the other wait for 10 cycles.
    assert by_bits.nodes.caused.tolist() == [0, 5, 5, 0]
    assert by_bits.nodes.waited.tolist() == [5, 0, 0, 5]


def test_nodes_of_equal_bits_by_falling_non_zeros() -> None:
    layers = [replace(LAYERS[0], bits=np.array([2, 4, 2, 2]), nonzeros=np.array([1, 0, 5, 3]))]
    order = simulate(GRAPH, layers, HARDWARE, Conventions(node_order="bits")).layers[0].partition.order
    assert order is not None
    assert order.tolist() == [1, 2, 3, 0]


def test_a_systolic_array_takes_every_node_for_its_widest() -> None:
    """4 · 5 by 5 · 3 values on 2 · 2 cells: ⌈4/2⌉ · ⌈3/2⌉ · (5 + 2 + 2 − 2) − 1 = 27 cycles for 8 bits, twice for 9."""
    layers = [replace(LAYERS[0], bits=np.array([1, 2, 9, 4]), nonzeros=np.array([5, 5, 5, 1]))]
    (layer,) = simulate(GRAPH, layers, HARDWARE.model_copy(update={"engine": "systolic", "operands": 3})).layers
    assert layer.combination.cycles == 2 * 27
    wide = [replace(layers[0], weight_bits=8)]
    (two_passes,) = simulate(GRAPH, wide, HARDWARE.model_copy(update={"engine": "systolic"})).layers
    assert two_passes.combination.cycles == 4 * 27
    # Each cell takes one operand a cycle; 4 of 20 values are zero.
    assert layer.combination.unit_cycles["useful"] == 2 * 16 * 3
    assert layer.combination.unit_cycles["zeros"] == 2 * 4 * 3
    assert sum(layer.combination.unit_cycles.values()) == 54 * 4


def test_zeros_are_skipped_in_sums_before_the_map() -> None:
    """Nodes 0 to 3 have 1, 4, 0 and 3 values that are not zero, so 1, 2, 0 and 2 blocks of 2 columns.

    With its own row a node sums 1, 1 + 2, 2 + 0 and 0 + 2 blocks: 8 on 2 lanes, and 1, 5, 4 and 3 values.
    """
    layers = [replace(GIN, aggregated_nonzeros=np.array([1, 4, 0, 3]))]
    found = simulate(GRAPH, layers, GIN_HARDWARE, Conventions(zero_skipping=True)).layers[0].aggregation
    assert found.cycles == 4
    assert found.additions == 13
    # Without: 7 messages of 4 values, 2 blocks each.
    dense = simulate(GRAPH, layers, GIN_HARDWARE).layers[0].aggregation
    assert (dense.cycles, dense.additions) == (8, 28)


def test_a_self_loop_takes_the_place_of_the_nodes_own_row() -> None:
    """0 → 1 and 1 → 1: with a row of its own each node has 1 and 2 messages, beside all edges 1 and 3."""
    graph = Adjacency.from_edges(np.array([[0, 1], [1, 1]]), 2)
    layer = Layer("Layer 1", 4, 2, np.array([1, 1]), "before", aggregated_nonzeros=np.array([2, 3]))
    skipping = Conventions(zero_skipping=True)
    for own_row, messages, additions in (("loop", [1, 2], 2 + 5), ("extra", [1, 3], 2 + 8), ("none", [0, 2], 5)):
        counted = replace(layer, own_row=own_row)
        assert counted.arrivals(graph).tolist() == messages
        assert simulate(graph, [counted], HARDWARE, skipping).layers[0].aggregation.additions == additions


def test_wide_values_are_summed_in_passes() -> None:
    """32 bits on adders of 16: twice the cycles, additions and room; 7 messages of 3 features in ⌈7/2⌉ · 2 · 2."""
    layers = [replace(LAYERS[0], aggregated_bits=32)]
    roomy = HARDWARE.model_copy(update={"combination_kib": 1, "aggregation_kib": 48 / 1024})
    (layer,) = simulate(GRAPH, layers, roomy).layers
    assert (layer.aggregation.cycles, layer.aggregation.additions) == (16, 42)
    # A row of sums takes 3 · 2 · 2 bytes, so that half of 48 bytes holds two.
    assert layer.partition.bounds.tolist() == [0, 2, 4]


def test_a_gcn_that_aggregates_first() -> None:
    """(AX)W: 5 columns are summed before the map, at the widest node's bits, where zeros of X count."""
    layers = [replace(LAYERS[0], nonzeros=np.array([1, 5, 0, 3]), aggregated_bits=8)]
    hardware = HARDWARE.model_copy(update={"order": "aggregation-first", "aggregation_kib": 1})
    (layer,) = simulate(GRAPH, layers, hardware, Conventions(zero_skipping=True)).layers
    assert (layer.layer.aggregation, layer.layer.aggregated_bits) == ("before", 4)
    # Own rows 1 + 5 + 0 + 3, and 1 + 5 + 0 over the edges.
    assert layer.aggregation.additions == 9 + 6
    # How many sums are zero is not known: every operand counts.
    assert layer.combination.steps == 50 * 3


def test_parallel_edges_are_messages_of_their_own() -> None:
    graph = Adjacency.from_edges(np.array([[0, 0, 0], [1, 1, 1]]), 2)
    assert graph.num_edges == 3
    assert graph.arriving.tolist() == [0, 3]


def test_kinds_of_input_and_their_conventions() -> None:
    """Only 0/1 features take 1 bit; the bits that stand in are those of the next layer that has its own."""
    real = replace(LAYERS[0], bits=np.full(4, 32), values="real", kept=True)
    mapped = replace(LAYERS[0], bits=np.full(4, 32), kept=True, aggregation="none")

    def bits(first_input: str) -> list[list[int]]:
        layers = [real, mapped, replace(LAYERS[0], bits=np.array([3, 1, 2, 1]))]
        roomy = HARDWARE.model_copy(update={"input_kib": 1})
        found = simulate(GRAPH, layers, roomy, Conventions(first_input=first_input))
        return [layer.layer.bits.tolist() for layer in found.layers]

    assert bits("learned") == [[3, 1, 2, 1]] * 3
    assert bits("one-bit") == [[32] * 4, [32] * 4, [3, 1, 2, 1]]
    assert bits("reference") == [[4] * 4, [32] * 4, [3, 1, 2, 1]]


def test_the_trace_shows_every_tile_where_it_is(report: SimulationReport) -> None:
    """Of each track: when something starts, and how long it takes; see :func:`test_tiles_in_time`."""
    events = [event for event in json.loads(chrome_trace(report))["traceEvents"] if event["ph"] == "X"]
    tracks = [[(event["ts"], event["dur"]) for event in events if event["tid"] == track] for track in range(3)]
    assert tracks == [
        [(0, 5), (5, 3), (66, 3), (69, 5), (81, 6), (96, 3), (99, 3)],
        [(5, 20), (25, 40), (69, 3), (74, 5), (87, 9), (99, 1), (102, 3)],
        [(25, 1), (65, 1), (74, 2), (79, 2), (102, 1), (105, 1)],
    ]
