from typing import Any, Literal

import pytest

from a2q import A2QConfig
from a2q.accelerator import Conventions
from a2q.config import Config, ConfigError


class _Choices(Config):
    width: Literal[2, 4, 8] = 4
    perhaps: Literal[1, 2] | None = None
    mixed: Literal["auto", "1", 16] = "auto"
    word: Literal["1", "2"] = "1"


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"width": "8"}, {"width": 8}),
        ({"width": " 2 "}, {"width": 2}),
        ({"perhaps": "2"}, {"perhaps": 2}),
        ({"perhaps": None}, {"perhaps": None}),
        ({"mixed": "16"}, {"mixed": 16}),
        ({"mixed": "1"}, {"mixed": "1"}),
        ({"word": "2"}, {"word": "2"}),
    ],
)
def test_numbers_of_a_choice_are_read_from_text(given: dict[str, Any], read: dict[str, Any]) -> None:
    for made in (_Choices(**given), _Choices.model_validate(given)):
        found = {name: getattr(made, name) for name in read}
        assert found == read
        assert [type(value) for value in found.values()] == [type(value) for value in read.values()]


@pytest.mark.parametrize("given", ["3", "eight", "8.0", "", True])
def test_what_is_no_number_of_the_choice_is_told_as_given(given: Any) -> None:
    with pytest.raises(ConfigError) as error:
        _Choices(width=given)
    assert str(error.value) == f"width is {given!r}; it must be 2, 4 or 8."


def test_the_choices_of_numbers_that_there_are() -> None:
    assert Conventions(index_bytes="8").index_bytes == 8
    assert A2QConfig(step_bits="8").step_bits == 8
