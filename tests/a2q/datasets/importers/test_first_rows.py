"""What is shown before an import is what is there after it."""

import numpy as np
import pytest

from a2q.datasets import load
from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.first_rows import first_rows
from a2q.datasets.importers.guesses import guesses
from a2q.datasets.importers.mapping import guess
from a2q.datasets.importers.parts import Parts
from a2q.datasets.importers.reading import Files, read
from a2q.datasets.importers.uploads import Upload

FORMS = [
    "csv",
    "gexf",
    "gml",
    "graphml",
    "json",
    "links",
    "mtx",
    "npz",
    "npz-dense",
    "npz-scipy",
    "npz-sparse",
    "parquet",
]
EDGES = b"source;target;weight\n0;1;1,5\n1;2;2,5\n2;0;0,5\n"


def parts_of(*files: tuple[str, bytes] | None) -> Parts:
    return read(Files(*(None if file is None else Upload.of(file[1], file[0]) for file in files)))


@pytest.mark.parametrize("form", [*FORMS, "semicolons", "tsv", "txt"])
def test_first_rows_are_those_of_the_imported_graph(form: str, formats, take) -> None:
    given = ImportConfig(label="class") if form == "gml" else ImportConfig()
    parts = parts_of(*formats[form])
    shown = first_rows(parts, guess(parts, given))
    data = load(take(*formats[form], **given.model_dump(include={"label"})).card.name).data

    nodes = shown["Nodes"]
    features = shown["Features"] if "Features" in shown else nodes[["a", "b"]] if "a" in nodes else None
    label, split = (
        next(nodes[name].tolist() for name in nodes if name.endswith(f"({role})")) for role in ("label", "split")
    )
    assert features is None or np.array_equal(features.to_numpy(np.float32), data.x[:5].numpy())
    assert label == [data.class_names[number] for number in data.y[:5].tolist()]
    parts_of_nodes = zip(data.train_mask.tolist(), data.val_mask.tolist(), strict=True)
    assert split == ["train" if train else "validation" if val else "test" for train, val in list(parts_of_nodes)[:5]]


def test_sets_of_graphs_show_the_labels_of_graphs() -> None:
    parts = parts_of(
        ("e.csv", b"source,target\n0,1\n2,3\n"),
        ("n.csv", b"id,graph,a\n0,p,1\n1,p,2\n2,q,3\n3,q,4\n"),
        ("g.csv", b"graph,label\np,0.5\nq,1.5\n"),
    )
    shown = first_rows(parts, guess(parts, ImportConfig()))

    assert shown["Nodes"].columns.tolist() == ["id (node)", "graph (graph)", "a"]
    assert shown["Graphs"].to_dict("list") == {"graph (graph)": ["p", "q"], "label (label)": [0.5, 1.5]}


def test_what_is_guessed_of_files_is_told_and_what_is_given_is_not() -> None:
    parts = parts_of(("e.csv", EDGES), ("n.csv", b"id\tlabel\ta\n0\tx\t1\n1\ty\t0\n2\tx\t1\n"))
    given = ImportConfig(label="label", source="source", target="target")
    free, bound = (guesses(parts, config, guess(parts, config)) for config in (ImportConfig(), given))

    assert free == [
        "Guessed of e.csv: values between semicolons, row 1 names the columns; edges go from 'source' to 'target'.",
        "Guessed of n.csv: values between tabs, row 1 names the columns; nodes are named by 'id'; labels are in "
        "'label'; features are 'a'.",
    ]
    assert bound[0] == "Guessed of e.csv: values between semicolons, row 1 names the columns."
    assert "labels" not in bound[1]


def test_guesses_stay_with_the_graph(take) -> None:
    found = take(("e.csv", b"source,target\n0,1\n1,2\n2,3\n0,4\n0,5\n0,6\n"), stand_in_labels=True)

    assert found.warnings[0].startswith(
        "Guessed of e.csv: values between commas, row 1 names the columns; edges go from"
    )
