"""Writes store.zip and facts.json with the code of commit ce0c23a; README.md has the command.

Every import below is of that commit and stays as it is: today's code cannot run this file and need not.
"""

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

GRAPH_EDGES = """from,to
ada,bob
bob,cem
cem,dia
dia,eve
eve,ada
ada,fay
fay,gus
gus,hal
hal,ida
ida,jan
jan,fay
cem,hal
"""
GRAPH_NODES = """node,age,score,club,part
ada,31,0.5,red,train
bob,22,-1.0,red,train
cem,45,0.25,red,validation
dia,37,2.0,red,test
eve,29,1.5,red,test
fay,51,-0.5,blue,train
gus,18,0.75,blue,train
hal,63,-2.25,blue,validation
ida,40,3.0,blue,test
jan,34,0.0,blue,test
"""
QUICK = ["training.epochs=4", "model.hidden=8"]


def rings() -> tuple[str, str]:
    """Edges and nodes of 20 graphs, rings and paths in turn, of 4 to 7 nodes."""
    edges, nodes = ["source,target"], ["node,graph,x,y,label"]
    for graph in range(20):
        size = 4 + graph % 4
        for node in range(size):
            nodes.append(f"g{graph}n{node},g{graph},{node / 4},{(-1) ** node},{('ring', 'path')[graph % 2]}")
            if node + 1 < size or graph % 2 == 0:
                edges.append(f"g{graph}n{node},g{graph}n{(node + 1) % size}")
    return "\n".join(edges) + "\n", "\n".join(nodes) + "\n"


def a2q(*arguments: str) -> str:
    """What the command printed."""
    command = [sys.executable, "-m", "a2q", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def imported(folder: Path, name: str, edges: str, nodes: str, *options: str) -> str:
    """Import a graph from two tables; returns its name."""
    (folder / f"{name}.csv").write_text(edges)
    (folder / f"{name}-nodes.csv").write_text(nodes)
    told = a2q("import-graph", str(folder / f"{name}.csv"), "--nodes", str(folder / f"{name}-nodes.csv"), *options)
    return told.split(" as ")[1].split(":")[0]


def until(condition: Callable[[], Any]) -> Any:
    end = time.monotonic() + 120
    while not (found := condition()):
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.01)
    return found


def fill(folder: Path) -> None:
    """Runs of every kind, what people noted on them, and two imported graphs."""
    from a2q.config.changes import change
    from a2q.config.presets import preset
    from a2q.runs import RunStore, State, worker

    from data import DatasetConfig

    own = imported(folder, "friends", GRAPH_EDGES, GRAPH_NODES, "--label", "club", "--split", "part", "--directed")
    deleted = imported(folder, "gone", GRAPH_EDGES, GRAPH_NODES, "--label", "part")
    a2q("delete-dataset", deleted)
    own_set = imported(folder, "rings", *rings(), "--graph", "graph", "--label", "label")

    karate = DatasetConfig(name="karate-club")

    def train(dataset: DatasetConfig, preset_name: str, *settings: str, model: Any = None) -> str:
        """Let the worker train a run; returns its id."""
        config = change(preset(preset_name, dataset, model), [*QUICK, *settings])
        with RunStore() as store:
            run = store.submit(config)
            assert worker.main(run.id) == 0
            ended = store.get(run.id)
            assert ended.state == (State.FAILED if dataset.name == deleted else State.FINISHED)
        return run.id

    # Trained with the presets' own warm start and distillation.
    first = train(karate, "a2q", "training.lr_bits=1")
    uniform = train(karate, "uniform")
    for name in ("degree-quant", "degree-bits", "binary", "fp32"):
        train(karate, name)
    train(karate, "a2q", "model.heads=2", "model.hidden=4", model="gat")
    train(karate, "a2q", "seed=1", model="gin")
    train(DatasetConfig(name=own), "a2q-paper")
    graphs = train(DatasetConfig(name=own_set), "a2q", "quantization.groups=20", "training.batch_size=8")
    failed = train(DatasetConfig(name=deleted), "fp32")

    with RunStore() as store:
        interrupted(store, change(preset("a2q", karate), ["training.epochs=4000", "model.hidden=4"]))
        cancelled = store.submit(change(preset("a2q", karate), [*QUICK, "seed=2"])).id
        store.cancel(cancelled)
        store.submit(change(preset("a2q", karate), [*QUICK, "seed=3"]))
        store.selections.save(first, "Hubs", [33, 0, 32])
        store.selections.save(first, "Mr. Hi's side", np.arange(9))
        store.selections.save(graphs, "Ring", [0, 1, 2, 3])
    a2q("tag", first, "baseline", "paper-1.7", "--star")
    a2q("note", first, "Few bits where in-degree is low.\nSecond line, with ä and ²")
    a2q("tag", uniform, "baseline")
    a2q("note", failed, "Its graph was deleted")
    (folder / "bundles").mkdir()
    for run_id in (first, graphs):
        a2q("export", run_id, str(folder / "bundles" / f"{run_id}.zip"))


def interrupted(store: Any, config: Any) -> str:
    """A run whose worker was asked to end amid its training."""
    from a2q.runs import State

    run = store.submit(config)
    with subprocess.Popen([sys.executable, "-m", "a2q.runs.worker", run.id]) as process:
        until(lambda: store.epochs(run.id) or process.poll() is not None)
        process.send_signal(signal.SIGTERM)
    assert store.get(run.id).state == State.INTERRUPTED, store.get(run.id)
    return run.id


def forget_the_machine(home: Path) -> None:
    """Take out the machine's name and its folders; all else stays as the code wrote it."""
    database = sqlite3.connect(home / "runs.sqlite")
    database.execute("UPDATE runs SET host = 'workstation' WHERE host IS NOT NULL")
    for place in (Path.cwd(), Path(sys.prefix), home):
        database.execute("UPDATE runs SET log = replace(log, ?, '…')", (str(place),))
    database.commit()
    database.close()


def facts() -> dict[str, Any]:
    """What this commit's code reads from the store."""
    from a2q.runs import RunStore
    from a2q.runs.arrays import unpack
    from a2q.runs.history import CHECKPOINT
    from data.imports import keeping

    with RunStore() as store:
        runs = [
            {
                "id": run.id,
                "digest": run.config.digest,
                "config": run.config.model_dump(mode="json"),
                "title": run.title,
                "state": str(run.state),
                "reason": run.reason,
                "log": run.log,
                "created": run.created,
                "started": run.started,
                "ended": run.ended,
                "versions": run.versions,
                "source": run.source,
                "summary": run.summary,
                "epochs": [asdict(metrics) for metrics in store.epochs(run.id)],
                "arrays": [
                    {"name": name, "epoch": epoch} | described(unpack(payload))
                    for (name, epoch), payload in sorted(store.payloads(run.id).items())
                ],
                "checkpoint": hashlib.sha256(store.payload(run.id, CHECKPOINT) or b"").hexdigest(),
                "annotation": asdict(store.annotations.of(run.id)),
                "selections": [
                    asdict(kept) | {"nodes": store.selections.nodes(run.id, kept.id).tolist()}
                    for kept in store.selections.of(run.id)
                ],
            }
            for run in store.list()
        ]
    graphs = []
    for own in keeping.here():
        known = {"name": own.card.name, "title": own.card.title, "digest": own.digest, "said": list(own.said)}
        known["arrays"] = {name: described(array) for name, array in sorted(keeping.arrays_of(own.card.name).items())}
        graphs.append(known)
    return {"commit": "ce0c23a", "runs": runs, "imports": graphs}


def described(array: np.ndarray) -> dict[str, Any]:
    """Shape, type and the start of the SHA-256 of an array's values."""
    content = np.ascontiguousarray(array).tobytes()
    return {"shape": list(array.shape), "dtype": array.dtype.str, "sha256": hashlib.sha256(content).hexdigest()[:16]}


def pack(home: Path, bundles: Path, file: Path) -> None:
    """The database, the imported graphs and the bundles in one .zip."""
    database = sqlite3.connect(home / "runs.sqlite", isolation_level=None)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    # One file without a log beside it; whoever opens it sets WAL again.
    database.execute("PRAGMA journal_mode=DELETE")
    database.execute("VACUUM")
    database.close()
    members = {"home/runs.sqlite": home / "runs.sqlite"}
    members |= {f"home/{path.relative_to(home)}": path for path in (home / "imports").rglob("own-*/*")}
    members |= {f"bundles/{path.name}": path for path in bundles.iterdir()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        for name, path in sorted(members.items()):
            archive.write(path, name)


def main(target: Path) -> None:
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        home = folder / "home"
        os.environ |= {"A2Q_HOME": str(home), "OMP_NUM_THREADS": "1", "A2Q_WORKERS": "1"}
        for name in ("A2Q_DATABASE_URL", "A2Q_SCHEDULER", "A2Q_DATA", "A2Q_READONLY"):
            os.environ.pop(name, None)
        fill(folder)
        forget_the_machine(home)
        told = facts()
        (target / "facts.json").write_text(json.dumps(told, separators=(",", ":"), ensure_ascii=False) + "\n")
        pack(home, folder / "bundles", target / "store.zip")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
