"""Memory's law, the energy of buffers and the roofline."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2q.accelerator import Hardware, dram, simulate
from a2q.accelerator.energy import CACTI, KIB, leakage_mw, read_pj_per_byte
from a2q.accelerator.roofline import roofline

SEEDS = st.integers(0, 2**32 - 1)


@pytest.mark.parametrize(
    ("chunk", "gigabytes"), [(64, 60), (128, 120), (192, 180), (256, 225), (512, 225), (None, 225)]
)
def test_the_law_is_that_of_the_calibration(chunk: int | None, gigabytes: int) -> None:
    assert dram.bandwidth(Hardware(), chunk) == pytest.approx(gigabytes, rel=0.005)


def test_few_requests_in_flight_are_slow() -> None:
    few = Hardware(outstanding_kib=1)
    assert dram.bandwidth(few, 64) == pytest.approx(19.6, rel=0.01)
    assert dram.bandwidth(few) == pytest.approx(29.6, rel=0.02)


@given(SEEDS)
def test_slower_memory_takes_longer(draw: SimpleNamespace, seed: int) -> None:
    rng = np.random.default_rng(seed)
    hardware = draw.hardware(rng)
    given = hardware.model_dump()
    slower = [
        Hardware(**given | {"bandwidth_gb_s": hardware.bandwidth_gb_s / 2}),
        Hardware(**given | {"random_latency_ns": 5000.0, "sequential_latency_ns": 5000.0}),
        Hardware(**given | {"activation_window_ns": 200.0}),
        Hardware(**given | {"outstanding_kib": 0.5}),
        Hardware(**given | {"memory_efficiency": 0.4}),
    ]
    for _ in range(draw.batch):
        sequential, random, chunk = rng.integers(0, 10**6), rng.integers(0, 10**6), rng.integers(1, 2048)
        cycles = dram.cycles(hardware, sequential, random, chunk)
        assert all(dram.cycles(other, sequential, random, chunk) >= cycles for other in slower)
        assert dram.bursts(hardware, sequential) - sequential in range(hardware.burst_bytes)
        assert dram.bursts(hardware, sequential) % hardware.burst_bytes == 0


@pytest.mark.parametrize("cells", CACTI)
def test_buffers_cost_what_the_table_says_and_more_when_larger(cells: str) -> None:
    for kib, read, leakage in zip(KIB, CACTI[cells].read_pj, CACTI[cells].leakage_mw, strict=True):
        assert read_pj_per_byte(kib, cells) == pytest.approx(read)
        assert leakage_mw(kib, cells) == pytest.approx(leakage)
    for measure in (read_pj_per_byte, leakage_mw):
        sizes = np.geomspace(1, 65536, 50)
        assert np.all(np.diff([measure(kib, cells) for kib in sizes]) > 0)


def test_buffers_of_mega_leak_what_cacti_said() -> None:
    sizes = (64, 24, 48, 96, 128, 32)
    assert sum(leakage_mw(kib, "high-performance") for kib in sizes) == pytest.approx(109, rel=0.02)
    assert sum(leakage_mw(kib, "low-operating-power") for kib in sizes) == pytest.approx(74, rel=0.02)


def test_energy_sums_its_parts(tiny) -> None:
    graph, layers = tiny()
    hardware = Hardware()
    report = simulate(graph, layers, hardware)
    (layer,) = report.layers
    assert layer.energy["combination"] == layer.combination.steps * hardware.step_pj == 150 * 0.06
    assert layer.energy["aggregation"] == pytest.approx(7 * 3 * hardware.add_pj)
    assert layer.energy["memory transfer"] == pytest.approx(layer.transferred_bytes * 12.56)
    assert layer.energy["memory background"] == pytest.approx(635 * layer.cycles)
    assert report.energy == layer.energy
    faster = simulate(graph, layers, Hardware(clock_ghz=2)).layers[0]
    assert faster.energy["memory background"] < layer.energy["memory background"]


def test_roofline() -> None:
    point = roofline(Hardware(), steps=1000, transferred=100, cycles=10)
    assert (point.intensity, point.rate, point.peak) == (10, 100, 256)
    assert point.ridge == pytest.approx(1.14, abs=0.01)
    assert point.bound == "compute"
    assert roofline(Hardware(), 100, 100, 10).bound == "memory"
    assert roofline(Hardware(), 0, 0, 0).rate == 0
