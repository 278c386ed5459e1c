import json
import os
import subprocess
import sys
from pathlib import Path

from a2q.datasets import DatasetConfig
from a2q.experiments.presets import preset
from a2q.experiments.store import RunStore

ROOT = Path(__file__).parents[3]
# Most take a good part of a second to import, torch several.
HEAVY = {"torch", "torch_geometric", "pandas", "scipy", "sklearn", "pyarrow", "networkx", "igraph", "alembic", "plotly"}
HEAVY |= {"streamlit", "distributed", "numpy"}
RUN, FOLDER = "A_RUN", "A_FOLDER"
LIGHT = [
    ["--version"],
    ["--help"],
    *([command, "--help"] for command in ("train", "import-graph", "simulate", "export", "import-run", "resume")),
    ["runs"],
    ["runs", "--json"],
    ["show", RUN],
    ["cancel", RUN],
    ["release", RUN],
    ["backup", FOLDER],
    ["tag", RUN, "baseline", "--star"],
    ["note", RUN, "the first one"],
    ["datasets"],
    ["delete-dataset", "own-0123456789"],
    ["show", "no-such-run"],
    ["train", "karate-club", "--method", "none"],
    ["delete", RUN],
]
COMMANDS = """
import contextlib, io, json, sys
from a2q.cli.app import main
loaded = {}
for words in json.loads(sys.argv[1]):
    sys.argv = ["a2q", *words]
    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
        main()
    loaded[" ".join(words)] = sorted({name.partition(".")[0] for name in sys.modules})
print(json.dumps(loaded))
"""


def test_commands_that_load_no_graph_import_no_library_of_graphs(tmp_path: Path) -> None:
    with RunStore(f"sqlite:///{tmp_path / 'runs.sqlite'}") as store:
        run = store.submit(preset("a2q", DatasetConfig(name="karate-club"))).id
        store.cancel(run)
    given = {RUN: run, FOLDER: str(tmp_path / "copy")}
    words = [[given.get(word, word) for word in command] for command in LIGHT]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("A2Q_")}
    told = subprocess.run(
        [sys.executable, "-c", COMMANDS, json.dumps(words)],
        env=environment | {"A2Q_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        check=True,
    )
    loaded: dict[str, list[str]] = json.loads(told.stdout)
    assert len(loaded) == len(LIGHT)
    assert {command: heavy for command, names in loaded.items() if (heavy := HEAVY & set(names))} == {}
    with RunStore(f"sqlite:///{tmp_path / 'runs.sqlite'}") as store:
        assert store.ids_on("karate-club") == []
