"""From an upload to a stored graph: everything is checked before anything is kept."""

import time
from functools import partial
from pathlib import Path

import numpy as np

from a2q.datasets.importers import import_store as keeping
from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.describe import describe
from a2q.datasets.importers.directions import direction_column
from a2q.datasets.importers.edges import EdgeSet, collect, remarks
from a2q.datasets.importers.features import stored_features
from a2q.datasets.importers.grouping import Grouping, grouped
from a2q.datasets.importers.guesses import guesses
from a2q.datasets.importers.import_store import Imported
from a2q.datasets.importers.labels import Labels
from a2q.datasets.importers.mapping import guess
from a2q.datasets.importers.matching import matched
from a2q.datasets.importers.numbering import Numbering
from a2q.datasets.importers.parts import Parts
from a2q.datasets.importers.progress import Stage, with_progress
from a2q.datasets.importers.reading import Files, read
from a2q.datasets.importers.tables import Table, listed
from a2q.datasets.importers.targets import targets
from a2q.datasets.progress import Progress, no_progress


def import_graph(files: Files, config: ImportConfig | None = None, progress: Progress | None = None) -> Imported:
    """Read, check and keep the user's own graph; the same content always has the same name.

    Args:
        files: what was uploaded, or paths.
        config: what the columns mean; guessed where it says nothing.
        progress: called with a fraction from 0 to 1 and a sentence; what it raises stops the import and leaves
            nothing behind.

    Raises:
        DatasetError: with one sentence that names the file and the row or column, and the cure. Nothing is kept then.
    """
    with keeping.draft() as place:
        return import_into(place, files, config or ImportConfig(), progress or no_progress)


def import_into(place: Path, files: Files, config: ImportConfig, progress: Progress) -> Imported:
    """The same, with a folder of the caller's to build it in."""
    stage = Stage(progress)
    stage.enter(0.0, f"Reading {files.edges.name}")
    parts = with_progress(read(files, config.header, config.decimal), stage)
    return _import(files, parts, config, stage, place)


def _import(files: Files, parts: Parts, given: ImportConfig, stage: Stage, place: Path) -> Imported:
    config = guess(parts, given)
    stage.enter(0.1, "Numbering the nodes")
    nodes, between = matched(parts, config)
    stage.enter(0.25, f"Reading the edges of {len(nodes):,} nodes")
    directed = bool(parts.directed) if config.directed is None else config.directed
    edges = collect(between, (config.source or "", config.target or ""), nodes, directed)
    warnings = [
        *guesses(parts, given, config),
        *parts.warnings,
        *nodes.alike(),
        *remarks(edges, parts.edges, nodes),
        *_unread(parts, config),
    ]
    if config.directed is None and parts.directed is None:
        warnings.append("Nothing says whether edges have a direction: each goes both ways.")
    graphs = grouped(parts, config, edges, nodes)
    in_degree = edges.in_degree()
    stage.enter(0.5, "Reading labels and split")
    labels, splits = targets(parts, config, in_degree, graphs, warnings)
    stage.enter(0.6, "Reading the features")
    features = stored_features(parts, config, in_degree, place / "x", graphs is not None, warnings)
    stage.enter(0.8, "Storing")
    arrays = _arrays(edges, labels, splits, nodes, graphs)
    arrays |= {name: [values] for name, values in features.arrays.items()}
    digest = keeping.fingerprint(arrays, features.fingerprint, labels.classes, directed)
    both = len(edges) * (1 if directed else 2)
    known = Imported(
        card=describe(f"own-{digest[:12]}", files, config, labels, splits, features, both, graphs),
        digest=digest,
        files=tuple(file.name for file in files.all),
        config=config,
        directed=directed,
        warnings=tuple(warnings),
        created=time.time(),
    )
    # The last report comes before anything is in its place: one who does not want the graph any more gets none.
    done = partial(stage.enter, 1.0, f"Imported: {known.card.title}")
    keeping.keep(known, arrays, features.path, (features.rows, features.columns), place, done)
    return known


def _unread(parts: Parts, config: ImportConfig) -> list[str]:
    """What an edge list says beyond the ends of its edges, a sentence."""
    edges = parts.edges
    if not isinstance(edges, Table):
        return []
    said = parts.directed is not None and edges.word == "row"
    used = (config.source, config.target, direction_column(edges) if said else None)
    left = [column for column in edges.columns if column not in used]
    if not left:
        return []
    return [f"Columns {listed(left)} of {edges.name} are not used: edges have no weights or attributes here."]


def _arrays(
    edges: EdgeSet, labels: Labels, splits: np.ndarray, nodes: Numbering, graphs: Grouping | None
) -> dict[str, list[np.ndarray]]:
    """Everything to store but the features, each array as the parts it is joined of."""
    counts = np.array([len(part) for part in edges.parts])
    arrays = {"edges": edges.parts, "edges_of_part": [counts], "y": [labels.values], "split": list(splits)}
    arrays |= {name: [values] for name, values in nodes.stored().items()}
    if graphs is not None:
        arrays["graph"] = [graphs.of_node]
    return arrays
