import sys
from pathlib import Path

import pytest

from a2q.cli import app as cli
from a2q.datasets import DatasetConfig
from a2q.experiments.presets import preset
from a2q.experiments.settings import change
from a2q.experiments.store import RunStore

pytestmark = pytest.mark.usefixtures("confined_here")


def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *given: str) -> tuple[int, str]:
    """Exit code of ``python -m a2q …`` and what it says."""
    monkeypatch.setattr(sys, "argv", ["a2q", *given])
    try:
        code = cli.main()
    except SystemExit as end:
        code = int(end.code or 0)
    said = capsys.readouterr()
    return code, " ".join((said.out + said.err).split())


@pytest.fixture
def run_id(monkeypatch: pytest.MonkeyPatch) -> str:
    """A cancelled run in this test's store."""
    monkeypatch.delenv("A2Q_DATABASE_URL", raising=False)
    settings = change(preset("fp32", DatasetConfig(name="generated-citations", nodes=80)), ["training.epochs=2"])
    with RunStore() as store:
        return store.cancel(store.submit(settings).id).id


def test_a_run_goes_out_and_comes_back(run_id: str, monkeypatch, capsys, tmp_path: Path) -> None:
    file = tmp_path / "run.zip"
    code, said = command(monkeypatch, capsys, "export", run_id[:6], str(file))
    assert code == 0
    assert said.startswith(f"Run {run_id} is in {file} (")
    with RunStore() as store:
        before = store.get(run_id)
        store.delete(run_id)
    code, said = command(monkeypatch, capsys, "import-run", str(file))
    assert (code, said) == (0, f"Run {run_id} is here: {before.title}.")
    with RunStore() as store:
        assert store.get(run_id).config == before.config


def test_faults_are_one_sentence(run_id: str, monkeypatch, capsys, tmp_path: Path) -> None:
    code, said = command(monkeypatch, capsys, "import-run", str(tmp_path / "none.zip"))
    assert (code, said) == (2, f"There is no file {tmp_path / 'none.zip'}.")
    (tmp_path / "text.zip").write_text("no archive")
    code, said = command(monkeypatch, capsys, "import-run", str(tmp_path / "text.zip"))
    assert code == 2 and said.startswith("This file is damaged")
    code, said = command(monkeypatch, capsys, "export", "zzz", str(tmp_path / "x.zip"))
    assert code == 2 and said.startswith("No run starts with 'zzz'")
