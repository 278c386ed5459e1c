from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2q.accelerator import Hardware, Layer
from a2q.accelerator.combination import combination
from a2q.accelerator.partition import by_bits

SEEDS = st.integers(0, 2**32 - 1)


def one(rng: np.random.Generator, nodes: int, bits: np.ndarray | int | None = None, **given: object) -> Layer:
    held = rng.integers(0, 9, size=nodes) if bits is None else np.broadcast_to(bits, nodes).astype(int)
    return Layer("Layer 1", int(rng.integers(1, 30)), int(rng.integers(1, 30)), held, **given)


@given(SEEDS)
def test_every_unit_cycle_has_one_cause(draw: SimpleNamespace, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for number in range(draw.batch):
        engine = ("bit-serial", "bit-parallel", "bit-fusion", "systolic")[number % 4]
        hardware = draw.hardware(rng, engine=engine)
        layer = draw.layers(rng, int(rng.integers(1, 30)))[0]
        order = by_bits(layer) if rng.random() < 0.5 else None
        sync = str(rng.choice(["lockstep", "queue", "ideal"]))
        made = combination(hardware, layer, order, sync, bool(rng.random() < 0.5))
        assert sum(made.unit_cycles.values()) == made.cycles * hardware.units or engine == "systolic"
        assert all(isinstance(units, int) and units >= 0 for units in made.unit_cycles.values())
        assert made.group_cycles.sum() == made.cycles


def test_a_systolic_array_has_one_operand_a_cell(draw: SimpleNamespace) -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        hardware = draw.hardware(rng, engine="systolic", operands=1)
        made = combination(hardware, one(rng, 20, 8), None, "lockstep")
        assert sum(made.unit_cycles.values()) == made.cycles * hardware.units


@given(SEEDS)
def test_uniform_bits_have_a_closed_form(draw: SimpleNamespace, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(draw.batch):
        hardware = draw.hardware(rng)
        nodes, bits = int(rng.integers(1, 40)), int(rng.integers(1, 9))
        layer = one(rng, nodes, bits)
        expected = (
            -(-nodes // hardware.lanes)
            * -(-layer.d_in // hardware.operands)
            * bits
            * -(-layer.d_out // hardware.columns)
        )
        for order in (None, rng.permutation(nodes)):
            assert combination(hardware, layer, order, "lockstep").cycles == expected
        other = Layer("Layer 1", layer.d_in, layer.d_out, np.full(nodes, 2 * bits))
        assert combination(hardware, other, None, "lockstep").cycles == 2 * expected


@given(SEEDS)
def test_order_changes_nothing_for_ideal_lanes_and_pruned_nodes_cost_nothing(draw: SimpleNamespace, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(draw.batch):
        hardware = draw.hardware(rng)
        layer = one(rng, int(rng.integers(2, 40)))
        ideal = combination(hardware, layer, None, "ideal")
        assert combination(hardware, layer, rng.permutation(len(layer.bits)), "ideal").cycles == ideal.cycles
        assert (ideal.times[layer.bits == 0] == 0).all()
        assert (ideal.times[layer.bits > 0] > 0).all()


@given(SEEDS)
def test_more_bits_never_take_fewer_cycles(draw: SimpleNamespace, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for number in range(draw.batch):
        engine = ("bit-serial", "bit-parallel", "bit-fusion")[number % 3]
        hardware = draw.hardware(rng, engine=engine)
        layer = one(rng, int(rng.integers(2, 20)))
        more = layer.bits.copy()
        more[rng.integers(len(more))] += 1
        sync = str(rng.choice(["lockstep", "queue", "ideal"]))
        cycles = [
            combination(hardware, Layer("Layer 1", layer.d_in, layer.d_out, bits), None, sync).cycles
            for bits in (layer.bits, more)
        ]
        assert cycles[0] <= cycles[1]


def test_wider_weights_take_more_passes() -> None:
    cycles = [
        combination(Hardware(), one(np.random.default_rng(0), 20, weight_bits=width), None, "ideal").cycles
        for width in (4, 5, 8, 32)
    ]
    assert cycles[1] == cycles[2] == pytest.approx(2 * cycles[0], abs=1)
    assert cycles[3] == pytest.approx(8 * cycles[0], abs=4)


def test_skipped_zeros_and_counted_zeros_are_the_same_ones() -> None:
    layer = Layer("Layer 1", 10, 16, np.array([2, 3, 1, 4]), nonzeros=np.array([1, 10, 0, 5]))
    hardware = Hardware(lanes=1)
    dense = combination(hardware, layer, None, "ideal")
    skipped = combination(hardware, layer, None, "ideal", skip_zeros=True)
    assert dense.unit_cycles["useful"] == skipped.unit_cycles["useful"] == (2 + 30 + 20) * 16
    assert dense.unit_cycles["zeros"] == (9 * 2 + 10 + 5 * 4) * 16
    assert skipped.unit_cycles["zeros"] == 0


@pytest.mark.parametrize(
    ("bits", "weight", "cycles"), [(1, 8, 4), (2, 2, 1), (2, 4, 2), (3, 4, 4), (8, 8, 16), (16, 8, 32)]
)
def test_bit_fusion(bits: int, weight: int, cycles: int) -> None:
    """One unit, 16 products: 8/b · 8/w of them a cycle, 1 bit like 2; wider features take twice as long."""
    layer = Layer("Layer 1", 16, 1, np.array([bits]), weight_bits=weight)
    hardware = Hardware(engine="bit-fusion", lanes=1, columns=1, operands=1)
    assert combination(hardware, layer, None, "lockstep").cycles == cycles


def test_bit_parallel_arrays_gain_nothing_below_their_width() -> None:
    hardware = Hardware(engine="bit-parallel", native_feature_bits=8, lanes=1, columns=1)
    cycles = [
        combination(hardware, Layer("Layer 1", 3, 1, np.array([bits])), None, "lockstep").cycles
        for bits in (0, 1, 8, 9)
    ]
    assert cycles == [0, 3, 3, 6]
