import numpy as np
import pytest

from a2q.accelerator import CAUSES, Adjacency, Conventions, Hardware, Layer, SimulationReport, simulate
from a2q.accelerator.layers import uniform
from a2q_studio.charts import palette
from a2q_studio.pages.accelerator.charts.amounts import byte_table, energy_table, moved_bytes, spent_energy
from a2q_studio.pages.accelerator.charts.causes import LOOKS, cause_table, cycle_causes
from a2q_studio.pages.accelerator.charts.lanes import lane_heatmap, lane_sweep, lane_table
from a2q_studio.pages.accelerator.charts.node_map import node_costs, node_map
from a2q_studio.pages.accelerator.charts.roofline import CLASSIC_BITS, roofline, roofline_table
from a2q_studio.pages.accelerator.charts.timeline import MOST_TILES, timeline

OWN = "This run"
LIGHT = palette("light")


def reports(hardware: Hardware | None = None, **given: object) -> dict[str, SimulationReport]:
    """A²Q-like bits on a ring of 40 nodes, and 4 bits everywhere."""
    ring = np.arange(40)
    graph = Adjacency.from_edges(np.stack([ring, (ring + 1) % 40]), 40)
    bits = np.random.default_rng(0).integers(0, 5, size=40)
    layers = [Layer("Layer 1", 30, 16, bits), Layer("Layer 2", 16, 7, bits)]
    conventions = Conventions(**given)
    return {
        name: simulate(graph, made, hardware, conventions)
        for name, made in (("uniform INT4", uniform(layers, 4)), (OWN, layers))
    }


def text(figure) -> str:
    return figure.layout.title.text.replace("<br>", " ")


def test_every_cause_has_a_look() -> None:
    assert set(LOOKS) == set(CAUSES)
    assert len(set(LOOKS.values())) == len(LOOKS), "no two causes look alike"


@pytest.mark.parametrize("shares", [False, True])
def test_causes_stack_to_the_cycles(shares: bool) -> None:
    found = reports()
    figure = cycle_causes(found, OWN, LIGHT, shares)
    totals: dict[tuple[str, str], float] = {}
    for trace in figure.data:
        for layer, name, value in zip(*trace.x, trace.y, strict=True):
            totals[layer, name] = totals.get((layer, name), 0) + value
    short = {"uniform INT4": "INT4", OWN: OWN}
    for name, report in found.items():
        for layer in report.layers:
            expected = layer.cycles / report.cycles if shares else layer.cycles
            assert totals[layer.layer.name, short[name]] == pytest.approx(expected)
    assert f"of {found[OWN].cycles:,} cycles are" in text(figure)
    table = cause_table(found)
    assert table[table["network"] == OWN]["cycles"].sum() == pytest.approx(found[OWN].cycles)


@pytest.mark.parametrize("logical", [False, True])
def test_bytes_stack_to_what_is_moved(logical: bool) -> None:
    found = reports()
    figure = moved_bytes(found, OWN, logical, LIGHT)
    place = list(found).index(OWN)
    total = sum(trace.y[place] for trace in figure.data) * 1024
    layers = found[OWN].layers
    expected = sum(layer.logical_bytes for layer in layers) if logical else found[OWN].transferred_bytes
    assert total == pytest.approx(expected)
    assert byte_table(found).query("network == @OWN")["transferred_bytes"].sum() == found[OWN].transferred_bytes


def test_energy_stacks_and_carries_its_uncertainty() -> None:
    found = reports()
    figure = spent_energy(found, OWN, LIGHT)
    place = list(found).index(OWN)
    assert sum(trace.y[place] for trace in figure.data) == pytest.approx(sum(found[OWN].energy.values()) / 1e6)
    assert "within a factor of 2" in text(figure)
    assert "±2×" in figure.layout.yaxis.title.text
    assert energy_table(found)["nanojoules"].min() >= 0


def test_points_lie_below_the_roof() -> None:
    found = reports()
    figure = roofline(found, OWN, LIGHT)
    roof = figure.data[0]
    assert max(roof.y) == 256
    table = roofline_table(found)
    point = found[OWN].point
    assert (table["steps_per_ns"] <= np.minimum(point.peak, table["steps_per_byte"] * point.bandwidth) + 1e-9).all()
    assert len(figure.data) == 1 + len(found)
    classic = roofline(found, OWN, LIGHT, classic=True)
    peaks = [max(trace.y) for trace in classic.data[: len(CLASSIC_BITS)]]
    assert peaks == [256 / bits for bits in CLASSIC_BITS]


def test_tiles_are_coloured_by_bits_and_end_in_time() -> None:
    hardware = Hardware(lanes=4, input_kib=0.25, bandwidth_gb_s=1)
    report = reports(hardware)[OWN]
    tiles = report.tiles()
    figure = timeline(tiles, report.cycles, LIGHT)
    load, work, store, stall = figure.data
    assert set(work.marker.color) <= set(LIGHT.bits.values())
    for trace in (load, work, store):
        ends = np.asarray(trace.base) + np.asarray(trace.x)
        assert ends.max() <= report.cycles
    assert sum(stall.x) == report.causes["memory_stall"]
    many = tiles.loc[tiles.index.repeat(MOST_TILES)].reset_index(drop=True)
    assert f"the first {MOST_TILES} of" in text(timeline(many, report.cycles, LIGHT))


def test_lanes_show_who_waits() -> None:
    layer = reports(Hardware(lanes=8))[OWN].layers[0]
    figure = lane_heatmap(layer, LIGHT)
    bits, waits = (np.asarray(trace.z) for trace in figure.data)
    assert bits.shape == waits.shape == (8, 5)
    assert bits[:, 0].tolist() == layer.layer.bits[:8].tolist()
    assert (waits.min(0) == 0).all(), "the slowest never waits"
    busy = 1 - layer.combination.times.sum() / (layer.combination.cycles * 8)
    assert f"{busy:.0%} of lane time" in text(figure)
    table = lane_table(layer)
    assert table["waits"].sum() == layer.combination.cycles * 8 - layer.combination.times.sum()
    by_bits = reports(Hardware(lanes=8), node_order="bits")[OWN].layers[0]
    assert lane_table(by_bits)["waits"].sum() < table["waits"].sum()


def test_a_large_graph_shows_some_of_its_groups() -> None:
    nodes = 1000
    ring = np.arange(nodes)
    graph = Adjacency.from_edges(np.stack([ring, (ring + 1) % nodes]), nodes)
    layer = Layer("Layer 1", 4, 4, np.ones(nodes, dtype=int))
    made = simulate(graph, [layer], Hardware(lanes=1)).layers[0]
    figure = lane_heatmap(made, LIGHT)
    assert "every 3th group drawn" in text(figure)
    assert figure.data[0].z.shape == (1, 334)


def test_lines_of_lanes() -> None:
    lines = {"dataset's order": {count: reports(Hardware(lanes=count))[OWN] for count in (1, 4)}}
    references = {count: reports(Hardware(lanes=count))["uniform INT4"] for count in (1, 4)}
    figure = lane_sweep(lines, references, LIGHT)
    (line,) = figure.data
    assert list(line.x) == [1, 4]
    assert line.y[0] == pytest.approx(references[1].cycles / lines["dataset's order"][1].cycles)
    assert text(figure).startswith(f"In the dataset's order 1 lane gain {line.y[0]:.2f}×")


@pytest.mark.parametrize("colour_by", ["share", "waited"])
def test_the_map_has_every_node_once(colour_by: str) -> None:
    report = reports()[OWN]
    costs = node_costs(report, np.full(40, 1))
    assert costs["share"].sum() == pytest.approx(1)
    assert costs["waited"].to_numpy() == pytest.approx(report.node_waited)
    figure = node_map(costs, np.random.default_rng(0).random((40, 2)), colour_by, LIGHT)
    (points,) = figure.data
    assert sorted(row[0] for row in points.customdata) == list(range(40))
    assert (np.diff(points.marker.color) >= 0).all(), "the costly ones lie on top"
