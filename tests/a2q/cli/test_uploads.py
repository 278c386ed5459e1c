import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from a2q.cli import app as cli
from a2q.datasets import DatasetConfig, DatasetError, card, is_ready, listing, load
from a2q.experiments import worker
from a2q.experiments.presets import preset
from a2q.experiments.store import RunStore, State

pytestmark = pytest.mark.usefixtures("confined_here")

EDGES = "from,to\n" + "".join(f"{node},{(3 * node + 1) % 40}\n" for node in range(40))
NODES = "id,a,b,kind\n" + "".join(f"{node},{node % 2},{node / 9},{'xy'[node % 2]}\n" for node in range(40))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command and return what it printed, complaints included; ``code`` is its exit code."""
    monkeypatch.delenv("A2Q_DATABASE_URL", raising=False)

    def run(*arguments: object, code: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", ["a2q", *map(str, arguments)])
        try:
            ended = cli.main()
        except SystemExit as end:
            ended = int(end.code or 0)
        text = "".join(capsys.readouterr())
        assert ended == code, text
        return text

    return run


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """An edge list and a node table."""
    paths = tmp_path / "mine.csv", tmp_path / "people.csv"
    for path, text in zip(paths, (EDGES, NODES), strict=True):
        path.write_text(text)
    return paths


@pytest.fixture
def imported(told: Callable[..., str], files: tuple[Path, Path]) -> str:
    """The name of the graph, imported from the command line."""
    text = told("import-graph", files[0], "--nodes", files[1], "--label", "kind", "--title", "Mine")
    assert "There is no split: 60 % train" in text
    assert "Imported Mine as own-" in text
    return text.rsplit("a2q train ", 1)[1].strip()


def test_a_graph_is_imported_listed_and_trained_on(told: Callable[..., str], imported: str, monkeypatch) -> None:
    rows = json.loads(told("datasets", "--json"))
    assert {row["name"]: row["ready"] for row in rows}[imported]
    with RunStore() as store:
        monkeypatch.setattr(cli, "dispatch", lambda store: [worker.main(run.id) for run in store.queue()])
        told("train", imported, "--set", "training.epochs=2", "--set", "model.hidden=4")
        (run,) = store.list()
        assert (run.state, run.config.dataset.name) == (State.FINISHED, imported)
        assert run.source == "Mine (your own files: mine.csv, people.csv)"
        assert store.ids_on(imported) == [run.id]
        assert store.ids_on("cora") == []


@pytest.mark.parametrize("level", ["node", "graph"])
@pytest.mark.parametrize("task", ["classes", "values"])
def test_every_task_is_trained_on(told: Callable[..., str], tmp_path: Path, level: str, task: str, monkeypatch) -> None:
    """Classes or values, of nodes or of graphs of four nodes in a ring."""
    ring = "".join(f"{node},{node - node % 4 + (node + 1) % 4}\n" for node in range(80))
    label = [node // 4 % 2 if level == "graph" else node % 2 for node in range(80)]
    word = {"classes": "xy", "values": (0.25, 7.5)}[task]
    group = ",graph" if level == "graph" else ""
    nodes = [f"id,a,b,label{group}"]
    nodes += [
        f"{node},{node % 3},{label[node]},{word[label[node]]}{f',{node // 4}' if group else ''}" for node in range(80)
    ]
    for name, content in (("e.csv", "from,to\n" + ring), ("n.csv", "\n".join(nodes))):
        (tmp_path / name).write_text(content)
    name = told("import-graph", tmp_path / "e.csv", "--nodes", tmp_path / "n.csv").rsplit("a2q train ", 1)[1].strip()
    assert card(name).task == f"{level} {'classification' if task == 'classes' else 'regression'}"
    monkeypatch.setattr(cli, "dispatch", lambda store: [worker.main(run.id) for run in store.queue()])
    told("train", name, "--set", "training.epochs=2", "--set", "model.hidden=4", "--set", "training.batch_size=8")
    with RunStore() as store:
        (run,) = store.list()
    assert (run.state, run.reason) == (State.FINISHED, "")
    assert run.metric == ("accuracy" if task == "classes" else "mae")
    assert run.summary is not None and run.summary["test_score"] >= 0


def test_settings_reach_the_import(told: Callable[..., str], files: tuple[Path, Path]) -> None:
    text = told(
        "import-graph",
        files[0],
        "--nodes",
        files[1],
        "--label",
        "b",
        "--feature",
        "a",
        "--directed",
        "--task",
        "values",
    )
    name = text.rsplit("a2q train ", 1)[1].strip()
    assert card(name).task == "node regression"
    assert (card(name).features, load(name).num_edges) == (1, 40)


def test_categories_and_decimals_reach_the_import(told: Callable[..., str], files: tuple[Path, Path]) -> None:
    files[1].write_text(
        "id;a;colour;kind\n" + "".join(f"{n};1,{n:03};{'rgb'[n % 3]};{'xy'[n % 2]}\n" for n in range(40))
    )
    given = ("import-graph", files[0], "--nodes", files[1], "--label", "kind")

    assert "Columns 'a' of people.csv are not used: '1,000' may have thousands or decimals" in told(*given)
    text = told(*given, "--one-hot", "colour", "--decimal", "comma")
    x = load(text.rsplit("a2q train ", 1)[1].strip()).data.x
    assert x[4].tolist() == pytest.approx([1.004, 0, 1, 0])
    assert "decimal is 'dots'; it must be" in told(*given, "--decimal", "dots", code=2)


def test_a_preview_shows_the_first_rows_and_imports_nothing(
    told: Callable[..., str], files: tuple[Path, Path], tmp_path: Path
) -> None:
    text = told("import-graph", files[0], "--nodes", files[1], "--label", "kind", "--preview")

    assert "Guessed of mine.csv: values between commas, row 1 names the columns; edges go from 'from' to 'to'." in text
    rows = text.partition("Nodes:\n")[2].splitlines()
    assert rows[0].split("  ")[-1].strip() == "b" and rows[2].split() == ["1", "y", "1.0", "0.111111"]
    assert text.endswith("Nothing is imported; leave --preview out to do so.\n")
    assert not [name for name in listing() if name.startswith("own-")]


def test_deleting_warns_where_runs_use_it(told: Callable[..., str], imported: str) -> None:
    with RunStore() as store:
        run = store.submit(preset("a2q", DatasetConfig(name=imported)))
        text = told("delete-dataset", imported, code=2)
        assert f"1 run uses {imported} ({run.id}): results stay, but none of them can be resumed" in text
        assert is_ready(imported)
        assert f"{imported} is deleted." in told("delete-dataset", imported, "--yes")
        assert imported not in listing()
        assert store.get(run.id).config.dataset.name == imported
        assert worker.main(run.id) == 0
        assert (
            "was deleted from this machine; import its files (mine.csv, people.csv) again" in store.get(run.id).reason
        )


def test_a_graph_without_runs_is_deleted_at_once(told: Callable[..., str], imported: str) -> None:
    assert "is deleted" in told("delete-dataset", imported)
    with pytest.raises(DatasetError):
        load(imported)


def test_mistakes_are_sentences(told: Callable[..., str], files: tuple[Path, Path], tmp_path: Path) -> None:
    assert "No column of labels is chosen" in told("import-graph", files[0], code=2)
    assert "has no column 'knd' for the labels; did you mean 'kind'" in told(
        "import-graph", files[0], "--nodes", files[1], "--label", "knd", code=2
    )
    assert "task is 'colours'; it must be" in told("import-graph", files[0], "--task", "colours", code=2)
    assert "There is no file" in told("import-graph", tmp_path / "none.csv", code=2)
    assert "cora is none of your own graphs" in told("delete-dataset", "cora", code=2)
    assert "There is no imported graph" in told("delete-dataset", "own-000000000000", code=2)
