import importlib
import random
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The benchmark, as a script beside its own package."""
    monkeypatch.setattr(sys, "path", [str(ROOT / "benchmarks"), *sys.path])
    return importlib.import_module("faults")


def test_the_page_holds_one_table_and_is_written_anew_between_its_marks(faults: ModuleType) -> None:
    page = faults.PAGE.read_text(encoding="utf-8")
    assert page.count("<!-- faults: ") == page.count("<!-- end of faults -->") == 1
    once = faults.written(page, "| new |\n")
    assert faults.written(once, "| new |\n") == once
    assert "| new |" in once and "worker killed" not in once.partition("What the rows mean")[0]


def test_files_are_spoilt_by_seed_and_what_comes_of_it_is_counted(
    faults: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = importlib.import_module("injected.files")
    monkeypatch.setattr(files, "FLIPS", 12)
    content = bytes(range(256))
    assert files.spoilt(content, random.Random(1)) == files.spoilt(content, random.Random(1)) != content
    row = files.own_graphs(tmp_path, random.Random(0))
    assert row.ended.total() == 12
    assert row.row.startswith("| one byte of an own graph") and row.row.count("|") == 5
    monkeypatch.setattr(files, "_facts", lambda name: str(random.random()))
    assert files.own_graphs(tmp_path / "other", random.Random(0)).ended["read as something else without a word"] > 0
