"""What is to be predicted, and on which part: of each node, or of each graph."""

import numpy as np

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.grouping import Grouping
from a2q.datasets.importers.labels import Labels, classes_by_in_degree, read_labels
from a2q.datasets.importers.left_out import notes
from a2q.datasets.importers.parts import Parts
from a2q.datasets.importers.splits import checked_split, drawn_folds, drawn_split, read_splits
from a2q.datasets.importers.tables import listed
from a2q.datasets.importers.uploads import shown


def targets(
    parts: Parts, config: ImportConfig, in_degree: np.ndarray, graphs: Grouping | None, warnings: list[str]
) -> tuple[Labels, np.ndarray]:
    """Return the labels, and of each split the part of each node or graph (0 for none, 1 train, 2 validation, 3 test),
    [splits, items].

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
    splits = read_splits(table, config.split, warnings) if table is not None and config.split else None
    if graphs is not None and table is parts.nodes:
        found = Labels(graphs.shared(found.values, "label"), found.classes, found.warnings)
        splits = None if splits is None else np.stack([graphs.shared(one, "part of the split") for one in splits])
    warnings.extend(found.warnings)
    splits, remarks = _splits(splits, found, config, what)
    warnings.extend(remarks)
    return (_standardised(found, splits, warnings) if found.regression else found), splits


def _splits(
    given: np.ndarray | None, labels: Labels, config: ImportConfig, what: str
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Those given, checked, or drawn; and what is to be said of them."""
    if given is None and config.folds:
        return drawn_folds(labels, config.folds, config.seed, what)
    if given is None:
        drawn, remarks = drawn_split(labels, config.seed, what)
        return drawn[None], remarks
    checked = []
    for number, split in enumerate(given):
        try:
            checked.append(checked_split(split, labels, what))
        except DatasetError as error:
            raise (error if len(given) == 1 else DatasetError(f"Of split {number}: {error}")) from error
    told = dict.fromkeys(remark for _, remarks in checked for remark in remarks)
    return np.stack([split for split, _ in checked]), tuple(told)


def _standardised(found: Labels, splits: np.ndarray, warnings: list[str]) -> Labels:
    """Values less their mean, over their standard deviation, both of the training part: networks start near those. Of
    several splits, whose training parts differ, both are of all values."""
    chosen, of = (splits[0] == 1, "the training part") if len(splits) == 1 else (found.known, "all values")
    train = found.values[chosen].astype(np.float64)
    mean, deviation = float(train.mean()), float(train.std())
    values = (found.values - mean) / deviation if deviation > 0 else np.full(1, np.inf)
    if not np.isfinite(values[found.known[: len(values)]]).all():
        raise DatasetError(
            "The values of the training part are all equal, or too large to be told apart; scale them, or give another "
            "split or column."
        )
    warnings.append(
        f"Values are standardised: 0 stands for {mean:.6g}, and 1 for {deviation:.6g} more (mean and standard "
        f"deviation of {of}); errors are in these units."
    )
    return Labels(values.astype(np.float32), warnings=found.warnings)
