import pytest

from a2q.config import ConfigError
from a2q_studio.pages.train.sweep import parse_penalties, swept


def test_penalties_are_read_in_order_without_repeats() -> None:
    assert parse_penalties("") == parse_penalties("  ") == []
    assert parse_penalties("0.1, 2,1e1, 2") == [0.1, 2.0, 10.0]


@pytest.mark.parametrize("text", ["a", "1,,2", "-1", "nan", "inf", ",".join(["1"] * 21)])
def test_other_penalties_are_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ConfigError, match="give up to 20 numbers of 0 or more"):
        parse_penalties(text)


def test_a_penalty_beyond_its_range_is_the_settings_own_refusal(small) -> None:
    free = small("quantization.target_average_bits=")
    assert [config.quantization.penalty for config in swept(free, [1.0, 2.0])] == [1.0, 2.0]
    assert swept(free, []) == [free]
    with pytest.raises(ConfigError, match="penalty is 100000"):
        swept(free, [100_000.0])
