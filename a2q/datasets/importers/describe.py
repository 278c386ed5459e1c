"""The card of an imported graph."""

from typing import Any

import numpy as np

from a2q.datasets.card import DatasetCard, Task
from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.features import FeatureFile, SparseFeatures
from a2q.datasets.importers.grouping import Grouping
from a2q.datasets.importers.labels import Labels
from a2q.datasets.importers.reading import Files
from a2q.datasets.importers.uploads import harmless, shown

_VERBS = ("train", "validate", "test")


def describe(
    name: str,
    files: Files,
    config: ImportConfig,
    labels: Labels,
    splits: np.ndarray,
    features: FeatureFile | SparseFeatures,
    edges: int,
    graphs: Grouping | None,
) -> DatasetCard:
    """Return the card.

    Args:
        name: own-…
        files, config: what was read, and how.
        labels, splits, features, graphs: what was found.
        edges: directed edges; an undirected one counts twice.
    """
    level = "node" if graphs is None else "graph"
    kind = "regression" if labels.regression else "classification"
    task: Task = f"{level} {kind}"  # type: ignore[assignment]
    counts = ", ".join(f"{int((splits[0] == part).sum()):,} to {verb}" for part, verb in enumerate(_VERBS, start=1))
    several = len(splits) > 1
    whose = f"column {shown(config.split)}" if config.split else f"drawn with seed {config.seed}"
    told = ", ".join(file.name for file in files.all)
    sizes: dict[str, Any] = {"nodes": features.rows, "edges": edges}
    if graphs is not None:
        count = len(graphs.names)
        sizes = {
            "graphs": count,
            "mean_nodes": round(features.rows / count, 1),
            "mean_edges": round(edges / count, 1),
        }
    return DatasetCard(
        name=name,
        title=harmless(config.title.strip()) or files.edges.title[:60] or name,
        task=task,
        split=f"{len(splits)} folds, {whose}; fold 0: {counts}" if several else f"{whose}: {counts}",
        folds=len(splits) if several else None,
        source=f"your own files: {told}",
        licence="that of your files",
        citation="none: your own graph",
        features=features.columns,
        entries=features.entries if isinstance(features, SparseFeatures) else None,
        train_nodes=int((splits[0] == 1).sum()) if graphs is None else None,
        binary=features.binary,
        classes=len(labels.classes) or None,
        class_names=labels.classes,
        why="Your own graph.",
        needs="nothing",
        **sizes,
    )
