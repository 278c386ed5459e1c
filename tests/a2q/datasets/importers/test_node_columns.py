"""What becomes of the columns of a node table that are neither numbers nor labels."""

import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from a2q.datasets import DatasetError, load
from a2q.datasets.importers.import_store import Imported
from tests.a2q.datasets.importers.conftest import told

Take = Callable[..., Imported]
EDGES = ("edges.csv", b"source,target\n" + b"".join(b"%d,%d\n" % (node, (node + 1) % 12) for node in range(12)))
PARTS = ["train"] * 6 + ["val"] * 3 + ["test"] * 3


def table(form: str = "csv", **columns: Any) -> tuple[str, bytes]:
    frame = pd.DataFrame({"id": range(12), "label": ["x", "y"] * 6, **columns})
    if form == "csv":
        return "nodes.csv", frame.to_csv(index=False).encode()
    stream = io.BytesIO()
    frame.to_parquet(stream)
    return "nodes.parquet", stream.getvalue()


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("kind", [bool, int])
@pytest.mark.parametrize("names", [("train_mask", "val_mask", "test_mask"), ("train", "valid", "test")])
def test_masks_are_the_split(form: str, kind: type, names: tuple[str, ...], take: Take) -> None:
    masks = {
        name: [kind(part == given) for part in PARTS]
        for name, given in zip(names, ("train", "val", "test"), strict=True)
    }
    found = take(EDGES, table(form, a=np.arange(12) / 4, **masks))

    assert found.card.split == "column 'split': 6 to train, 3 to validate, 3 to test"
    assert found.config.features == ("a",)
    assert told(found, "The split of nodes." + form) and not told(found, "not used")


def test_masks_of_some_parts_only_are_told(take: Take) -> None:
    found = take(EDGES, table(a=range(1, 13), train_mask=[True] * 12))

    assert found.config.features == ("a",)
    assert told(found, "Columns 'train_mask' of nodes.csv are not used: they are masks of some parts of a split")


def test_masks_beside_a_split_or_without_one_are_told(take: Take) -> None:
    masks = {f"{name}_mask": [part == name for part in PARTS] for name in ("train", "val", "test")}

    for nodes, split in ((table(split=[*PARTS[::-1]], **masks), None), (table(**masks), "")):
        found = take(EDGES, nodes, split=split)
        assert told(found, "Columns 'train_mask', 'val_mask', 'test_mask' of nodes.csv are not used: they are masks.")


@pytest.mark.parametrize(
    ("mask", "sentence"),
    [
        ([True] * 7 + [False] * 5, r"^Row 8 of nodes.csv is in two parts \(train and validation, column 'val_mask'\)"),
        ([1] * 6 + [0] * 6, None),
    ],
)
def test_masks_that_overlap_are_refused(mask: list[int], sentence: str | None, take: Take) -> None:
    masks = {
        "train_mask": mask,
        "val_mask": [part == "val" for part in PARTS],
        "test_mask": [p == "test" for p in PARTS],
    }
    if sentence is None:
        take(EDGES, table(**masks))
        return
    with pytest.raises(DatasetError, match=sentence):
        take(EDGES, table(**masks))


def test_lists_of_parquet_are_features(take: Take) -> None:
    embeddings = np.arange(36, dtype=np.float32).reshape(12, 3)
    found = take(EDGES, table("parquet", emb=list(embeddings), a=np.arange(12) / 4))

    assert found.config.features == ("emb 0", "emb 1", "emb 2", "a")
    assert np.array_equal(load(found.card.name).data.x[:, :3].numpy(), embeddings)


def test_lists_that_differ_in_length_are_told_or_refused_by_row(take: Take) -> None:
    early = take(EDGES, table("parquet", emb=[[1.0] * (1 + node % 2) for node in range(12)]))
    rows = 120
    frame = pd.DataFrame({"id": range(rows), "label": ["x", "y"] * 60, "emb": [[1.0, 2.0]] * 110 + [[1.0]] * 10})
    stream = io.BytesIO()
    frame.to_parquet(stream)

    assert told(early, "Columns 'emb' of nodes.parquet are not used: they hold records, lists of lists, or lists that")
    with pytest.raises(DatasetError, match=r"^Row 111 of n.parquet has a list of 1 numbers in column 'emb'"):
        take(EDGES, ("n.parquet", stream.getvalue()))


def test_categories_become_columns_where_that_is_chosen(take: Take) -> None:
    colours = ["red", "green", "blue", None] * 3
    found = take(EDGES, table(a=np.arange(12) / 4, colour=colours), one_hot=("colour",))

    x = load(found.card.name).data.x.numpy()
    assert np.array_equal(x[:, 1:], [[c == "blue", c == "green", c == "red"] for c in colours])
    assert np.array_equal(x[:, 0], np.arange(12) / 4)
    assert told(found, "Column 'colour' of nodes.csv is one-hot, in 3 columns: 'blue', 'green', 'red'.")


def test_numbers_may_be_categories(take: Take) -> None:
    found = take(EDGES, table(code=[7, 8] * 6), one_hot=("code",))

    assert found.config.features == ()
    assert load(found.card.name).data.x.numpy().tolist() == [[1, 0], [0, 1]] * 6


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"one_hot": ("colour",)}, r"^nodes.csv has no column 'colour' for the features"),
        ({"one_hot": ("a",), "features": ("a",)}, r"^Column 'a' of nodes.csv is given as number and as one-hot"),
        ({"one_hot": ("empty",)}, r"^Column 'empty' of nodes.csv has no value"),
    ],
)
def test_categories_that_are_none_are_refused(settings: dict[str, Any], sentence: str, take: Take) -> None:
    with pytest.raises(DatasetError, match=sentence):
        take(EDGES, table(a=range(12), empty=[None] * 12), **settings)


def test_a_number_that_may_be_two_is_told_and_read_as_chosen(take: Take) -> None:
    nodes = table(a=["1,234"] * 11 + ["2"])
    names = {decimal: take(EDGES, nodes, decimal=decimal) for decimal in ("point", "comma")}

    assert told(take(EDGES, nodes), "Columns 'a' of nodes.csv are not used: '1,234' may have thousands or decimals")
    assert [float(load(found.card.name).data.x[0, 0]) for found in names.values()] == [1234.0, np.float32(1.234)]


def test_a_later_row_that_is_written_otherwise_is_refused(take: Take) -> None:
    frame = pd.DataFrame({"id": range(120), "label": ["x", "y"] * 60, "a": ["0,5"] * 119 + ["0,5,5"]})

    with pytest.raises(
        DatasetError, match=r"^Row 121 of n.csv holds '0,5,5' in column 'a', which is no number, written"
    ):
        take(EDGES, ("n.csv", frame.to_csv(index=False).encode()))


def test_numbers_of_rows_are_no_features(take: Take) -> None:
    frame = pd.DataFrame({"id": [*"abcdefghijkl"], "a": np.arange(12) / 4, "label": ["x", "y"] * 6, "index": range(12)})
    edges = ("e.csv", b"source,target\na,b\nb,c\nc,d\nd,e\ne,f\n")

    found = take(edges, ("n.csv", frame.to_csv().encode()))

    assert found.config.features == ("a",)
    assert told(found, "Columns 'column 1', 'index' of n.csv are not used: they number the rows.")


def test_dates_and_texts_are_told_apart(take: Take) -> None:
    found = take(EDGES, table("parquet", day=pd.to_datetime(["2026-01-01"] * 12), word=["a"] * 12, a=range(1, 13)))

    assert told(found, "Columns 'day' of nodes.parquet are not used: they hold no numbers.")
    assert told(found, "Columns 'word' of nodes.parquet are not used: they are text; as one-hot")


@pytest.mark.parametrize(
    ("columns", "left"),
    [
        (("pos_x", "pos_y"), "they say where and how a node is drawn"),
        (("x", "y", "vx", "vy"), "they say where and how a node is drawn"),
        (("user_id", "node"), "they are names of nodes"),
    ],
)
def test_places_and_names_are_no_features(columns: tuple[str, ...], left: str, take: Take) -> None:
    numbers = [7, 3, 11, 5, 2, 13, 17, 19, 23, 29, 31, 37]
    values = [number + 0.5 for number in numbers] if "drawn" in left else numbers
    found = take(EDGES, table(a=np.arange(12) / 4, **dict.fromkeys(columns, values)))

    assert found.config.features == ("a",)
    assert told(found, f"Columns {', '.join(map(repr, columns))} of nodes.csv are not used: {left}.")


def test_places_in_json_are_no_features(take: Take) -> None:
    graph = {
        "nodes": [
            {"id": node, "pos": [node / 2, 1.5], "x": [node / 2, 1.5], "kind": "xy"[node % 2]} for node in range(12)
        ],
        "links": [{"source": node, "target": (node + 1) % 12} for node in range(12)],
    }
    found = take(("g.json", json.dumps(graph).encode()), label="kind")

    assert found.config.features == ("x 0", "x 1")
    assert told(found, "Columns 'pos 0', 'pos 1' of g.json are not used: they say where and how a node is drawn.")


def test_a_part_that_is_none_of_a_split_is_no_split(take: Take) -> None:
    found = take(EDGES, table(part=["arm", "leg"] * 6))

    assert found.config.split == ""
    assert told(found, "Columns 'part' of nodes.csv are not used: they are text")


@pytest.mark.parametrize("ends", [("source_id", "target_id"), ("from_node", "to_node")])
def test_ends_of_edges_behind_another_column(ends: tuple[str, str], take: Take) -> None:
    rows = "".join(f"{node % 3},{node},{(node + 1) % 12}\n" for node in range(12))

    found = take(("e.csv", f"kind,{','.join(ends)}\n{rows}0,0,5\n".encode()), table())

    assert (found.config.source, found.config.target) == ends


@pytest.mark.parametrize(
    ("labels", "words"),
    [([0, 1] * 6, "classes, for its few whole numbers"), ([0.5, 1] * 6, "values, for its fractions or many numbers")],
)
def test_whether_numbers_are_classes_or_values_is_told_where_it_was_guessed(
    labels: list[float], words: str, take: Take
) -> None:
    nodes = table(label=labels)

    assert told(take(EDGES, nodes), f"Column 'label' of nodes.csv is taken for {words}.")
    assert not told(take(EDGES, nodes, task="values"), "is taken for")


def test_ids_with_a_point_are_whole_numbers(take: Take) -> None:
    frame = pd.DataFrame({"id": np.arange(12.0), "label": ["x", "y"] * 6})

    assert take(EDGES, ("n.csv", frame.to_csv(index=False).encode())).card.name == take(EDGES, table()).card.name


@pytest.mark.parametrize(
    ("kinds", "directed", "told_of"),
    [
        (["Directed"] * 12, True, "says what direction edges have"),
        (["Undirected"] * 12, False, "says what direction edges have"),
        (["Directed", "Undirected"] * 6, False, "says different things of the direction"),
        (["Friend"] * 12, False, "Columns 'time', 'Type' of e.csv are not used"),
    ],
)
def test_edge_lists_of_gephi_say_their_direction(kinds: list[str], directed: bool, told_of: str, take: Take) -> None:
    rows = "".join(f"{60 * node},{node},{(node + 1) % 12},{kind}\n" for node, kind in enumerate(kinds))

    found = take(("e.csv", f"time,a,b,Type\n{rows}".encode()), table())

    assert (found.directed, found.config.source, found.config.target) == (directed, "a", "b")
    assert told(found, told_of)
