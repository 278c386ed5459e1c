import os
import shutil
from pathlib import Path

import pytest
import torch

from a2q.datasets import DatasetError, card, is_ready, load
from a2q.datasets.files.raw_files import RawFiles
from a2q.datasets.progress import Progress


def _tree(folder: Path) -> list[tuple[str, int, int]]:
    return sorted((str(f), f.stat().st_size, f.stat().st_mtime_ns) for f in folder.rglob("*"))


@pytest.mark.parametrize("name", ["cora", "citeseer", "pubmed"])
def test_read_from_the_given_folder_which_stays_as_it_is(
    name: str, published_data: Path, cache_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A2Q_DATA", str(published_data))
    before = _tree(published_data / "Planetoid")
    assert is_ready(name)
    graph = load(name)
    entry = card(name)
    assert (graph.num_nodes, graph.num_edges) == (entry.nodes, entry.edges)
    assert (graph.num_features, graph.num_classes) == (entry.features, entry.classes)
    assert graph.source == f"{entry.title} (read from the folder in $A2Q_DATA)"
    assert int(graph.data.train_mask.sum()) == 20 * graph.num_classes
    assert _tree(published_data / "Planetoid") == before
    kept = cache_home / "datasets" / "Planetoid"
    assert all(os.access(file, os.W_OK) for file in kept.rglob("*"))
    assert {path.name for path in kept.iterdir()} == {entry.title, f"{entry.title}.lock"}


def test_a_second_load_needs_no_folder_and_remembers_it(published_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The sets may also lie directly in the folder, without "Planetoid" between.
    monkeypatch.setenv("A2Q_DATA", str(published_data / "Planetoid"))
    first = load("cora")
    monkeypatch.delenv("A2Q_DATA")
    assert is_ready("cora")
    second = load("cora")
    assert second.source == first.source
    assert torch.equal(second.data.x, first.data.x)


def test_a_damaged_cache_is_made_again(published_data: Path, cache_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A2Q_DATA", str(published_data))
    load("cora")
    monkeypatch.delenv("A2Q_DATA")
    kept = cache_home / "datasets" / "Planetoid"
    (kept / "Cora" / "set.npz").write_bytes(b"half")
    (kept / ".Cora.left" / "Cora").mkdir(parents=True)
    assert load("cora").source == "Cora (read from the folder in $A2Q_DATA)"
    assert not (kept / ".Cora.left").exists()


def test_a_download_says_so(published_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(files: RawFiles, folder: Path, progress: Progress) -> None:
        shutil.copytree(published_data / "Planetoid" / "Cora" / "raw", folder / "raw")

    monkeypatch.setattr("a2q.datasets.files.dataset_cache.fetch", fetch)
    assert not is_ready("cora")
    assert load("cora").source == load("cora").source == "Cora (downloaded)"


def test_a_file_that_is_not_the_published_one_is_not_unpickled(
    published_data: Path, tmp_path: Path, cache_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = tmp_path / "given" / "Cora" / "raw"
    raw.mkdir(parents=True)
    for file in (published_data / "Planetoid" / "Cora" / "raw").iterdir():
        shutil.copyfile(file, raw / file.name)
    (raw / "ind.cora.tx").write_bytes(b"cos\nsystem\n(S'false'\ntR.")
    monkeypatch.setenv("A2Q_DATA", str(tmp_path / "given"))
    with pytest.raises(DatasetError, match=r"ind\.cora\.tx is not the published file"):
        load("cora")
    assert not (cache_home / "datasets" / "Planetoid" / "Cora").exists()


def test_nowhere_to_be_had_names_the_folders_and_the_remedies(
    tmp_path: Path, cache_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A2Q_DATA", str(tmp_path / "nothing"))
    assert not is_ready("pubmed")
    with pytest.raises(DatasetError) as caught:
        load("pubmed")
    message = str(caught.value)
    kept = cache_home / "datasets" / "Planetoid"
    assert message.startswith("PubMed is not on this machine")
    assert str(kept / "PubMed" / "raw") in message
    assert str(tmp_path / "nothing" / "Planetoid" / "PubMed" / "raw") in message
    assert "connect to the network once, or set $A2Q_DATA to a folder that holds Planetoid/PubMed/raw" in message
    assert [entry.name for entry in kept.iterdir()] == ["PubMed.lock"]
