"""One spoilt file after another, read as the product reads them, in this process; each is told before and after."""

import json
import os
import random
import re
import resource
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from a2q.datasets import DatasetError, load, load_graphs
from a2q.datasets.importers import import_store
from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.importing import import_graph
from a2q.datasets.importers.reading import Files
from a2q.datasets.importers.uploads import Upload
from a2q.experiments.bundle.bundle import import_bundle
from a2q.experiments.bundle.file import read_bundle
from a2q.experiments.store import RunError, RunStore
from a2q.reports.node_table import node_table
from fuzzing.corpus import file_of, files

MOST_CHARACTERS = 800
_INNER = re.compile(
    r"NoneType|Traceback|\bcodec\b|thrift|flatbuffer|Errno|object (?:has no|is not|at 0x)|<class|unhashable"
    r"|subscriptable|__\w+__|positional argument|\bndarray\b"
    r"|\b(?:Key|Type|Attribute|Index|Assertion|Value|Runtime|Overflow|Memory)Error\b",
    re.IGNORECASE,
)
_WITH_EDGES = ("nodes.csv", "nodes.parquet")
_FEATURES = ("features.mtx", "features.npz")


def attempts(seed: int, numbers: range, seconds: float, most_growth: int, say: Callable[..., None]) -> None:
    """Try the files of these numbers until the time is over.

    Args:
        seed: with its number it makes a file.
        numbers: of the files.
        seconds: when no other is begun.
        most_growth: bytes that the peak of this process may grow by for one file.
        say: told each file's number before it is tried (`begun`), and what came of it (`fault`, or none).
    """
    until = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as home:
        os.environ["A2Q_HOME"] = home
        os.environ.pop("A2Q_DATABASE_URL", None)
        with RunStore() as store:
            for number in numbers:
                if time.monotonic() > until:
                    return
                say(begun=number)
                name, content = file_of(seed, number)
                before = _peak()
                outcome, fault = _tried(name, content, store, random.Random(number))
                grown = _peak() - before
                if not fault and grown > most_growth:
                    fault = f"memory grew by {grown >> 20:,} MiB"
                say(number=number, name=name, outcome=outcome, fault=fault, peak=_peak())


def _tried(name: str, content: bytes, store: RunStore, draw: random.Random) -> tuple[str, str]:
    """What came of a file ("read" or "refused"), and what is wrong about that."""
    try:
        if name.endswith(".zip"):
            _take_in(content, store)
        else:
            _import(name, content, draw)
    except (DatasetError, RunError) as error:
        return "refused", _wrong(str(error))
    except BaseException:
        return "failed", traceback.format_exc(limit=-4)
    return "read", ""


def _import(name: str, content: bytes, draw: random.Random) -> None:
    good = files()
    edges, nodes, features = (name, content), None, None
    if name in _WITH_EDGES:
        edges, nodes = ("edges.csv", good["edges.csv"]), (name, content)
    elif name in _FEATURES:
        edges, nodes, features = ("edges.csv", good["edges.csv"]), ("nodes.csv", good["nodes.csv"]), (name, content)
    elif name.startswith(("edges", "graph.mtx")) or draw.random() < 0.2:
        nodes = ("nodes.csv", good["nodes.csv"])
    uploads = [None if file is None else Upload.of(file[1], file[0]) for file in (edges, nodes, None, features)]
    config = ImportConfig(stand_in_labels=True)
    found = import_graph(Files(*uploads), config).card  # type: ignore[arg-type]
    (load_graphs if found.graph_level else load)(found.name)
    import_store.delete(found.name)


def _take_in(content: bytes, store: RunStore) -> None:
    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        file.write(content)
        file.flush()
        bundle = read_bundle(Path(file.name))
    # What every page of a run begins with.
    for layer in bundle.layers:
        node_table(bundle.arrays, layer)
    store.delete(import_bundle(store, bundle).id)


def _wrong(sentence: str) -> str:
    """What is wrong with an error's sentence, if anything."""
    if len(sentence) > MOST_CHARACTERS or "\n" in sentence or not sentence.endswith("."):
        return f"no sentence: {sentence[:200]!r}"
    if "does not fit into this machine's memory" in sentence:
        return f"a limit was met: {sentence}"
    found = _INNER.search(sentence)
    return f"inner words ({found[0]}): {sentence}" if found else ""


def _peak() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def serve() -> None:
    """Be the process of one request, a line of JSON; a file's reader may crash it."""
    asked = json.loads(sys.stdin.readline())
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(**facts: object) -> None:
        answers.write(json.dumps(facts) + "\n")
        answers.flush()

    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (asked["memory"], asked["memory"]))
    numbers = range(asked["first"], asked["last"])
    attempts(asked["seed"], numbers, asked["seconds"], asked["growth"], say)
    say(over=True)


if __name__ == "__main__":
    serve()
