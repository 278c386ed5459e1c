"""Reading in a process of its own: the same as here."""

import numpy as np
import pytest

from a2q.datasets import DatasetError
from a2q.datasets.importers import confined
from a2q.datasets.importers import import_store as keeping
from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.first_rows import first_rows
from a2q.datasets.importers.guesses import guesses
from a2q.datasets.importers.import_store import arrays_of
from a2q.datasets.importers.importing import import_graph
from a2q.datasets.importers.mapping import guess
from a2q.datasets.importers.parts import Adjacency
from a2q.datasets.importers.reading import Files, read
from a2q.datasets.importers.tables import Table
from a2q.datasets.importers.uploads import Upload


def uploads(given: tuple[tuple[str, bytes] | None, ...]) -> Files:
    return Files(*(None if file is None else Upload.of(file[1], file[0]) for file in given))


@pytest.mark.parametrize("form", ["csv", "parquet", "graphml", "json", "npz", "npz-scipy", "mtx"])
def test_a_look_shows_what_the_files_hold(form: str, formats, confined_here: None) -> None:
    there, here = confined.look(uploads(formats[form])), read(uploads(formats[form]))
    assert (there.directed, there.warnings) == (here.directed, here.warnings)
    for one, other in ((there.edges, here.edges), (there.nodes, here.nodes)):
        if isinstance(other, Table):
            assert isinstance(one, Table) and one.head.equals(other.head)
            assert (one.name, one.columns, one.word, one.first) == (other.name, other.columns, other.word, other.first)
        elif isinstance(other, Adjacency):
            assert isinstance(one, Adjacency) and (one.name, one.nodes) == (other.name, other.nodes)
            assert (one.source.tolist(), one.target.tolist()) == (other.source.tolist(), other.target.tolist())
        else:
            assert one is other is None
    assert (there.features and there.features.shape) == (here.features and here.features.shape)
    config = guess(here, ImportConfig())
    assert guess(there, ImportConfig()) == config
    shown = [first_rows(parts, config) for parts in (there, here)]
    assert {title: rows.to_dict() for title, rows in shown[0].items()} == {
        title: rows.to_dict() for title, rows in shown[1].items()
    }
    assert guesses(there, ImportConfig(), config) == guesses(here, ImportConfig(), config)
    with pytest.raises(DatasetError, match=r"^none.csv cannot|^none.csv is empty"):
        confined.look(uploads((("none.csv", b""),)))


@pytest.mark.timeout(300)
def test_a_graph_is_imported_as_here(formats) -> None:
    """By a process as pages and commands start it."""
    told: list[tuple[float, str]] = []
    there = confined.import_graph(uploads(formats["csv"]), progress=lambda *said: told.append(said))
    arrays = arrays_of(there.card.name)
    keeping.delete(there.card.name)
    here = import_graph(uploads(formats["csv"]))
    assert there.model_copy(update={"created": here.created}) == here
    assert all(np.array_equal(arrays[name], array) for name, array in arrays_of(here.card.name).items())
    assert told[-1] == (1.0, f"Imported: {here.card.title}")


def test_a_folder_that_cannot_be_written_is_a_sentence(formats, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(keeping, "draft", refuse)
    with pytest.raises(DatasetError, match=r"^Nothing can be written to .*imports \(Permission denied\); allow it\.$"):
        confined.import_graph(uploads(formats["csv"]))
