import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2q.datasets.importers import finding
from a2q.datasets.importers.finding import NumberFinder, TextFinder

NAMES = st.lists(st.text(max_size=12), unique=True, max_size=40)


def text(names: list[str]) -> pa.Array:
    return pa.array(names, pa.string())


@given(chunks=st.lists(NAMES, max_size=4), asked=NAMES)
def test_text_is_found_where_it_first_came(chunks: list[list[str]], asked: list[str]) -> None:
    finder = TextFinder()
    expected: dict[str, int] = {}
    for names in chunks:
        finder.add(text(names))
        for name in names:
            expected.setdefault(name, len(expected))
    assert finder.names.to_pylist() == list(expected)
    assert len(finder) == len(expected)
    wanted = [*asked, *expected]
    assert finder.find(text(wanted)).tolist() == [expected.get(name, -1) for name in wanted]


@given(values=st.sets(st.integers(0, 50) | st.integers(0, 2**62)), asked=st.lists(st.integers(0, 2**62)))
def test_numbers_are_found_in_their_place(values: set[int], asked: list[int]) -> None:
    names = list(values)
    wanted = [*asked, *names]
    found = NumberFinder(np.array(names, dtype=np.int64)).find(np.array(wanted, dtype=np.int64)) if names else None
    assert found is None or found.tolist() == [names.index(value) if value in values else -1 for value in wanted]


def test_names_whose_hashes_agree_are_not_taken_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "_hashed", lambda names: np.zeros(len(names), dtype=np.uint64))
    finder = TextFinder(text(["a", "b"]))
    finder.add(text(["c"]))
    assert finder.find(text(["a", "b", "c", "d"])).tolist() == [0, -1, -1, -1]


def test_long_lists_are_hashed_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"paper-{number}" for number in range(1000)]
    whole = TextFinder(text(names))
    monkeypatch.setattr(finding, "_HASHED_ROWS", 7)
    assert whole.find(text(names[::-1])).tolist() == list(range(999, -1, -1))
