from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2q.accelerator import CAUSES, Adjacency, Conventions, Hardware, Layer, simulate
from a2q.accelerator.layers import uniform
from a2q.accelerator.partition import partition

SEEDS = st.integers(0, 2**32 - 1)


def stepped(graph: Adjacency, layer: Layer, hardware: Hardware, sync: str) -> tuple[int, int]:
    """Cycles of combination and edge-parallel aggregation, counted one by one on plain lists."""
    combination = 0
    waiting = list(range(graph.num_nodes))
    lanes: list[list[int]] = [[] for _ in range(hardware.lanes)]
    while waiting or any(lanes):
        if sync == "queue" or not any(lanes):
            for lane in lanes:
                while not lane and waiting:
                    # What is left of this row: one entry for every cycle, one bit of a group of operands each.
                    node = waiting.pop(0)
                    for _ in range(0, layer.d_out, hardware.columns):
                        for _ in range(0, layer.d_in, hardware.operands):
                            for _ in range(0, layer.weight_bits, hardware.native_weight_bits):
                                lane += [node] * int(layer.bits[node])
                    if sync == "lockstep":
                        break
        if not any(lanes):
            continue
        for lane in lanes:
            if lane:
                lane.pop()
        combination += 1
    messages = [(node, node) for node in range(graph.num_nodes)]
    for node in range(graph.num_nodes):
        for source in graph.indices[graph.indptr[node] : graph.indptr[node + 1]].tolist():
            if source != node:
                messages.append((source, node))
    aggregation = 0
    while messages:
        del messages[: hardware.aggregation_lanes]
        for _ in range(0, layer.d_out, hardware.aggregation_columns):
            for _ in range(0, layer.aggregated_bits, hardware.sum_bits):
                aggregation += 1
    return combination, aggregation


@pytest.mark.parametrize("sync", ["lockstep", "queue"])
def test_it_is_what_an_accelerator_does_cycle_by_cycle(draw: SimpleNamespace, sync: str) -> None:
    rng = np.random.default_rng(7)
    for _ in range(60):
        graph = draw.graph(rng)
        layers = draw.layers(rng, graph.num_nodes, "gcn")
        hardware = draw.hardware(rng)
        report = simulate(graph, layers, hardware, Conventions(lane_sync=sync, memory="ignored"))
        expected = [stepped(graph, layer, hardware, sync) for layer in layers]
        assert [(layer.combination.cycles, layer.aggregation.cycles) for layer in report.layers] == expected
        assert report.cycles == sum(map(sum, expected))


@given(SEEDS)
def test_everything_sums_to_the_whole(draw: SimpleNamespace, seed: int) -> None:
    rng = np.random.default_rng(seed)
    # Two or three layers each: 1,000 layers in all.
    for _ in range(4):
        graph = draw.graph(rng, 20)
        conventions = draw.conventions(rng)
        report = simulate(graph, draw.layers(rng, graph.num_nodes), draw.hardware(rng), conventions)
        for layer in report.layers:
            assert isinstance(layer.cycles, int)
            assert sum(layer.causes.values()) == pytest.approx(layer.cycles)
            assert all(cycles >= -1e-9 for cycles in layer.causes.values())
            assert layer.transferred_bytes == sum(int(stream.per_tile().sum().round()) for stream in layer.streams)
            assert all(stream.transferred >= stream.logical for stream in layer.streams)
            nodes = layer.nodes
            assert (nodes.own + nodes.caused).sum() == pytest.approx(layer.combination.cycles)
            assert nodes.aggregation.sum() == layer.aggregation.cycles
            if conventions.phases == "sequential":
                assert nodes.total.sum() == pytest.approx(layer.compute_cycles)
        assert report.cycles == sum(layer.cycles for layer in report.layers)
        assert set(report.causes) == set(CAUSES)
        assert sum(report.causes.values()) == pytest.approx(report.cycles)


@given(SEEDS)
def test_slower_memory_is_never_faster(draw: SimpleNamespace, seed: int) -> None:
    rng = np.random.default_rng(seed)
    hardware = draw.hardware(rng)
    given = hardware.model_dump()
    slower = [
        Hardware(**given | {"bandwidth_gb_s": hardware.bandwidth_gb_s / 3}),
        Hardware(**given | {"random_latency_ns": 900.0, "sequential_latency_ns": 900.0}),
        Hardware(**given | {"buffering": "single"}),
        Hardware(**given | {"tile_switch_cycles": 9}),
    ]
    # As fast as numbers go: what is left is the cycle that every transfer takes at least.
    quick = Hardware(**given | {"bandwidth_gb_s": 1e9, "outstanding_kib": 65536, "memory_channels": 1024})
    # Seven simulations each: 1,400 in all.
    for _ in range(2):
        graph = draw.graph(rng, 20)
        layers = draw.layers(rng, graph.num_nodes)
        conventions = draw.conventions(rng, memory="stalls")
        cycles = simulate(graph, layers, hardware, conventions).cycles
        assert all(simulate(graph, layers, other, conventions).cycles >= cycles for other in slower)
        assert simulate(graph, layers, quick, conventions).cycles <= cycles
        ignored = simulate(graph, layers, hardware, Conventions(**conventions.model_dump() | {"memory": "ignored"}))
        assert ignored.cycles <= cycles
        assert ignored.causes["memory_stall"] == ignored.causes["fill_drain"] == 0


@given(SEEDS)
def test_halving_a_buffer_never_saves_rows_of_other_parts(draw: SimpleNamespace, seed: int) -> None:
    """True where parts are nested; with other sizes parts shift, and a smaller buffer can happen to do better."""
    rng = np.random.default_rng(seed)
    for _ in range(draw.batch):
        graph = draw.graph(rng, 30)
        layer = Layer("Layer 1", 4, 8, rng.integers(0, 5, size=graph.num_nodes))
        order, rows = str(rng.choice(["id", "bits"])), int(rng.integers(1, 9))
        fetched = [int(partition(graph, layer, order, rows * times).external.sum()) for times in (1, 2, 4)]
        assert fetched == sorted(fetched, reverse=True)


def test_equal_bits_make_per_node_and_uniform_formats_alike(tiny) -> None:
    graph, layers = tiny(bits=(3, 3, 3, 3), node_steps=False)
    bytes_moved = {
        name: simulate(graph, layers, conventions=Conventions(feature_format=name)).transferred_bytes
        for name in ("per-node", "uniform")
    }
    assert bytes_moved["per-node"] == bytes_moved["uniform"]


def test_condensed_rows_come_in_one_stream(tiny) -> None:
    graph, layers = tiny(d_out=64)
    hardware = Hardware(lanes=1, aggregation_kib=0.25, combination_kib=0.07)
    streams = {
        gather: [
            stream
            for stream in simulate(graph, layers, hardware, Conventions(gather=gather)).layers[0].streams
            if stream.name == "rows of other parts"
        ]
        for gather in ("random", "condensed")
    }
    (alone,) = streams["random"]
    assert (alone.logical, alone.transferred, alone.chunk, alone.accesses) == (3 * 32, 3 * 64, 64, 3)
    assert [(stream.direction, stream.logical, stream.chunk) for stream in streams["condensed"]] == [
        ("write", 3 * 32, None),
        ("read", 3 * 32, None),
    ]


def test_hubs_keep_lanes_waiting_where_each_sums_for_one_node() -> None:
    edges = np.array([range(1, 9), [0] * 8])
    graph = Adjacency.from_edges(edges, 9)
    layers = [Layer("Layer 1", 4, 16, np.ones(9, dtype=int))]
    hardware = Hardware(aggregation_lanes=4)
    report = {
        kind: simulate(graph, layers, hardware, Conventions(aggregation=kind)).layers[0].aggregation
        for kind in ("edge-parallel", "vertex-parallel", "ideal")
    }
    assert report["vertex-parallel"].cycles == 9 + 1 + 1
    assert report["vertex-parallel"].causes["hub_imbalance"] == 11 - 17 / 4
    assert report["edge-parallel"].cycles == report["ideal"].cycles == 5


def test_attention_adds_scores_and_exponentials(tiny) -> None:
    graph, layers = tiny(d_out=16)
    _, with_heads = tiny(d_out=16, heads=2)
    plain, attending = (simulate(graph, one).layers[0].aggregation for one in (layers, with_heads))
    # 3 edges and 4 self-loops, 2 heads: 14 exponentials, 28 additions of scores, 4·16·2 products with both vectors.
    assert attending.exponentials == 14
    assert attending.additions - plain.additions == 28 + 128
    assert attending.causes["attention"] == attending.cycles - plain.cycles == 1 + 1


def test_overlapped_phases_hide_the_shorter_one(draw: SimpleNamespace) -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        graph = draw.graph(rng)
        layers = draw.layers(rng, graph.num_nodes)
        hardware = draw.hardware(rng)
        one, two = (
            simulate(graph, layers, hardware, Conventions(phases=phases, memory="ignored"))
            for phases in ("sequential", "overlapped")
        )
        longest = sum(max(layer.combination.cycles, layer.aggregation.cycles) for layer in one.layers)
        assert longest <= two.cycles <= one.cycles


def test_aggregation_first_sums_the_wide_input(tiny) -> None:
    graph, layers = tiny(d_in=1433, d_out=16)
    own = simulate(graph, layers).layers[0].aggregation
    other = simulate(graph, layers, Hardware(order="aggregation-first")).layers[0]
    assert other.aggregation.additions == own.additions * 1433 / 16
    assert other.layer.aggregation == "before"
    _, gat = tiny(heads=2)
    assert simulate(graph, gat, Hardware(order="aggregation-first")).layers[0].layer.aggregation == "after"


def test_metis_parts_have_few_neighbours_outside() -> None:
    pytest.importorskip("pymetis")
    # Eight rings of 32 nodes whose numbers are mixed.
    rng = np.random.default_rng(0)
    ring = np.arange(256)
    following = ring // 32 * 32 + (ring + 1) % 32
    names = rng.permutation(256)
    graph = Adjacency.from_edges(names[np.stack([np.r_[ring, following], np.r_[following, ring]])], 256)
    layers = [Layer("Layer 1", 4, 16, rng.integers(1, 5, size=256))]
    hardware = Hardware(aggregation_kib=2.5, lanes=8)
    external = {}
    for order in ("id", "metis", "metis-bits"):
        made = simulate(graph, layers, hardware, Conventions(node_order=order)).layers[0].partition
        assert np.diff(made.bounds).max() <= 40
        external[order] = int(made.external.sum())
    assert external["metis"] == external["metis-bits"] < external["id"] / 4


def test_external_sources_are_counted_once_each() -> None:
    # Part 0 is nodes 0 and 1, part 1 nodes 2 and 3.
    graph = Adjacency.from_edges(np.array([[2, 2, 3, 1, 0, 3], [0, 1, 0, 0, 2, 3]]), 4)
    hardware = Hardware(lanes=2, aggregation_kib=4 * 16 * 2 / 1024)
    layer = simulate(graph, [Layer("Layer 1", 4, 16, np.ones(4, dtype=int))], hardware).layers[0]
    assert layer.partition.external.tolist() == [2, 1]
    assert layer.partition.edges.tolist() == [4, 2]


def test_networks_of_one_bitwidth_keep_what_is_not_quantized(tiny) -> None:
    _, layers = tiny(kept=True, values="binary", bits=(1, 1, 1, 1))
    assert uniform(layers, 4, quantize_input=False)[0].bits.tolist() == [1] * 4
    quantized = uniform(layers, 4)[0]
    assert (quantized.bits.tolist(), quantized.kept, quantized.weight_bits) == ([4] * 4, False, 4)


@pytest.mark.parametrize(
    ("convention", "bits"),
    [("learned", [5, 6, 7, 8]), ("stored", [1] * 4), ("one-bit", [1] * 4), ("reference", [4] * 4)],
)
def test_layer_1_has_the_bits_its_convention_says(tiny, convention: str, bits: list[int]) -> None:
    graph, layers = tiny(bits=(1, 1, 1, 1), kept=True, values="binary")
    _, following = tiny(bits=(5, 6, 7, 8))
    report = simulate(graph, [*layers, *following], conventions=Conventions(first_input=convention))
    assert report.layers[0].layer.bits.tolist() == bits
    assert report.layers[1].layer.bits.tolist() == [5, 6, 7, 8]
