"""Several splits of one graph: published ones, numbers of folds, and folds that are drawn."""

import io

import numpy as np
import pytest
import torch
from sklearn.model_selection import StratifiedKFold
from torch_geometric.data import Data

from a2q.datasets import DatasetConfig, DatasetError, import_data, load, load_graphs
from a2q.datasets.importers.config import ImportConfig

_MASKS = ("train_mask", "val_mask", "test_mask")


def _parts(name: str, fold: int | None) -> list[str]:
    """The part of each node in one fold, in a word."""
    data = load(DatasetConfig(name=name, fold=fold)).data
    masks = torch.stack([data[mask] for mask in _MASKS])
    assert (masks.sum(0) <= 1).all()
    return [("train", "validation", "test")[column.int().argmax()] if column.any() else "none" for column in masks.T]


def _npz(small, masks: dict[str, np.ndarray]) -> tuple[str, bytes]:
    arrays = {"edges": np.array(small.edges), "node_features": small.features, "node_labels": np.array(small.labels)}
    stream = io.BytesIO()
    np.savez(stream, **arrays, **masks)
    return "roman.npz", stream.getvalue()


@pytest.mark.parametrize("axis", [0, 1])
def test_masks_of_several_splits_are_folds(small, take, axis: int) -> None:
    split = np.array(small.split)
    splits = [split, np.roll(split, 1), np.roll(split, 5)]
    names = {"train_masks": "train", "val_masks": "validation", "test_masks": "test"}
    found = take(_npz(small, {name: np.stack([one == part for one in splits], axis) for name, part in names.items()}))
    assert found.card.folds == 3
    assert "roman.npz has 3 splits, of which a run takes one: fold 0, unless it says." in found.warnings
    assert not [told for told in found.warnings if "not used" in told]
    assert [_parts(found.card.name, fold) for fold in range(3)] == [one.tolist() for one in splits]
    assert load(found.card.name).source.startswith("roman, fold 0 (your own files")
    with pytest.raises(ValueError, match="fold is 3; the folds of roman are 0 to 2"):
        DatasetConfig(name=found.card.name, fold=3)
    one = take(_npz(small, {name: np.stack([split == part], axis) for name, part in names.items()}))
    assert one.card.folds is None and one.card.name != found.card.name


def test_one_test_part_of_all_splits_and_masks_of_pyg(small, take) -> None:
    split = np.array(small.split)
    swapped = np.where(split == "train", "validation", np.where(split == "validation", "train", split))
    masks = {
        "train_mask": np.stack([split == "train", swapped == "train"], 1),
        "val_mask": np.stack([split == "validation", swapped == "validation"], 1),
        "test_mask": split == "test",
    }
    found = take(_npz(small, masks))
    assert [_parts(found.card.name, fold) for fold in (0, 1)] == [split.tolist(), swapped.tolist()]
    tensors = {name: torch.from_numpy(mask) for name, mask in masks.items()}
    labels = torch.tensor([label == "red" for label in small.labels]).long()
    data = Data(torch.from_numpy(small.features), torch.tensor(small.edges).T, y=labels, **tensors)
    live = import_data(data, "mine", ImportConfig(directed=False))
    assert [_parts(live.card.name, fold) for fold in (0, 1)] == [split.tolist(), swapped.tolist()]
    chosen = take(_npz(small, masks), split="split 1")
    assert chosen.card.folds is None and _parts(chosen.card.name, None) == swapped.tolist()


def test_a_column_of_folds_is_as_many_splits(small, take) -> None:
    frame = small.nodes_frame.drop(columns="split")
    frame["fold"] = [3, 5, 8, 9] * 3
    guessed = take(("e.csv", small.csv()), ("n.csv", frame.to_csv(index=False).encode()))
    assert guessed.card.folds == 4
    assert [told for told in guessed.warnings if "numbers 4 folds: a run tests on one (fold 0 is 3)" in told]
    assert load(guessed.card.name).num_features == 2
    numbers = frame["fold"].to_numpy()
    for fold, number in enumerate((3, 5, 8, 9)):
        before = (9, 3, 5, 8)[fold]
        wanted = np.where(numbers == number, "test", np.where(numbers == before, "validation", "train"))
        assert _parts(guessed.card.name, fold) == wanted.tolist()
    named = frame.rename(columns={"fold": "k"})
    chosen = take(("e.csv", small.csv()), ("n.csv", named.to_csv(index=False).encode()), split="k")
    assert chosen.card.name == guessed.card.name


def test_a_column_that_may_number_parts_is_no_column_of_folds(small, take) -> None:
    frame = small.nodes_frame.assign(split=[0, 1, 2] * 4)
    table = ("n.csv", frame.to_csv(index=False).encode())
    assert take(("e.csv", small.csv()), table).card.folds is None
    with pytest.raises(DatasetError, match="has the part '0' in column 'split'; write 'train'"):
        take(("e.csv", small.csv()), table, split="split")


@pytest.mark.parametrize("seed", [0, 7])
def test_drawn_folds_are_those_of_scikit_learn(small, take, seed: int) -> None:
    frame = small.nodes_frame.drop(columns="split")
    frame.loc[11, "label"] = ""
    table = ("n.csv", frame.to_csv(index=False).encode())
    found = take(("e.csv", small.csv()), table, folds=5, seed=seed)
    assert found.card.folds == 5
    assert found.card.split.startswith(f"5 folds, drawn with seed {seed}; fold 0: ")
    classes = np.array([label == "red" for label in small.labels[:11]])
    drawn = StratifiedKFold(5, shuffle=True, random_state=seed).split(classes, classes)
    tests = [test.tolist() for _, test in drawn]
    for fold, nodes in enumerate(tests):
        parts = _parts(found.card.name, fold)
        assert [node for node, part in enumerate(parts) if part == "test"] == nodes
        assert [node for node, part in enumerate(parts) if part == "validation"] == tests[fold - 1]
        assert parts[11] == "none"


def test_folds_of_values_and_of_graphs(small, take) -> None:
    frame = small.nodes_frame.drop(columns="split").assign(label=np.arange(12) / 7)
    found = take(("e.csv", small.csv()), ("n.csv", frame.to_csv(index=False).encode()), folds=3)
    assert found.card.task == "node regression" and found.card.folds == 3
    values = load(found.card.name).data.y
    assert [told for told in found.warnings if "deviation of all values" in told]
    assert abs(float(values.mean())) < 1e-6
    graphs = [
        Data(
            x=torch.full((3, 1), float(number)), edge_index=torch.tensor([[0, 1], [1, 2]]), y=torch.tensor([number % 2])
        )
        for number in range(12)
    ]
    own = import_data(graphs, "rings", ImportConfig(folds=4, seed=3)).card
    assert own.folds == 4
    tested = [load_graphs(DatasetConfig(name=own.name, fold=fold)) for fold in range(4)]
    assert sorted(torch.cat([found.test for found in tested]).tolist()) == list(range(12))
    assert [found.fold for found in tested] == [0, 1, 2, 3] and "fold 2" in tested[2].source
    assert all(torch.equal(one.validation, tested[fold - 1].test) for fold, one in enumerate(tested))


_TWO, _FOUR = [0, 1] * 6, [0, 1, 2, 3] * 3


@pytest.mark.parametrize(
    ("settings", "fold", "said"),
    [
        ({"folds": 5, "split": "fold"}, _FOUR, "Folds are to be drawn, but column 'fold' is given for the split"),
        ({"folds": 9}, _FOUR, "9 labelled nodes cannot be drawn into 9 folds, for which one class has to have as many"),
        ({"split": "fold"}, _TWO, "Column 'fold' of n.csv has 2 different numbers, and folds are from 3 to 100"),
        ({"split": "fold"}, _FOUR, "Of split 2: The split has no labelled node in test; give each part some"),
    ],
)
def test_folds_that_cannot_be_had_are_told(small, take, settings: dict, fold: list[int], said: str) -> None:
    frame = small.nodes_frame.drop(columns="split").assign(fold=fold)
    frame.loc[[2, 6, 10], "label"] = ""
    with pytest.raises(DatasetError, match=said):
        take(("e.csv", small.csv()), ("n.csv", frame.to_csv(index=False).encode()), **settings)


def test_masks_of_different_numbers_of_splits_are_refused(small, take) -> None:
    masks = {name: np.ones((columns, 12), dtype=bool) for name, columns in zip(_MASKS, (2, 3, 2), strict=True)}
    with pytest.raises(DatasetError, match=r"of different numbers of splits \(train_mask has 2, val_mask has 3"):
        take(_npz(small, masks))
    with pytest.raises(DatasetError, match="are of 101 splits, and at most 100 are read"):
        take(_npz(small, {name: np.ones((101, 12), dtype=bool) for name in _MASKS}))
