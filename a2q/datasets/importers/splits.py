"""From a column of parts, or a seed, to what is trained on, validated and tested."""

import numpy as np

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.labels import Labels
from a2q.datasets.importers.tables import Batch, Table, listed
from a2q.datasets.importers.uploads import shown

PARTS = ("train", "validation", "test")
_PART_OF = {
    **dict.fromkeys(("train", "training", "tr"), 1),
    **dict.fromkeys(("validation", "valid", "val", "dev"), 2),
    **dict.fromkeys(("test", "testing", "te"), 3),
    **dict.fromkeys(("none", "unused", "-", "no", "na", "nan", "null"), 0),
}
_SHARES = (0.6, 0.2, 0.2)


def read_split(table: Table, column: str) -> np.ndarray:
    """Return the part of each row: 0 for none, else 1 + its place in :data:`PARTS`, uint8.

    Raises:
        DatasetError: naming the first row with another word.
    """
    return np.concatenate([split_of(batch, column) for batch in table.batches(column)])


def split_of(batch: Batch, column: str) -> np.ndarray:
    """The part of each of some rows, as :func:`read_split` gives it."""
    words = batch.texts(column)
    for row, word in enumerate(words):
        if word is not None and word.lower() not in _PART_OF:
            raise DatasetError(
                f"{batch.place(row)} has the part {shown(word)} in column {shown(column)}; "
                f"write {listed(PARTS)}, or nothing for a row that is in no part."
            )
    return np.array([0 if word is None else _PART_OF[word.lower()] for word in words], dtype=np.uint8)


def says_parts(batch: Batch, column: str) -> bool:
    """Whether some rows of a column say a part: one called "part" may be of a car."""
    values = batch.rows.column(column).to_pylist()
    return any(_PART_OF.get(str(value).strip().lower(), 0) > 0 for value in values)


def checked_split(split: np.ndarray, labels: Labels, what: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the split without items that have no label, and what is to be said of those.

    Args:
        split: of each item, as :func:`read_split` gives it.
        labels: of each item.
        what: "node" or "graph".

    Raises:
        DatasetError: a part is empty.
    """
    dropped = int(((split > 0) & ~labels.known).sum())
    split = np.where(labels.known, split, 0).astype(np.uint8)
    empty = [name for place, name in enumerate(PARTS, start=1) if not (split == place).any()]
    if empty:
        raise DatasetError(
            f"The split has no labelled {what} in {' and '.join(empty)}; give each part some, or leave the "
            "column of the split out to have one drawn."
        )
    taken = f"{dropped:,} {what}s of the split have no label and are taken out of it."
    return split, (taken,) if dropped else ()


def drawn_split(labels: Labels, seed: int, what: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Draw a split: of each class 60 % to train, 20 % to validate, 20 % to test; of values the same shares of all.

    A class of one goes to the training part, of two to training and test.

    Raises:
        DatasetError: there are too few labels for three parts.
    """
    rng = np.random.default_rng(seed)
    kinds = np.zeros(len(labels.values), dtype=np.int64) if labels.regression else labels.values
    split = np.zeros(len(kinds), dtype=np.uint8)
    small = 0
    for kind in np.unique(kinds[labels.known]):
        members = rng.permutation(np.flatnonzero(labels.known & (kinds == kind)))
        small += len(members) < len(PARTS)
        train = max(1, round(_SHARES[0] * len(members)))
        test = min(len(members) - train, max(1, round(_SHARES[2] * len(members))))
        # Rounding may leave nothing to validate where there would be enough for it.
        if len(members) >= len(PARTS) and train + test == len(members):
            train -= 1
        split[members[:train]] = 1
        split[members[train : len(members) - test]] = 2
        split[members[len(members) - test :]] = 3
    if any(not (split == place).any() for place in (1, 2, 3)):
        raise DatasetError(
            f"{int(labels.known.sum()):,} labelled {what}s are too few to draw a training, validation and test part "
            "from; label more, at least three of one class."
        )
    how = "" if labels.regression else ", of each class"
    warnings = [f"There is no split: 60 % train, 20 % validation, 20 % test are drawn{how}, with seed {seed}."]
    if small:
        warnings.append(
            f"{small:,} class{'' if small == 1 else 'es'} with fewer than three {what}s cannot be in every part."
        )
    return split, tuple(warnings)
