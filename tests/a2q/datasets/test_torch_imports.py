from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
import torch
from torch_geometric.utils import is_undirected

from a2q.datasets import DatasetError, card, is_ready, load
from a2q.datasets.torch_imports import __main__ as command
from a2q.datasets.torch_imports.graph import import_graph
from a2q.datasets.torch_imports.loading import FROZEN
from a2q.datasets.torch_imports.reading import absolute_name, list_modules, read_module, resolve
from a2q.datasets.torch_imports.version import TORCH_VERSION


@pytest.fixture(scope="module")
def frozen() -> dict[str, np.ndarray]:
    """The arrays in the file that comes with the library."""
    with np.load(FROZEN, allow_pickle=False) as arrays:
        return dict(arrays)


def test_modules_are_those_in_sub_packages_without_test_folders(package: Path) -> None:
    assert list(list_modules(package)) == [
        "paint.blue",
        "paint.blue.broken",
        "paint.blue.sky",
        "paint.red",
        "paint.red.dark",
        "paint.red.dark.wine",
        "paint.red.light",
        "paint.red.testing",
    ]


def test_identifiers_are_split_into_words(package: Path) -> None:
    module = read_module("paint.red.light", package / "red" / "light.py")
    assert module is not None
    assert module.words == {"mix": 1, "colors": 1, "first": 2, "part": 2, "http": 1, "server": 1}


def test_a_file_that_does_not_parse_is_no_module(package: Path) -> None:
    assert read_module("paint.blue.broken", package / "blue" / "broken.py") is None


@pytest.mark.parametrize(
    ("module", "level", "package", "name"),
    [
        ("os.path", 0, "a.b", "os.path"),
        ("", 1, "a.b", "a.b"),
        ("c", 1, "a.b", "a.b.c"),
        ("c.d", 2, "a.b", "a.c.d"),
        ("", 2, "a.b", "a"),
    ],
)
def test_relative_imports_are_made_absolute(module: str, level: int, package: str, name: str) -> None:
    assert absolute_name(module, level, package) == name


def test_an_import_leads_to_the_submodule_or_else_to_the_package() -> None:
    modules = {"a.b": 0, "a.b.c": 1}
    assert resolve("a.b.c", modules) == 1
    assert resolve("a.b.function", modules) == 0
    assert resolve("a.x", modules) is None


def test_edges_go_from_importer_to_imported(package: Path) -> None:
    arrays = import_graph(package)
    names = arrays["node_names"]
    importers, imported = arrays["directed_edge_index"]
    short = [name.removeprefix("paint.") for name in names]
    assert {(short[i], short[j]) for i, j in zip(importers, imported, strict=True)} == {
        ("red", "red.dark"),
        ("red", "red.dark.wine"),
        ("red.dark.wine", "red.light"),
        ("red.dark.wine", "blue.sky"),
        ("red.dark.wine", "blue"),
        ("blue.sky", "red.light"),
        ("blue.sky", "blue"),
    }
    assert arrays["class_names"].tolist() == ["red", "blue"]
    assert arrays["y"].tolist() == [1, 1, 0, 0, 0, 0, 0]


def test_features_are_the_words_in_some_but_not_too_many_modules(tmp_path: Path) -> None:
    folder = tmp_path / "many" / "sub"
    folder.mkdir(parents=True)
    for number in range(40):
        words = ["everywhere"] + ["often"] * (number < 12) + ["seldom"] * (number < 7)
        (folder / f"m{number:02}.py").write_text("\n".join(words))
    arrays = import_graph(tmp_path / "many")
    assert arrays["words"].tolist() == ["often"]
    assert arrays["x"].shape == (40, 1)
    assert arrays["x"][:, 0].tolist() == [True] * 12 + [False] * 28


def test_a_package_without_source_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="has no source files to read"):
        import_graph(tmp_path)


def test_the_graph_is_there_without_reading_torch_and_as_its_card_has_it() -> None:
    assert is_ready("torch-imports")
    told: list[tuple[float, str]] = []
    graph = load("torch-imports", lambda fraction, sentence: told.append((fraction, sentence)))
    entry = card("torch-imports")
    assert told == [(1.0, "Loaded: Imports of torch")]
    assert graph.source == f"imports of torch {TORCH_VERSION}, frozen"
    assert TORCH_VERSION in entry.source
    sizes = (graph.num_nodes, graph.num_edges, graph.num_features, graph.num_classes)
    assert sizes == (entry.nodes, entry.edges, entry.features, entry.classes) == (1476, 12_388, 1500, 8)
    assert graph.node_names[0].startswith("torch.")


def test_an_edge_of_the_graph_is_an_import_one_way_or_the_other(frozen: dict[str, np.ndarray]) -> None:
    data = load("torch-imports").data
    assert is_undirected(data.edge_index)
    imports = set(map(tuple, frozen["directed_edge_index"].T.tolist()))
    assert set(map(tuple, data.edge_index.T.tolist())) == imports | {(j, i) for i, j in imports}
    assert torch.equal(data.x.bool(), torch.from_numpy(frozen["x"]))


def test_the_split_is_disjoint_with_twenty_labels_a_class() -> None:
    data = load("torch-imports").data
    assert torch.stack([data.train_mask, data.val_mask, data.test_mask]).sum(0).eq(1).all()
    assert data.y[data.train_mask].bincount().tolist() == [20] * 8
    assert data.val_mask.sum() == 400


@pytest.mark.skipif(
    version("torch").partition("+")[0] != TORCH_VERSION,
    reason=f"the frozen graph is of torch {TORCH_VERSION}, and another one is installed",
)
def test_the_frozen_graph_is_that_of_the_installed_torch(frozen: dict[str, np.ndarray]) -> None:
    # Reading all modules takes half a minute of a core; every 30th is enough to see another recipe or torch.
    files = list_modules(Path(torch.__file__).parent)
    names, words = frozen["node_names"].tolist(), frozen["words"].tolist()
    number = {name: node for node, name in enumerate(names)}
    assert names == [name for name in files if name in number]
    for name in names[::30]:
        module = read_module(name, files[name])
        assert module is not None
        node = number[name]
        assert frozen["class_names"][frozen["y"][node]] == name.split(".")[1]
        leads_to = {resolve(imported, number) for imported in module.imports} - {None, node}
        importers, imported = frozen["directed_edge_index"]
        assert set(imported[importers == node].tolist()) == leads_to, name
        used = sorted(module.words.keys() & set(words), key=lambda word: (-module.words[word], word))
        assert {words[column] for column in frozen["x"][node].nonzero()[0]} == set(used[:40]), name


def test_freezing_twice_gives_the_same_bytes_that_hold_the_same_graph(package: Path, tmp_path: Path) -> None:
    files = [tmp_path / name / "graph.npz" for name in ("one", "two")]
    for file in files:
        command.freeze(package, file)
    assert files[0].read_bytes() == files[1].read_bytes()
    made = import_graph(package)
    with np.load(files[0], allow_pickle=False) as read:
        assert set(read.files) == set(made)
        assert all(np.array_equal(read[name], made[name]) for name in made)


def test_the_command_refuses_another_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "version", lambda _: "2.14.0+cpu")
    with pytest.raises(SystemExit, match=f"This is torch 2.14.0, and the frozen graph is of torch {TORCH_VERSION}"):
        command.main()
