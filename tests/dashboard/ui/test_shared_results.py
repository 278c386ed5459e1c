import threading
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from a2q_studio.ui import shared_results
from a2q_studio.ui.shared_results import Results, held_bytes, made_once, shared

KIB = 1024


def test_only_as_much_is_kept_as_fits_and_what_was_asked_for_last() -> None:
    results, made = Results(3 * KIB), []

    def ask(key: str, size: int = KIB) -> np.ndarray:
        return results.get(key, lambda: made.append(key) or np.zeros(size, dtype=np.uint8))

    for key in ("a", "b", "c", "a", "d", "a", "b"):
        ask(key)
    assert made == ["a", "b", "c", "d", "b"]
    assert results.bytes == 3 * KIB
    ask("large", 4 * KIB)
    ask("large", 4 * KIB)
    assert made[-2:] == ["large", "large"]
    assert ask("a") is ask("a")
    assert results.bytes == 3 * KIB


def test_a_result_is_made_once_for_all_who_ask_at_once() -> None:
    results, made, go = Results(KIB), [], threading.Event()

    def slow() -> int:
        made.append(1)
        assert go.wait(60)
        return 7

    found: list[int] = []
    asking = [threading.Thread(target=lambda: found.append(results.get("k", slow))) for _ in range(4)]
    for thread in asking:
        thread.start()
    # Another result waits for nobody.
    assert results.get("other", lambda: 3) == 3
    go.set()
    for thread in asking:
        thread.join(60)
    assert (found, made) == ([7] * 4, [1])


def test_what_fails_is_asked_again() -> None:
    results = Results(KIB)
    with pytest.raises(LookupError):
        results.get("k", lambda: (_ for _ in ()).throw(LookupError("not yet")))
    assert results.get("k", lambda: 5) == 5


def test_arguments_tell_results_apart_but_those_that_are_not_counted() -> None:
    made: list[tuple[object, str, int]] = []

    @shared
    def result(_store: object, name: str, number: int = 1) -> str:
        made.append((_store, name, number))
        return name

    first = object()
    assert result(first, "a") == result([], "a") == "a"
    assert result(first, "b", number=2) == result([], "b", 2) == "b"
    assert made == [(first, "a", 1), (first, "b", 2)]
    assert shared_results._results().bytes > 0


def test_bytes_of_what_holds_arrays() -> None:
    @dataclass
    class Pair:
        left: np.ndarray
        right: dict[str, object]

    array = np.zeros(1000)
    frame = pd.DataFrame({"a": np.zeros(1000)})
    size = held_bytes(Pair(array, {"same": array, "frame": [frame]}))
    assert 16_000 < size < 20_000


def test_what_follows_from_the_same_is_the_same_object() -> None:
    first = made_once(lambda: [1], "table", "run", 2)
    assert made_once(lambda: [1], "table", "run", 2) is first
    assert made_once(lambda: [1], "table", "run", None) is not first
    assert made_once(lambda: [1], "table", "run", "2") is not first


def test_a_figure_counts_with_its_arrays() -> None:
    x = np.zeros(100_000)
    assert held_bytes(go.Figure(go.Scattergl(x=x, y=x + 1))) >= 2 * x.nbytes
