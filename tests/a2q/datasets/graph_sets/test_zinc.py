import pickle
import shutil
from pathlib import Path

import pytest
import torch
from torch_geometric.utils import is_undirected

from a2q.datasets import DatasetError, card, is_ready, load_graphs
from a2q.datasets.graph_sets.zinc import zinc
from a2q.datasets.progress import no_progress


def _molecule(atoms: int, value: float) -> dict[str, object]:
    """A chain of carbon with one atom of type 5 at its end, as the benchmark's files hold it."""
    bonds = torch.zeros(atoms, atoms, dtype=torch.int8)
    for atom in range(atoms - 1):
        bonds[atom, atom + 1] = bonds[atom + 1, atom] = 1 + atom % 2
    return {
        "num_atom": atoms,
        "atom_type": torch.tensor([0] * (atoms - 1) + [5]),
        "bond_type": bonds,
        "logP_SA_cycle_normalized": torch.tensor([value]),
    }


def _write(folder: Path) -> None:
    raw = folder / "raw"
    raw.mkdir(parents=True)
    for part, rows in {"train": [3, 0, 2], "val": [1], "test": [0, 1]}.items():
        molecules = [_molecule(2 + row, 0.5 * row) for row in range(4)]
        (raw / f"{part}.pickle").write_bytes(pickle.dumps(molecules, 2))
        (raw / f"{part}.index").write_text(",".join(map(str, rows)) + "\n")


def test_the_molecules_of_the_index_are_read_in_its_order(given: Path) -> None:
    _write(given / "ZINC")
    loaded = zinc(card("zinc"), no_progress)
    assert (loaded.source, loaded.rebuilt) == ("ZINC (read from the folder in $A2Q_DATA)", False)
    assert [graph.num_nodes for graph in loaded.graphs] == [5, 2, 4, 3, 2, 3]
    assert [part.tolist() for part in (loaded.train, loaded.validation, loaded.test)] == [[0, 1, 2], [3], [4, 5]]
    first = loaded.graphs[0]
    assert first.x.tolist() == [[0], [0], [0], [0], [5]]
    assert first.x.dtype == torch.long
    assert (first.edge_index.size(1), first.y.tolist(), first.y.dtype) == (8, [1.5], torch.float)
    assert (loaded.task, loaded.num_classes, loaded.num_types, loaded.class_names) == ("graph regression", 1, 28, [])


def test_a_rebuilt_set_says_so_and_yields_to_the_published(given: Path) -> None:
    _write(given / "ZINC-rebuilt")
    assert is_ready("zinc")
    told: list[str] = []
    loaded = zinc(card("zinc"), lambda _, sentence: told.append(sentence))
    assert loaded.rebuilt
    assert loaded.source == "ZINC (rebuilt, read from the folder in $A2Q_DATA)"
    assert loaded.card.title == "ZINC (rebuilt)"
    assert told[0].startswith("Reading ZINC (rebuilt) from ")
    _write(given / "ZINC")
    assert not zinc(card("zinc"), no_progress).rebuilt


def test_the_rebuilt_set_is_not_used_once_its_folder_is_no_longer_named(
    given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(given / "ZINC-rebuilt")
    zinc(card("zinc"), no_progress)
    monkeypatch.delenv("A2Q_DATA")
    assert not is_ready("zinc")
    with pytest.raises(DatasetError, match="ZINC is not on this machine"):
        zinc(card("zinc"), no_progress)


def test_a_pickle_with_a_call_in_it_is_refused(given: Path, cache_home: Path) -> None:
    _write(given / "ZINC")
    (given / "ZINC" / "raw" / "val.pickle").write_bytes(b"cos\nsystem\n(S'false'\ntR.")
    with pytest.raises(DatasetError, match=r"val\.pickle is damaged or holds more than tensors"):
        load_graphs("zinc")
    assert not (cache_home / "datasets" / "ZINC").exists()


def test_an_index_beyond_the_molecules_is_told(given: Path) -> None:
    _write(given / "ZINC")
    (given / "ZINC" / "raw" / "test.index").write_text("4\n")
    with pytest.raises(DatasetError, match=r"raw files of ZINC .* do not hold what they should"):
        load_graphs("zinc")


def test_molecules_of_the_rebuilt_set_are_read(given: Path, published_data: Path) -> None:
    raw = given / "ZINC-rebuilt" / "raw"
    shutil.copytree(published_data / "ZINC-rebuilt" / "raw", raw, copy_function=shutil.copyfile)
    # The whole takes 15 seconds.
    for part in ("train", "val", "test"):
        (raw / f"{part}.index").write_text(",".join(map(str, range(300))))
    loaded = zinc(card("zinc"), no_progress)
    assert loaded.num_graphs == 900
    assert 22 < sum(graph.num_nodes for graph in loaded.graphs) / 900 < 25
    assert min(int(graph.x.min()) for graph in loaded.graphs) >= 0
    assert max(int(graph.x.max()) for graph in loaded.graphs) < 28
    assert all(is_undirected(graph.edge_index) for graph in loaded.graphs)
    values = torch.cat([graph.y for graph in loaded.graphs])
    assert -0.3 < values.mean() < 0.3
    assert 1.7 < values.std() < 2.4
