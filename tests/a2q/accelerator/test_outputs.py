"""What leaves a report: JSON, tables, traces, sources of numbers."""

import itertools
import json
import re

import numpy as np
import pytest

from a2q.accelerator import CAUSES, Conventions, Hardware, simulate
from a2q.accelerator.comparison import SWITCHES, by_lanes, by_switch
from a2q.accelerator.export import chrome_trace, dram_trace
from a2q.accelerator.hardware import unit_of
from a2q.accelerator.layers import uniform
from a2q.accelerator.presets import MARKS, PRESETS, marks


@pytest.fixture
def report(draw):
    rng = np.random.default_rng(5)
    graph = draw.graph(rng)
    hardware = Hardware(lanes=4, input_kib=0.25, aggregation_kib=0.5, combination_kib=0.25, bandwidth_gb_s=4)
    return simulate(graph, draw.layers(rng, graph.num_nodes, "gcn"), hardware)


def test_json_has_everything_the_numbers_depend_on(report) -> None:
    found = json.loads(json.dumps(report.to_dict()))
    assert Hardware(**found["hardware"]).digest == found["hardware_digest"] == report.hardware.digest
    assert Conventions(**found["conventions"]) == report.conventions
    assert found["cycles"] == sum(layer["cycles"] for layer in found["layers"])
    assert sum(found["causes"].values()) == pytest.approx(found["cycles"])
    assert found["transferred_bytes"] == sum(
        stream["transferred_bytes"] for layer in found["layers"] for stream in layer["streams"]
    )
    assert found["energy_uncertainty"] == "within a factor of 2"


def test_the_table_has_a_row_for_each_layer(report) -> None:
    table = report.table()
    assert table["cycles"].tolist() == [layer.cycles for layer in report.layers]
    assert np.allclose(table[[f"{cause}_cycles" for cause in CAUSES]].sum(axis=1), table["cycles"])


def test_tiles_follow_each_other(report) -> None:
    tiles = report.tiles()
    assert (tiles["start"].diff().dropna() >= 0).all()
    last = tiles.iloc[-1]
    assert last["start"] + last["compute"] + last["stall"] + last["store"] == report.cycles
    assert tiles.groupby(["layer", "phase"])["rows"].sum().eq(report.num_nodes).all()
    assert len(tiles) > 8


@pytest.mark.parametrize("buffering", ["double", "single"])
def test_the_trace_opens_in_perfetto(draw, buffering: str) -> None:
    rng = np.random.default_rng(5)
    graph = draw.graph(rng)
    hardware = Hardware(lanes=4, input_kib=0.25, combination_kib=0.25, bandwidth_gb_s=4, buffering=buffering)
    report = simulate(graph, draw.layers(rng, graph.num_nodes, "gcn"), hardware)
    trace = json.loads(chrome_trace(report))
    events = [event for event in trace["traceEvents"] if event["ph"] == "X"]
    assert {event["tid"] for event in events} == {0, 1, 2}
    assert max(event["ts"] + event["dur"] for event in events) == report.cycles
    tiles = report.tiles()
    for track, column in ((0, "load"), (1, "compute"), (2, "store")):
        spent = [event for event in events if event["tid"] == track]
        assert sum(event["dur"] for event in spent) == tiles[column].sum()
        spent.sort(key=lambda event: event["ts"])
        for one, two in itertools.pairwise(spent):
            assert one["ts"] + one["dur"] <= two["ts"]
    assert trace["otherData"]["hardware digest"] == report.hardware.digest


def test_memory_requests_are_those_of_the_streams(report) -> None:
    lines = dram_trace(report).splitlines()
    assert all(re.fullmatch(r"0x[0-9A-F]+ (READ|WRITE) \d+", line) for line in lines)
    burst = report.hardware.burst_bytes
    streams = [stream for layer in report.layers for stream in layer.streams]
    assert len(lines) * burst == report.transferred_bytes
    written = sum(stream.transferred for stream in streams if stream.direction == "write")
    assert sum(" WRITE " in line for line in lines) * burst == written
    addresses = [int(line.split()[0], 16) for line in lines]
    assert all(address % burst == 0 for address in addresses)
    assert len(set(addresses)) == len(addresses), "no byte of a stream is asked for twice"
    times = [int(line.split()[2]) for line in lines]
    assert times == sorted(times)
    assert times[-1] < report.cycles
    assert len(dram_trace(report, limit=10).splitlines()) <= 10 + len(streams)


def test_every_number_of_a_preset_has_a_source() -> None:
    for name, preset in PRESETS.items():
        found = marks(preset.hardware, name)
        assert set(found) == set(Hardware.model_fields)
        assert set(found.values()) <= set(MARKS)
        assert "changed" not in found.values()
    assert marks(Hardware(lanes=3))["lanes"] == "changed"
    assert marks(Hardware())["lanes"] == "assumed"
    assert "not the authors" in PRESETS["a2q-like"].description.lower()


def test_every_number_has_a_unit() -> None:
    for name, field in Hardware.model_fields.items():
        if field.annotation in (int, float):
            assert unit_of(name), name
    assert unit_of("input_kib") == "KiB"
    assert unit_of("engine") == ""


def test_each_switch_is_turned_alone(draw) -> None:
    rng = np.random.default_rng(2)
    graph = draw.graph(rng)
    layers = draw.layers(rng, graph.num_nodes, "gcn")
    found = by_switch(graph, layers, uniform(layers, 4), Hardware(), Conventions())
    assert set(found) == set(SWITCHES)
    assert found["as set"] == found["layer 1: learned bits"], "the default"
    assert all(value > 0 for value in found.values())


def test_lanes_side_by_side(draw) -> None:
    rng = np.random.default_rng(2)
    graph = draw.graph(rng)
    layers = draw.layers(rng, graph.num_nodes, "gcn")
    reports = by_lanes(graph, layers, Hardware(), Conventions(), [1, 2, 4])
    assert [report.hardware.lanes for report in reports.values()] == [1, 2, 4]
    assert reports[1].cycles >= reports[2].cycles >= reports[4].cycles
