"""What is to be predicted, and on which part: of each node, or of each graph."""

import numpy as np

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.grouping import Grouping
from a2q.datasets.importers.labels import Labels, classes_by_in_degree, read_labels
from a2q.datasets.importers.left_out import notes
from a2q.datasets.importers.parts import Parts
from a2q.datasets.importers.splits import checked_split, drawn_split, read_split
from a2q.datasets.importers.tables import listed
from a2q.datasets.importers.uploads import shown


def targets(
    parts: Parts, config: ImportConfig, in_degree: np.ndarray, graphs: Grouping | None, warnings: list[str]
) -> tuple[Labels, np.ndarray]:
    """Return the labels, and the part of each node or graph (0 for none, 1 train, 2 validation, 3 test).

    Args:
        parts: the files.
        config: which columns.
        in_degree: of each node, [nodes].
        graphs: which graph each node is of; None where nodes have the labels.
        warnings: takes what the user should know of.

    Raises:
        DatasetError: there are no labels, nothing to learn from them, or no split.
    """
    what = "node" if graphs is None else "graph"
    table = parts.nodes if graphs is None or parts.graphs is None else parts.graphs
    if table is not None and config.label:
        found = read_labels(table, config.label, config.task)
        if config.task is None and table.numeric(config.label):
            looks = "values, for its fractions or many" if found.regression else "classes, for its few whole"
            warnings.append(f"Column {shown(config.label)} of {table.name} is taken for {looks} numbers.")
        if found.regression:
            warnings.extend(notes(table, (config.label,)))
    elif config.stand_in_labels and graphs is None:
        found = classes_by_in_degree(in_degree)
    else:
        columns = f" among {listed(table.columns)} of {table.name}" if table is not None else ""
        raise DatasetError(
            f"No column of labels is chosen{columns}; name the column to predict, upload a node table that has one, "
            "or let classes by in-degree stand in."
        )
    split = read_split(table, config.split) if table is not None and config.split else None
    if graphs is not None and table is parts.nodes:
        found = Labels(graphs.shared(found.values, "label"), found.classes, found.warnings)
        split = None if split is None else graphs.shared(split, "part of the split")
    warnings.extend(found.warnings)
    split, remarks = drawn_split(found, config.seed, what) if split is None else checked_split(split, found, what)
    warnings.extend(remarks)
    return (_standardised(found, split, warnings) if found.regression else found), split


def _standardised(found: Labels, split: np.ndarray, warnings: list[str]) -> Labels:
    """Values less their mean, over their standard deviation, both of the training part: networks start near those."""
    train = found.values[split == 1].astype(np.float64)
    mean, deviation = float(train.mean()), float(train.std())
    values = (found.values - mean) / deviation if deviation > 0 else np.full(1, np.inf)
    if not np.isfinite(values[found.known[: len(values)]]).all():
        raise DatasetError(
            "The values of the training part are all equal, or too large to be told apart; scale them, or give another "
            "split or column."
        )
    warnings.append(
        f"Values are standardised: 0 stands for {mean:.6g}, and 1 for {deviation:.6g} more (mean and standard "
        "deviation of the training part); errors are in these units."
    )
    return Labels(values.astype(np.float32), warnings=found.warnings)
