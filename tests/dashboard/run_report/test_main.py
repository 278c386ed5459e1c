import sys
import zipfile
from pathlib import Path

import pytest

from a2q_studio.run_report import __main__ as command


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["report", *map(str, arguments)])
        try:
            code = command.main()
        except SystemExit as end:
            code = int(end.code or 0)
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def test_both_files_are_written(call, runs_here, tmp_path: Path) -> None:
    page, archive = tmp_path / "r.html", tmp_path / "r.zip"
    code, out, err = call(runs_here.a2q, runs_here.fp32[:5], "--html", page, "--zip", archive)
    assert code == 0, err
    assert "KiB" in out
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert zipfile.is_zipfile(archive)


def test_mistakes_are_sentences(call, runs_here, tmp_path: Path) -> None:
    assert call(runs_here.a2q)[::2] == (2, "Nothing is asked for; give --html FILE, --zip FILE or both.\n")
    assert call("feed", "--html", tmp_path / "r.html")[::2] == (
        2,
        "No run starts with 'feed'; give an id from the list of runs.\n",
    )
    code, _, err = call(runs_here.a2q, "--html", tmp_path / "nowhere" / "r.html")
    assert code == 2 and "cannot be written (No such file or directory); choose another place." in err
    assert list(tmp_path.glob("*.html")) == []
