from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2q.accelerator.packages import LENGTHS, capacity, encode, package_bits, unpack

SEEDS = st.integers(0, 2**32 - 1)


@given(SEEDS)
def test_closed_form_is_what_is_encoded_and_all_comes_back(draw: SimpleNamespace, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(draw.batch):
        rows = int(rng.integers(1, 8))
        # Long runs of equal bits and short ones.
        bits = np.repeat(rng.integers(0, 9, size=rows), rng.integers(1, 3, size=rows))
        counts = rng.integers(0, 40, size=len(bits))
        codes = [rng.integers(0, 2**width, size=count) for width, count in zip(bits, counts, strict=True)]
        stream = encode(bits, codes)
        assert len(stream) == package_bits(bits, counts)
        expected = [row.tolist() if width else [] for row, width in zip(codes, bits, strict=True)]
        assert unpack(stream, bits, counts) == expected


@pytest.mark.parametrize(
    ("bits", "percent"), [(1, 2.7), (2, 3.2), (3, 3.2), (4, 4.3), (5, 3.8), (6, 3.2), (7, 5.5), (8, 4.3)]
)
def test_overhead_of_long_runs(bits: int, percent: float) -> None:
    values = 1_000_000
    overhead = package_bits(np.array([bits]), np.array([values])) / (values * bits) - 1
    assert round(100 * overhead, 1) == percent


def test_sorted_rows_need_far_fewer_packages() -> None:
    bits = np.random.default_rng(0).integers(1, 5, size=2000)
    values = np.full_like(bits, 16)
    ideal = (bits * 16).sum()
    assert package_bits(bits, values) > 1.3 * ideal
    assert package_bits(np.sort(bits), values) < 1.05 * ideal


def test_wide_rows_are_split_and_nothing_stores_nothing() -> None:
    assert package_bits(np.array([32]), np.array([10])) == package_bits(np.array([8]), np.array([40]))
    assert package_bits(np.array([0]), np.array([10])) == 0
    assert [int(capacity(length, 4)) for length in LENGTHS] == [14, 30, 46]
