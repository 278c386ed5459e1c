"""What PyTorch Geometric's own classes do with the archives as published, which are drawn up here."""

import pickle
import shutil
import urllib.request
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
import torch
from torch_geometric.io import fs

from data import card, is_ready
from data.graph_sets.superpixels import superpixels
from data.graph_sets.tu import tu
from data.graph_sets.zinc import zinc
from data.progress import unheard


def _archive(files: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _serve(answers: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer a request with the content whose name is in its address."""

    def open_url(url: str, **_: object) -> BytesIO:
        return BytesIO(next(content for name, content in answers.items() if name in url))

    monkeypatch.setattr(urllib.request, "urlopen", open_url)


def test_text_files(tmp_path: Path, cache_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published = tmp_path / "MUTAG"
    published.mkdir()
    tables = {
        "A": "\n".join(f"{2 * graph + 1}, {2 * graph + 2}\n{2 * graph + 2}, {2 * graph + 1}" for graph in range(20)),
        "graph_indicator": "\n".join(str(node // 2 + 1) for node in range(40)),
        "graph_labels": "\n".join(str(graph % 2) for graph in range(20)),
        "node_labels": "\n".join(str(node % 2) for node in range(40)),
        "edge_labels": "\n".join("0" for _ in range(40)),
    }
    for part, lines in tables.items():
        (published / f"MUTAG_{part}.txt").write_text(lines + "\n")
    monkeypatch.setattr(fs, "cp", lambda _, folder, **__: shutil.copytree(published, Path(folder) / "MUTAG"))
    loaded = tu(card("mutag"), 0, unheard)
    assert (loaded.num_graphs, loaded.source) == (20, "MUTAG, fold 0 (downloaded)")
    # Published with the bonds' kinds, which the folder beside the project does not have: the graphs are the same.
    assert sorted(loaded.graphs[0].keys()) == ["edge_index", "x", "y"]
    assert is_ready("mutag")
    assert (cache_home / "datasets" / "TUDataset" / "MUTAG" / "raw" / "MUTAG_A.txt").is_file()


def test_superpixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = {
        "x": torch.ones(3, 1),
        "pos": torch.zeros(3, 2),
        "edge_index": torch.tensor([[0, 1], [1, 2]]),
        "edge_attr": torch.ones(2),
        "y": torch.tensor([4]),
    }
    torch.save(([graph] * 3, [graph] * 2, [graph] * 2), tmp_path / "raw.pt")
    _serve({"MNIST_v2.zip": _archive({"MNIST_v2.pt": (tmp_path / "raw.pt").read_bytes()})}, monkeypatch)
    loaded = superpixels(card("mnist-superpixels"), unheard)
    assert (loaded.num_graphs, loaded.source) == (7, "MNIST superpixels (downloaded)")
    assert not loaded.rebuilt
    assert is_ready("mnist-superpixels")


def test_molecules(monkeypatch: pytest.MonkeyPatch) -> None:
    molecule = {
        "num_atom": 2,
        "atom_type": torch.tensor([0, 1]),
        "bond_type": torch.tensor([[0, 1], [1, 0]]),
        "logP_SA_cycle_normalized": torch.tensor([0.5]),
    }
    pickled = pickle.dumps([molecule] * 4)
    archive = _archive({f"molecules/{part}.pickle": pickled for part in ("train", "val", "test")})
    _serve({"molecules.zip": archive, ".index": b"0,3\n"}, monkeypatch)
    loaded = zinc(card("zinc"), unheard)
    assert (loaded.num_graphs, loaded.source) == (6, "ZINC (downloaded)")
    assert not loaded.rebuilt
    assert is_ready("zinc")
