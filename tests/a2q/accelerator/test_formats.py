from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2q.accelerator import Conventions, Layer
from a2q.accelerator.formats import feature_bits, overhead_bits
from a2q.accelerator.packages import package_bits

SEEDS = st.integers(0, 2**32 - 1)
FORMATS = ("per-node", "uniform", "fp32", "bitmap", "csr")


@given(SEEDS)
def test_order_moves_bits_about_and_more_bits_never_take_less(draw: SimpleNamespace, seed: int) -> None:
    rng = np.random.default_rng(seed)
    conventions = [Conventions(feature_format=name) for name in FORMATS]
    for number in range(draw.batch):
        nodes, width = int(rng.integers(1, 20)), int(rng.integers(1, 30))
        bits, nonzeros = rng.integers(0, 9, size=nodes), rng.integers(0, width + 1, size=nodes)
        layer = Layer("Layer 1", width, 4, bits, nonzeros=nonzeros)
        counted = conventions[number % len(FORMATS)]
        order = rng.permutation(nodes)
        stored = feature_bits(layer, counted)
        np.testing.assert_array_equal(feature_bits(layer, counted, order), stored[order])
        wider = Layer("Layer 1", width, 4, bits + (np.arange(nodes) == rng.integers(nodes)), nonzeros=nonzeros)
        assert feature_bits(wider, counted).sum() >= stored.sum()


@pytest.mark.parametrize(
    ("name", "bits"),
    [
        ("per-node", [10, 20, 30]),
        ("uniform", [30, 30, 30]),
        ("fp32", [320, 320, 320]),
        ("bitmap", [10 + 4, 10 + 0, 10 + 30]),
        ("csr", [4 * 33 + 32, 32, 10 * 35 + 32]),
    ],
)
def test_by_hand(name: str, bits: list[int]) -> None:
    layer = Layer("Layer 1", 10, 4, np.array([1, 2, 3]), nonzeros=np.array([4, 0, 10]))
    assert feature_bits(layer, Conventions(feature_format=name)).tolist() == bits


def test_packages_share_their_total_among_nodes() -> None:
    bits = np.array([2, 2, 5, 1])
    layer = Layer("Layer 1", 10, 4, bits)
    stored = feature_bits(layer, Conventions(feature_format="packages"))
    assert stored.sum() == package_bits(bits, np.full(4, 10))
    known = Layer("Layer 1", 10, 4, bits, nonzeros=np.array([3, 0, 10, 1]))
    assert feature_bits(known, Conventions(feature_format="packages")).sum() == 40 + package_bits(bits, known.nonzeros)


def test_step_sizes_and_tags() -> None:
    layer = Layer("Layer 1", 10, 4, np.array([1, 2, 3]))
    assert overhead_bits(layer, Conventions()) == 3 * (32 + 4)
    assert overhead_bits(layer, Conventions(step_size_bits=8, tag_bits=3)) == 3 * 11
    assert overhead_bits(layer, Conventions(feature_format="uniform")) == 3 * 32
    assert overhead_bits(layer, Conventions(feature_format="fp32")) == 0
    assert overhead_bits(Layer("Layer 1", 10, 4, np.array([4]), node_steps=False), Conventions()) == 0
