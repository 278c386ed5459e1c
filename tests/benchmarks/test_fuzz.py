"""The command that reads spoilt files: what it makes, tries and tells. How many it tries is `make fuzz`."""

import sys
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def fuzz(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    monkeypatch.delenv("A2Q_DATABASE_URL", raising=False)
    import fuzz

    return fuzz


@pytest.fixture
def attempts(fuzz: ModuleType) -> ModuleType:
    from fuzzing import attempts

    return attempts


def told(attempts: ModuleType, numbers: range, most_growth: int = 2**62) -> list[dict[str, Any]]:
    """What is said of the files of some numbers."""
    said: list[dict[str, Any]] = []
    attempts.attempts(5, numbers, 600, most_growth, lambda **facts: said.append(facts))
    return said


def test_a_seed_and_a_number_make_a_file_again(fuzz: ModuleType) -> None:
    from fuzzing import corpus

    first = [corpus.file_of(1, number) for number in range(40)]
    corpus.files.cache_clear()
    assert [corpus.file_of(1, number) for number in range(40)] == first
    assert first != [corpus.file_of(2, number) for number in range(40)]
    assert len({name for name, _ in first}) > 10
    assert sum(content != corpus.files()[name] for name, content in first) > 30
    # Some are ZIPs whose members are spoilt, not their directory.
    assert any(zipfile.is_zipfile(BytesIO(content)) for name, content in first if name.endswith((".zip", ".npz")))


def test_good_files_are_read_and_spoilt_ones_tried(attempts: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    said = told(attempts, range(8))
    assert [facts["begun"] for facts in said[::2]] == [facts["number"] for facts in said[1::2]] == list(range(8))
    assert {facts["fault"] for facts in said[1::2]} == {""}
    names = sorted(attempts.files())
    monkeypatch.setattr(attempts, "file_of", lambda _, number: (names[number], attempts.files()[names[number]]))
    read = {facts["name"]: facts["outcome"] for facts in told(attempts, range(len(names)))[1::2]}
    assert set(read.values()) == {"read"}, read


def test_a_fault_is_told(attempts: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("inner")

    monkeypatch.setattr(attempts, "import_graph", fail)
    monkeypatch.setattr(attempts, "file_of", lambda seed, number: ("edges.csv", b"0,1"))
    (_, facts) = told(attempts, range(1))
    assert facts["outcome"] == "failed" and "KeyError: 'inner'" in facts["fault"]
    monkeypatch.setattr(attempts, "import_graph", lambda *_: (_ for _ in ()).throw(attempts.DatasetError("No stop")))
    assert told(attempts, range(1))[1]["fault"] == "no sentence: 'No stop'"


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("Row 3 of e.csv holds 'x'; put a number there.", ""),
        ("e.csv cannot be read ('NoneType' object is not iterable); mend it.", "inner words (NoneType)"),
        ("e.csv cannot be read (KeyError); mend it.", "inner words (KeyError)"),
        ("e.csv does not fit into this machine's memory; give a smaller graph.", "a limit was met"),
        ("x" * 801 + ".", "no sentence"),
    ],
)
def test_sentences_are_judged(attempts: ModuleType, sentence: str, fault: str) -> None:
    found = attempts._wrong(sentence)
    assert found.startswith(fault) and bool(found) == bool(fault)


def test_a_crash_is_a_fault_and_the_next_process_goes_on_behind_it(
    fuzz: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    starts: list[int] = []

    def process(seed: int, first: int, last: int, seconds: float) -> Iterator[dict[str, Any]]:
        starts.append(first)
        if len(starts) == 1:
            yield {"begun": 0}
            yield {"number": 0, "outcome": "refused", "name": "e.csv", "fault": "", "peak": 5 << 20}
            yield {"begun": 1}
            yield {"died": "the process ended with -6"}
        else:
            yield {"begun": 2}
            yield {"number": 2, "outcome": "read", "name": "e.csv", "fault": "", "peak": 9 << 20}
            monkeypatch.setattr(fuzz.time, "monotonic", lambda: 1e18)

    monkeypatch.setattr(fuzz, "_process", process)
    monkeypatch.setattr(sys, "argv", ["fuzz.py", "--seconds", "1000", "--seed", "4"])
    assert fuzz.main() == 1
    assert starts == [0, 2]
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "FAULT seed 4, file 1: the process ended with -6",
        "  python benchmarks/fuzz.py --seed 4 --only 1",
        "3 files (seed 4): 1 read, 1 refused, 1 failed; 1 faults; peak 9 MiB.",
    ]
