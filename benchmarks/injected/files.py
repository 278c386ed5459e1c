"""Files that are damaged: bundles, imports, and the user's own graphs in $A2Q_HOME."""

import io
import json
import random
import shutil
import time
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.io import mmwrite
from scipy.sparse import random_array

from a2q.datasets import DatasetConfig, DatasetError, load
from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.import_store import folder as graphs_folder
from a2q.datasets.importers.importing import import_graph
from a2q.datasets.importers.reading import Files
from a2q.datasets.importers.uploads import Upload
from a2q.experiments.bundle.bundle import import_bundle
from a2q.experiments.bundle.file import read_bundle
from a2q.experiments.launch import dispatch
from a2q.experiments.presets import preset
from a2q.experiments.store import RunError, State
from injected.runs import ROOT, home
from injected.trial import Trials

BUNDLES = 120
VALUES = 120
IMPORTS = 20
FLIPS = 200
LONGEST = 600
"""Characters that a sentence may have; longer ones hold a file's content."""
_SAMPLE = ROOT / "data" / "samples" / "gcn.zip"
_HOSTILE = (None, -1, 1e308, 2**62, "", "x" * 5_000, "\U0010ffff", [], {}, [[[]]], True)


def bundles(folder: Path, chance: random.Random) -> Trials:
    """Bytes of a bundle changed, put in, taken out or cut off."""
    trials = Trials("bundle with bytes changed, added or cut off", "refused in a sentence, or taken in and readable")
    content = _SAMPLE.read_bytes()
    _take_in(folder, trials, [spoilt(content, chance) for _ in range(BUNDLES)])
    return trials


def records(folder: Path, chance: random.Random) -> Trials:
    """A value of a bundle's record replaced by a hostile one."""
    trials = Trials("bundle with one value of its record replaced", "refused in a sentence, or taken in and readable")
    _take_in(folder, trials, [_with_another_value(chance) for _ in range(VALUES)])
    return trials


def imports(folder: Path, chance: random.Random) -> Trials:
    """Bytes of a graph's file changed, in every format."""
    trials = Trials(
        "imported file with bytes changed, in each of 8 formats", "refused in a sentence, or imported whole"
    )
    with home(folder / "imports"):
        for ending, content in _graphs().items():
            for _ in range(IMPORTS):
                trials.ended[_told(partial(_imported, ending, spoilt(content, chance)), DatasetError)] += 1
    return trials


def graph_removed(folder: Path) -> Trials:
    """The folder of an imported graph is removed while a run on it waits for its worker."""
    trials = Trials("own graph's folder removed while its run waits", "failed with the reason, place free, deleted")
    with home(folder / "removed") as store:
        edges = folder / "tree.csv"
        # Nodes have 0 to 4 in-edges, from which labels can be made.
        edges.write_text("source,target\n" + "\n".join(f"{node},{node // 4}" for node in range(1, 100)))
        made = import_graph(Files(Upload.of(edges)), ImportConfig(stand_in_labels=True))
        run_id = store.submit(preset("fp32", DatasetConfig(name=made.card.name))).id
        shutil.rmtree(graphs_folder() / made.card.name)
        dispatch(store)
        while store.get(run_id).is_active:
            time.sleep(0.1)
        run = store.get(run_id)
        if run.state != State.FAILED or "import its files again" not in run.reason:
            trials.ended[f"{run.state}: {run.reason}"] += 1
        else:
            store.delete(run_id)
            trials.ended["right" if not store.list() else "still there after it was deleted"] += 1
    return trials


def own_graphs(folder: Path, chance: random.Random) -> Trials:
    """One byte of an imported graph flipped in $A2Q_HOME."""
    trials = Trials("one byte of an own graph in `$A2Q_HOME` flipped", "refused in a sentence, or read as it was")
    with home(folder / "flipped"):
        name = _imported("graphml", _graphs()["graphml"])
        before = _facts(name)
        files = sorted(file for file in (graphs_folder() / name).iterdir() if file.is_file())
        for _ in range(FLIPS):
            file = chance.choice(files)
            content = file.read_bytes()
            place = chance.randrange(len(content))
            file.write_bytes(
                content[:place] + bytes([content[place] ^ (1 << chance.randrange(8))]) + content[place + 1 :]
            )
            trials.ended[_told(partial(_as_it_was, name, before), DatasetError)] += 1
            file.write_bytes(content)
    return trials


def _as_it_was(name: str, before: str) -> None:
    if _facts(name) != before:
        raise ReadOtherwiseError


class ReadOtherwiseError(Exception):
    """A damaged file was read as something else, without a word."""


def spoilt(content: bytes, chance: random.Random) -> bytes:
    """The content with one to three places changed, or its end cut off."""
    if chance.random() < 0.2:
        return content[: chance.randrange(len(content))]
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(content))
        new = chance.randbytes(chance.randint(0, 4))
        content = content[:place] + new + content[place + chance.randint(0, 4) :]
    return content


def _take_in(folder: Path, trials: Trials, contents: list[bytes]) -> None:
    with home(folder / trials.fault.replace(" ", "-")) as store:

        def taken_in(content: bytes) -> None:
            run = import_bundle(store, read_bundle(io.BytesIO(content)))
            assert store.get(run.id).title and store.arrays(run.id) is not None and store.epochs(run.id) is not None
            assert run.id in {one.id for one in store.list()}
            store.delete(run.id)

        for content in contents:
            trials.ended[_told(partial(taken_in, content), RunError)] += 1


def _told(step: Callable[[], object], allowed: type[Exception]) -> str:
    """How a step ended: well or in a sentence, which is right, or otherwise."""
    try:
        step()
    except allowed as error:
        return "right" if len(str(error)) <= LONGEST else "in a sentence of endless length"
    except ReadOtherwiseError:
        return "read as something else without a word"
    except Exception as error:
        return f"as {type(error).__name__}"
    return "right"


def _with_another_value(chance: random.Random) -> bytes:
    """The sample's bundle, one value of whose record is another."""
    made = io.BytesIO()
    with zipfile.ZipFile(_SAMPLE) as archive, zipfile.ZipFile(made, "w") as changed:
        for member in archive.namelist():
            content = archive.read(member)
            if member == "run.json":
                record = json.loads(content)
                inside, key = chance.choice(list(_places(record)))
                inside[key] = chance.choice(_HOSTILE)
                content = json.dumps(record).encode()
            changed.writestr(member, content)
    return made.getvalue()


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every value in a document, as what holds it and its key there; of long lists the first three."""
    keys = list(value) if isinstance(value, dict) else list(range(min(len(value), 3)))
    found = [(value, key) for key in keys]
    for key in keys:
        if isinstance(value[key], dict | list):
            found += _places(value[key])
    return found


def _imported(ending: str, content: bytes) -> str:
    name = import_graph(Files(Upload(f"graph.{ending}", io.BytesIO(content)))).card.name
    load(name)
    return name


def _facts(name: str) -> str:
    """All that a graph is, as text."""
    read = load(name)
    arrays = {key: value.tolist() for key, value in sorted(read.data.to_dict().items()) if hasattr(value, "tolist")}
    return repr((read.card.model_dump(), arrays))


def _graphs() -> dict[str, bytes]:
    """One small graph in every format."""
    graph = nx.gnm_random_graph(30, 60, seed=0)
    edges = list(graph.edges)
    for node in graph:
        graph.nodes[node].update(label=node % 3, weight=node / 7)
    table = pa.table({"source": [edge[0] for edge in edges], "target": [edge[1] for edge in edges]})
    parquet, arrays, matrix, graphml, gexf = (io.BytesIO() for _ in range(5))
    pq.write_table(table, parquet)
    np.savez(arrays, edge_index=np.array(edges).T, x=np.eye(30, 4), y=np.arange(30) % 3)
    mmwrite(matrix, random_array((30, 30), density=0.1, rng=np.random.default_rng(0)))
    nx.write_graphml(graph, graphml)
    nx.write_gexf(graph, gexf)
    return {
        "csv": "\n".join(["source,target", *(f"{one},{other}" for one, other in edges)]).encode(),
        "parquet": parquet.getvalue(),
        "npz": arrays.getvalue(),
        "mtx": matrix.getvalue(),
        "graphml": graphml.getvalue(),
        "gexf": gexf.getvalue(),
        "gml": "\n".join(nx.generate_gml(graph)).encode(),
        "json": json.dumps(nx.node_link_data(graph, edges="links")).encode(),
    }
