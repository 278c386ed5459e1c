import hashlib
import pickle
import zipfile
from io import BytesIO
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import torch
from torch_geometric.data import Data

from a2q.datasets import DatasetError, OfflineError, card, is_ready
from a2q.datasets.files.dataset_cache import keep
from a2q.datasets.files.downloads import fetch
from a2q.datasets.files.raw_files import Download, RawFiles
from a2q.datasets.graph_sets.superpixels import superpixels
from a2q.datasets.graph_sets.tu import tu
from a2q.datasets.graph_sets.zinc import zinc
from a2q.datasets.progress import Progress, no_progress


def _archive(files: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _small(publisher: Any, sha256: str = "") -> RawFiles:
    publisher.files = {"a.txt": b"a" * 1000, "rest.zip": _archive({"in/b.txt": b"b", "in/other.txt": b"unasked"})}
    downloads = (
        Download(f"{publisher.url}a.txt", ("raw/a.txt",), sha256=sha256),
        Download(f"{publisher.url}rest.zip", ("raw/deep/b.txt",), ("in/b.txt",)),
    )
    return RawFiles("Small", "Family/Small", ("raw/a.txt", "raw/deep/b.txt"), downloads=downloads)


def _left(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_files_and_members_of_archives_get_to_their_places(publisher: Any, tmp_path: Path) -> None:
    told: list[tuple[float, str]] = []
    fetch(_small(publisher), tmp_path, lambda fraction, sentence: told.append((fraction, sentence)))
    assert _left(tmp_path) == {"raw/a.txt", "raw/deep/b.txt"}
    assert (tmp_path / "raw/a.txt").read_bytes() == b"a" * 1000
    assert (tmp_path / "raw/deep/b.txt").read_bytes() == b"b"
    assert told[0] == (0.0, "Downloading Small: file 1 of 2, 0.0 of 0.0 MiB")
    assert told[-1][0] == 1.0
    assert [fraction for fraction, _ in told] == sorted(fraction for fraction, _ in told)


def test_a_sum_that_fits_is_accepted_and_another_is_not(publisher: Any, tmp_path: Path) -> None:
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.mkdir()
    wrong.mkdir()
    fetch(_small(publisher, hashlib.sha256(b"a" * 1000).hexdigest()), right, no_progress)
    assert "raw/a.txt" in _left(right)
    with pytest.raises(DatasetError, match=r"a\.txt gives is not Small as it was published: try again later") as caught:
        fetch(_small(publisher, hashlib.sha256(b"else").hexdigest()), wrong, no_progress)
    assert not isinstance(caught.value, OfflineError)
    assert not _left(wrong)


def _letters(folder: Path) -> Data:
    return Data(x=torch.tensor(list((folder / "raw/a.txt").read_bytes())))


def _kept_text(files: RawFiles, progress: Progress = no_progress) -> tuple[str, str]:
    """The text of a set's file, kept as the numbers of its letters, and where it came from."""
    made, origin = keep(files, _letters, progress)
    return bytes(made.x.tolist()).decode(), origin


@pytest.mark.parametrize("version", ["", '"one"'])
def test_a_download_that_breaks_off_is_gone_on_with_where_the_server_gives_parts(
    publisher: Any, cache_home: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    # What is kept is as many whole pieces as have come.
    monkeypatch.setattr("a2q.datasets.files.downloads._CHUNK", 100)
    files = _small(publisher, hashlib.sha256(b"a" * 1000).hexdigest())
    publisher.cut, publisher.version = {"a.txt"}, version
    with pytest.raises(OfflineError, match="Small is not on this machine"):
        _kept_text(files)
    assert {path.name for path in (files.kept.parent / "Small.partial").iterdir()} == {"0.part", "0.version"}
    publisher.cut = set()
    told: list[tuple[float, str]] = []
    made = _kept_text(files, lambda *said: told.append(said))
    assert made == ("a" * 1000, "downloaded")
    assert publisher.asked == ["a.txt", "a.txt", "rest.zip"]
    assert publisher.parts == ([("a.txt", 500)] if version else [])
    assert [fraction for fraction, _ in told] == sorted(fraction for fraction, _ in told)
    assert told[0][0] == (0.25 if version else 0.0)
    assert not any("partial" in name for name in _left(cache_home))


def test_files_that_came_whole_are_not_fetched_again(publisher: Any) -> None:
    files = _small(publisher)
    publisher.cut = {"rest.zip"}
    with pytest.raises(OfflineError):
        _kept_text(files)
    publisher.cut = set()
    assert _kept_text(files)[0] == "a" * 1000
    assert publisher.asked == ["a.txt", "rest.zip", "rest.zip"]


def test_another_version_is_fetched_from_its_beginning(publisher: Any) -> None:
    files = _small(publisher)
    publisher.cut, publisher.version = {"a.txt"}, '"one"'
    with pytest.raises(OfflineError):
        _kept_text(files)
    publisher.cut, publisher.version = set(), '"two"'
    publisher.files["a.txt"] = b"b" * 1000
    assert _kept_text(files)[0] == "b" * 1000
    assert publisher.parts == []


def test_a_part_that_is_all_there_needs_no_more(publisher: Any) -> None:
    files = _small(publisher, hashlib.sha256(b"a" * 1000).hexdigest())
    publisher.version = '"one"'
    place = files.kept.parent / "Small.partial"
    place.mkdir(parents=True)
    (place / "0.part").write_bytes(b"a" * 1000)
    (place / "0.version").write_text('"one"')
    assert _kept_text(files)[0] == "a" * 1000
    assert publisher.parts == [("a.txt", 1000)]


def test_a_part_of_something_else_is_told_and_thrown_away(publisher: Any, cache_home: Path) -> None:
    files = _small(publisher, hashlib.sha256(b"a" * 1000).hexdigest())
    publisher.version = '"one"'
    place = files.kept.parent / "Small.partial"
    place.mkdir(parents=True)
    (place / "0.part").write_bytes(b"x" * 10)
    (place / "0.version").write_text('"one"')
    with pytest.raises(DatasetError, match=r"a\.txt gives is not Small as it was published: try again later"):
        _kept_text(files)
    assert _left(cache_home) == {"datasets/Family/Small.lock"}
    assert _kept_text(files)[0] == "a" * 1000


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_cannot_now_is_told_apart_from_one_without_the_file(publisher: Any, status: int) -> None:
    files = _small(publisher)
    publisher.refused = status
    with pytest.raises(OfflineError, match=rf"server at http.*a\.txt is not able to give it now \({status}.*later"):
        _kept_text(files)
    assert not (files.kept.parent / "Small.partial").exists()


def test_a_download_that_is_stopped_leaves_nothing(publisher: Any, cache_home: Path) -> None:
    def stop_at_the_second(fraction: float, sentence: str) -> None:
        if "file 2" in sentence:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keep(_small(publisher), _letters, stop_at_the_second)
    assert _left(cache_home) == {"datasets/Family/Small.lock"}


def test_a_server_without_the_file_is_told_apart_from_no_network(publisher: Any, tmp_path: Path) -> None:
    files = _small(publisher)
    publisher.files = {}
    with pytest.raises(DatasetError, match=r"Small is no longer published at http.*a\.txt \(404") as caught:
        fetch(files, tmp_path, no_progress)
    assert not isinstance(caught.value, OfflineError)
    elsewhere = RawFiles("Far", "Far", ("raw/x",), downloads=(Download("https://example.org/x", ("raw/x",)),))
    with pytest.raises(OfflineError, match="connect to the network once"):
        fetch(elsewhere, tmp_path, no_progress)


@pytest.mark.parametrize("content", [b"<html>Too many requests</html>", _archive({"in/c.txt": b"c"})])
def test_what_is_no_such_archive_is_told(content: bytes, publisher: Any, tmp_path: Path) -> None:
    files = _small(publisher)
    publisher.files["rest.zip"] = content
    with pytest.raises(DatasetError, match=r"rest\.zip gives is not Small as it was published"):
        fetch(files, tmp_path, no_progress)


def test_text_files(published: Any, cache_home: Path) -> None:
    tables = {
        "A": "\n".join(f"{2 * graph + 1}, {2 * graph + 2}\n{2 * graph + 2}, {2 * graph + 1}" for graph in range(20)),
        "graph_indicator": "\n".join(str(node // 2 + 1) for node in range(40)),
        "graph_labels": "\n".join(str(graph % 2) for graph in range(20)),
        "node_labels": "\n".join(str(node % 2) for node in range(40)),
        "edge_labels": "\n".join("0" for _ in range(40)),
    }
    files = {f"MUTAG/MUTAG_{part}.txt": f"{lines}\n".encode() for part, lines in tables.items()}
    published.files["MUTAG.zip"] = _archive(files)
    loaded = tu(card("mutag"), 0, no_progress)
    assert (loaded.num_graphs, loaded.source) == (20, "MUTAG, fold 0 (downloaded)")
    # Published with the bonds' kinds, which the folder beside the project does not have: the graphs are the same.
    assert sorted(loaded.graphs[0].keys()) == ["edge_index", "x", "y"]
    assert is_ready("mutag")
    assert (cache_home / "datasets" / "TUDataset" / "MUTAG" / "raw" / "MUTAG_A.txt").is_file()
    assert tu(card("mutag"), 1, no_progress).fold == 1
    assert published.asked == ["MUTAG.zip"]


def test_superpixels(tmp_path: Path, published: Any) -> None:
    graph = {
        "x": torch.ones(3, 1),
        "pos": torch.zeros(3, 2),
        "edge_index": torch.tensor([[0, 1], [1, 2]]),
        "edge_attr": torch.ones(2),
        "y": torch.tensor([4]),
    }
    torch.save(([graph] * 3, [graph] * 2, [graph] * 2), tmp_path / "raw.pt")
    published.files["MNIST_v2.zip"] = _archive({"MNIST_v2.pt": (tmp_path / "raw.pt").read_bytes()})
    loaded = superpixels(card("mnist-superpixels"), no_progress)
    assert (loaded.num_graphs, loaded.source) == (7, "MNIST superpixels (downloaded)")
    assert not loaded.rebuilt
    assert is_ready("mnist-superpixels")


def test_molecules(published: Any) -> None:
    molecule = {
        "num_atom": 2,
        "atom_type": torch.tensor([0, 1]),
        "bond_type": torch.tensor([[0, 1], [1, 0]]),
        "logP_SA_cycle_normalized": torch.tensor([0.5]),
    }
    pickled = pickle.dumps([molecule] * 4)
    archive = _archive({f"molecules/{part}.pickle": pickled for part in ("train", "val", "test")})
    published.files = {"molecules.zip": archive} | {f"{part}.index": b"0,3\n" for part in ("train", "val", "test")}
    loaded = zinc(card("zinc"), no_progress)
    assert (loaded.num_graphs, loaded.source) == (6, "ZINC (downloaded)")
    assert not loaded.rebuilt
    assert is_ready("zinc")


def test_two_at_once_download_once_and_the_one_that_waits_says_so(
    publisher: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("a2q.datasets.files.dataset_cache._PATIENCE_SECONDS", 0.01)
    files = _small(publisher)
    told: list[str] = []
    waited = Event()

    def tell(_: float, sentence: str) -> None:
        told.append(sentence)
        if "Waiting" in sentence:
            waited.set()

    def build(folder: Path) -> Data:
        # The first to come holds the lock until the other has been told to wait.
        assert waited.wait(10)
        return _letters(folder)

    loads = [Thread(target=keep, args=(files, build, tell)) for _ in range(2)]
    for load in loads:
        load.start()
    for load in loads:
        load.join()
    assert publisher.asked == ["a.txt", "rest.zip"]
    assert "Waiting for another process that is making Small" in told
