"""Files and values that stand for another, or for none."""

import io
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from a2q.datasets import DatasetError
from a2q.datasets.importers.import_store import Imported
from a2q.datasets.importers.uploads import Upload
from tests.a2q.datasets.importers.conftest import told

Take = Callable[..., Imported]
RING = [(node, (node + 1) % 12) for node in range(12)] + [(0, 6), (3, 9)]
EDGES = ("edges.csv", b"source,target\n" + b"".join(b"%d,%d\n" % ends for ends in RING))


def npz(**arrays: np.ndarray) -> tuple[str, bytes]:
    stream = io.BytesIO()
    np.savez(stream, **{"edge_index": np.array(RING).T, **arrays})
    return "graph.npz", stream.getvalue()


@pytest.mark.parametrize("name", ["graph.npz", "edges.csv", "graph.json", "edges.parquet", "graph.mtx"])
@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12345\n", "a pointer of Git LFS"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html>\n<html><head><title>404</title></head></html>\n", "a web page"),
    ],
)
def test_what_a_download_brought_instead_is_told(name: str, content: bytes, what: str, take: Take) -> None:
    with pytest.raises(DatasetError, match=f"^{name} is {what}, not the file itself"):
        take((name, content), stand_in_labels=True)


@pytest.mark.parametrize("quote", ["", '"'])
def test_lines_of_old_macs_are_told_as_such(quote: str, take: Take) -> None:
    content = "".join(f"{quote}n{a}{quote},{quote}n{b}{quote}\r" for a, b in RING).encode()

    with pytest.raises(DatasetError, match=r"^Row 1 of e.csv holds a carriage return"):
        take(("e.csv", content), stand_in_labels=True)


def test_a_line_separator_of_unicode_ends_no_row(take: Take) -> None:
    content = "source,target\n" + "".join(f"n\u2028{a};,n\u2028{b};\n" for a, b in RING)
    found = take(("e.csv", content.encode()), stand_in_labels=True)

    assert (found.card.nodes, found.card.edges) == (12, 28)


@pytest.mark.parametrize("word", ["unknown", "?", "NA"])
def test_a_word_for_no_label_among_numbers_is_none(word: str, take: Take) -> None:
    labels = "".join(f"{i},{(word, 1, 2)[i % 3]}\n" for i in range(12))
    found = take(EDGES, ("classes.csv", ("txId,class\n" + labels).encode()))

    assert found.card.class_names == ("1", "2")
    assert told(found, "4 of 12 rows of classes.csv have no label")


def test_arrays_of_any_order_of_bytes_and_names_of_ogb_are_read(take: Take) -> None:
    x, y = np.arange(24.0).reshape(12, 2), np.arange(12) % 2
    usual = take(npz(x=x.astype("f4"), y=y))
    turned = take(npz(edge_index=np.array(RING, dtype=">i4").T, node_feat=x.astype(">f4"), node_label=y.astype(">i8")))

    assert turned.digest == usual.digest


def test_a_label_that_is_nan_is_none(take: Take) -> None:
    y = np.where(np.arange(12) == 3, np.nan, np.arange(12) % 2)
    found = take(npz(y=y))

    assert found.card.class_names == ("0", "1")
    assert told(found, "1 of 12 rows of graph.npz have no label")


def test_several_values_of_a_key_in_gml_are_told_where_others_have_one(take: Take) -> None:
    nodes = "".join(f'node [ id {i} kind "{"xy"[i % 2]}" {"kind 3" * (i == 4)} ]\n' for i in range(12))
    edges = "".join(f"edge [ source {a} target {b} ]\n" for a, b in RING)
    found = take(("g.gml", f"graph [\n{nodes}{edges}]\n".encode()), label="kind")

    assert told(found, "Node 5 of g.gml has several values of 'kind', and other nodes have one")


def test_a_network_without_edges_is_told_as_such(take: Take) -> None:
    with pytest.raises(DatasetError, match=r"^g.json has no edge between two different nodes"):
        take(("g.json", b'{"nodes": [{"id": 1}], "links": []}'), stand_in_labels=True)


def test_what_is_no_file_is_told_as_what_it_is(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    (tmp_path / "gone.csv").symlink_to("nowhere.csv")
    for given, sentence in {
        tmp_path: "is a folder, not a file; give the path",
        "/dev/null": "'/dev/null' is a device or a pipe, not a file",
        tmp_path / "pipe.csv": "is a device or a pipe, not a file",
        tmp_path / "loop.csv": r"cannot be looked at \(Too many levels of symbolic links\)",
        tmp_path / "gone.csv": "^There is no file '.*gone.csv'",
        tmp_path / "pipe.csv" / "x": "^There is no file",
        "x" * 5000: r"cannot be looked at \(File name too long\)",
        "x\0y": "^There is no file",
    }.items():
        with pytest.raises(DatasetError, match=sentence) as told:
            Upload.of(given)
        assert len(str(told.value)) < 400


def test_a_file_that_nobody_may_read_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "e.csv").write_bytes(EDGES[1])
    # As for those who are not root.
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(DatasetError, match=r"e.csv' may not be read; allow it"):
        Upload.of(tmp_path / "e.csv")
