"""Processes with limits: what they answer, and what ends them."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from a2q.jobs import ConfinedError, Limits, confined, confinement

_GIB = 2**30
_WORKS = """
import os
from a2q.jobs import serve

def work(request, say):
    say(0.25, "Begun")
    if request == "fail":
        raise ValueError("Row 3 is wrong; mend it.")
    if request == "die":
        os._exit(3)
    if request == "fill":
        return len(bytearray(64 << 30))
    if request == "count":
        while True:
            pass
    if request == "odd":
        raise KeyError("inner words")
    print("A library says something.")
    return {"given": request}

if __name__ == "__main__":
    serve(work, (ValueError,))
"""


@pytest.fixture
def begun() -> Callable[[], set[int]]:
    """Which processes this one has begun since; it may have others, which serve other tests."""
    before = {child.pid for child in psutil.Process().children()}
    return lambda: {child.pid for child in psutil.Process().children()} - before


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Have a module in the test's own folder do something, within limits that no test needs."""
    (tmp_path / "confined_work.py").write_text(_WORKS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def ask(request: object, say: Callable[..., object] = lambda *_: None, **limits: float) -> Any:
        given = Limits(**({"memory": 2 * _GIB, "cpu": 200.0, "wall": 200.0} | limits))
        return confined("confined_work", request, given, "it.csv", "give less", say)

    return ask


@pytest.mark.timeout(300)
def test_the_answer_and_progress_come_back_and_what_libraries_print_does_not(ask: Callable[..., Any]) -> None:
    told: list[tuple[float, str]] = []
    asked = {"a": [1, "ä\n", None]}
    assert ask(asked, lambda share, sentence: told.append((share, sentence))) == {
        "given": json.loads(json.dumps(asked))
    }
    assert told[-1] == (0.25, "Begun")


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("request_", "sentence", "limits"),
    [
        ("fail", r"^Row 3 is wrong; mend it\.$", {}),
        ("odd", r"^it\.csv cannot be read \(an unexpected KeyError\); give less\.$", {}),
        ("die", r"^The process that read it\.csv ended before it was done: the file is damaged, or", {}),
        ("count", r"^it\.csv would take more than 0 s of computing, the most for one file; give less\.$", {"cpu": 0.1}),
        ("count", r"^it\.csv would take longer than 0 s, the most for one file; give less\.$", {"wall": 0.0}),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    ask: Callable[..., Any],
    begun: Callable[[], set[int]],
    request_: str,
    sentence: str,
    limits: dict[str, float],
) -> None:
    with pytest.raises(ConfinedError, match=sentence):
        ask(request_, **limits)
    assert not begun()


@pytest.mark.timeout(300)
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to what it may allocate")
def test_memory_beyond_the_limit_is_never_given(ask: Callable[..., Any]) -> None:
    sentence = r"^it\.csv would take more than [12]\.\d GiB of memory, the most for one file; give less\.$"
    with pytest.raises(ConfinedError, match=sentence):
        ask("fill")


@pytest.mark.parametrize(("limits", "what"), [((1, 1e9, 1e9), "memory"), ((2**60, 1e-9, 1e9), "computing")])
def test_a_process_that_its_system_does_not_hold_is_looked_at(limits: tuple[int, float, float], what: str) -> None:
    given = Limits(*limits)
    with pytest.raises(ConfinedError, match=f"of {what}, the most for one file"):
        confinement._look(psutil.Process(), given, confinement._Sentences("it.csv", "give less", given))


def test_a_system_without_limits_of_its_own_sets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resource", None)
    # Were one set, this process would be over it.
    confinement._bound(Limits(1, 0.0, 0.0))
    assert len(bytearray(1 << 20)) == 1 << 20


def test_others_wait_for_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def run(*_: object) -> int:
        # Two are at work now: the third is told so until one of them has ended.
        for _ in range(confinement.AT_ONCE - 1):
            assert confinement._turns.acquire(timeout=10)
        try:
            with pytest.raises(InterruptedError):
                confined("none", {}, Limits(1, 1.0, 1.0), "it.csv", "give less", leave)
        finally:
            for _ in range(confinement.AT_ONCE - 1):
                confinement._turns.release()
        return 7

    def leave(share: float, sentence: str) -> None:
        told.append(sentence)
        raise InterruptedError

    monkeypatch.setattr(confinement, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(confinement, "_run", run)
    assert confined("none", {}, Limits(1, 1.0, 1.0), "it.csv", "give less", leave) == 7
    assert told == ["Waiting until one of 2 other files is read"]
    # The one that left took no turn with it.
    monkeypatch.setattr(confinement, "_run", lambda *_: 8)
    assert confined("none", {}, Limits(1, 1.0, 1.0), "it.csv", "give less", leave) == 8


@pytest.mark.timeout(300)
def test_nobody_waits_any_more(ask: Callable[..., Any], begun: Callable[[], set[int]]) -> None:
    def leave(share: float, sentence: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask("count", leave)
    assert not begun()
