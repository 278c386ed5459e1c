"""From a column of parts, or a seed, to what is trained on, validated and tested."""

import warnings

import numpy as np

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import limits
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
FOLD_NAMES = ("fold", "folds", "cv_fold", "fold_id")


def read_split(table: Table, column: str) -> np.ndarray:
    """Return the part of each row: 0 for none, else 1 + its place in :data:`PARTS`, uint8.

    Raises:
        DatasetError: naming the first row with another word.
    """
    return np.concatenate([split_of(batch, column) for batch in table.batches(column)])


def read_splits(table: Table, column: str, told: list[str]) -> np.ndarray:
    """Return each split that a column says, [splits, rows] uint8, as :func:`read_split` gives one.

    Args:
        table: the rows.
        column: parts; or numbers of folds, each of which is tested on once and validated on once, before the next; or
            the first of the columns that say one split each.
        told: takes how it is read.

    Raises:
        DatasetError: as :func:`read_split`, or there are fewer than three folds or far too many.
    """
    if column in table.splits[:1]:
        told.append(f"{table.name} has {len(table.splits)} splits, of which a run takes one: fold 0, unless it says.")
        return np.stack([read_split(table, one) for one in table.splits])
    if not says_folds(table, column):
        return read_split(table, column)[None]
    numbers = np.concatenate([batch.numbers(column) for batch in table.batches(column)])
    found = np.unique(numbers[~np.isnan(numbers)])
    if not len(PARTS) <= len(found) <= limits.SPLITS or (found != np.floor(found)).any():
        raise DatasetError(
            f"Column {shown(column)} of {table.name} has {len(found):,} different numbers, and folds are from "
            f"{len(PARTS)} to {limits.SPLITS} whole ones; give these, or write {listed(PARTS)}."
        )
    told.append(
        f"Column {shown(column)} of {table.name} numbers {len(found)} folds: a run tests on one (fold 0 is "
        f"{found[0]:g}), validates on the one before and trains on the others."
    )
    splits = np.where(np.isnan(numbers), 0, 1).astype(np.uint8)[None].repeat(len(found), 0)
    for fold, number in enumerate(found):
        splits[fold][numbers == number] = 3
        splits[fold][numbers == found[fold - 1]] = 2
    return splits


def says_folds(table: Table, column: str) -> bool:
    """Whether the first rows of a column number folds: it is called so, or holds more numbers than there are parts."""
    if not table.numeric(column):
        return False
    numbers = table.first_rows().numbers(column)
    numbers = numbers[~np.isnan(numbers)]
    whole = bool(len(numbers)) and bool(((numbers >= 0) & (numbers == np.floor(numbers))).all())
    called = column.strip().lower() in FOLD_NAMES
    return whole and (called or len(np.unique(numbers)) > len(PARTS))


def drawn_folds(labels: Labels, folds: int, seed: int, what: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Draw folds of all that have a label, each with the classes in the proportion of the whole, [folds, items] uint8.

    Fold number k is the test part of the k-th split, the one before it (the last before the first) validates, as in
    the sets of TUDataset.

    Raises:
        DatasetError: there are fewer labels than folds, or of no class as many.
    """
    # scikit-learn takes a second to import: only who has folds drawn waits for it.
    from sklearn.model_selection import KFold, StratifiedKFold

    known = np.flatnonzero(labels.known)
    kinds = np.zeros(len(known), dtype=np.int64) if labels.regression else labels.values[known]
    sizes = np.unique_counts(kinds).counts
    if not len(known) or sizes.max() < folds:
        raise DatasetError(
            f"{len(known):,} labelled {what}s cannot be drawn into {folds} folds, for which one class has to have as "
            "many; give fewer folds."
        )
    kind = KFold if labels.regression else StratifiedKFold
    with warnings.catch_warnings():
        # Of classes that are not in every fold; told below.
        warnings.simplefilter("ignore", UserWarning)
        drawn = [held for _, held in kind(folds, shuffle=True, random_state=seed).split(known, kinds)]
    splits = np.zeros((folds, len(labels.values)), dtype=np.uint8)
    splits[:, known] = 1
    for fold in range(folds):
        splits[fold][known[drawn[fold]]] = 3
        splits[fold][known[drawn[fold - 1]]] = 2
    how = "" if labels.regression else ", each with the classes in the proportion of the whole"
    told = [f"{folds} folds are drawn with seed {seed}{how}: a run tests on one and validates on the one before."]
    small = int((sizes < folds).sum())
    if small:
        classes = "class" if small == 1 else "classes"
        told.append(f"{small:,} {classes} with fewer {what}s than folds cannot be in every part.")
    return splits, tuple(told)


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
