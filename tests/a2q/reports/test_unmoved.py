import pytest

from a2q import A2QConfig, DegreeBitsConfig, FP32Config, UniformConfig
from a2q.reports.unmoved import bits_unmoved, unmoved_bits


def _counts(*layers: dict[int, int]) -> list[list[int]]:
    return [[layer.get(bits, 0) for bits in range(9)] for layer in layers]


@pytest.mark.parametrize(
    ("start", "layers", "expected"),
    [
        (2, [{2: 30}, {2: 30}], 2),
        (4, [{4: 30}], 4),
        (2, [{2: 30}, {2: 29, 3: 1}], None),
        (2, [{3: 30}], None),
        # As many up as down: their average says nothing.
        (2, [{1: 5, 2: 20, 3: 5}], None),
        (2, [{2: 30}, {}], 2),
        (2, [{}], None),
        (2, [], None),
        (None, [{2: 30}], None),
        # Codes with a sign start with 2 bits at least.
        (1, [{2: 30}], 2),
        (1, [{1: 30}], 1),
        (1, [{1: 29, 2: 1}], None),
        (0, [{0: 3}], 0),
    ],
)
def test_bits_are_unmoved_where_every_node_has_those_of_the_start(
    start: int | None, layers: list[dict[int, int]], expected: int | None
) -> None:
    assert unmoved_bits(start, _counts(*layers)) == expected


def test_a_summary_says_it_in_a_sentence() -> None:
    assert bits_unmoved({"unmoved_bits": 2}) == "bits equal their start: uniform INT2"
    assert bits_unmoved(None) is bits_unmoved({}) is None
    assert [bits_unmoved({"unmoved_bits": held}) for held in (None, "2", -1, 9, [2], 2.5)] == [None] * 6


def test_only_learned_bits_have_a_start() -> None:
    assert A2QConfig(initial_bits=3).start_bits == A2QConfig(initial_bits=3, learn="bits").start_bits == 3
    others = (A2QConfig(learn="steps"), A2QConfig(learn="nothing"), UniformConfig(), DegreeBitsConfig(), FP32Config())
    assert all(config.start_bits is None for config in others)
