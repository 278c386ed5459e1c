import pytest

from a2q import ConfigError
from a2q.experiments.seeds import parse_seeds


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("7", [7]),
        ("0", [0]),
        ("0,3,5", [0, 3, 5]),
        ("5,3,0", [5, 3, 0]),
        ("0..4", [0, 1, 2, 3, 4]),
        ("3..3", [3]),
        ("0..0", [0]),
        ("9,0..2,20", [9, 0, 1, 2, 20]),
        ("1,1,0..2,2", [1, 0, 2]),
        (" 0 .. 2 , 8 ", [0, 1, 2, 8]),
        ("007", [7]),
        ("0..999", list(range(1000))),
        ("5..1004", list(range(5, 1005))),
    ],
)
def test_seeds_as_people_write_them(text: str, seeds: list[int]) -> None:
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize(
    "text",
    ["", " ", ",", "1,", "1,,2", "a", "1.5", "-1", "3..1", "1..", "..3", "0...3", "0..3..5", "1-3", "1 2", "1 2..4"],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        parse_seeds(text)
    assert str(refusal.value) == (
        f"Seeds are {text!r}; give a whole number, a list like 0,3,5 or a rising range like 0..9 "
        "of at most 1,000 seeds."
    )


@pytest.mark.parametrize("text", ["0..1000", "0..999,1000", "0..499,500..999,1000..1499", "0..99999999999999999999"])
def test_more_than_1000_seeds_are_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="of at most 1,000 seeds"):
        parse_seeds(text)
