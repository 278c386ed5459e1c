from pathlib import Path

import numpy as np
import pytest
import torch
from torch_geometric.utils import is_undirected

from a2q.datasets import DatasetError, is_ready
from a2q.datasets.torch_imports.cache import cache_file, read_arrays, write_arrays
from a2q.datasets.torch_imports.graph import import_graph
from a2q.datasets.torch_imports.loading import source_phrase, torch_imports
from a2q.datasets.torch_imports.reading import absolute_name, list_modules, read_module, resolve


def _silent(fraction: float, sentence: str) -> None: ...


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
    arrays = import_graph(package, _silent)
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
    features = import_graph(tmp_path / "many", _silent)["x"]
    assert features.shape == (40, 1)
    assert features[:, 0].tolist() == [True] * 12 + [False] * 28


def test_progress_says_how_many_modules_are_read(package: Path) -> None:
    told: list[tuple[float, str]] = []
    import_graph(package, lambda fraction, sentence: told.append((fraction, sentence)))
    assert told == [(0.0, "Reading torch's modules: 0 of 8")]


def test_a_torch_without_source_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no source files to read"):
        torch_imports(_silent, root=tmp_path)


def test_the_graph_is_made_once_and_then_read(package: Path, tmp_path: Path) -> None:
    assert not is_ready("torch-imports")
    made = torch_imports(_silent, root=package)
    assert is_ready("torch-imports")
    read = torch_imports(_silent, root=tmp_path / "gone")
    for key in made.keys():  # noqa: SIM118
        same = torch.equal(made[key], read[key]) if isinstance(made[key], torch.Tensor) else made[key] == read[key]
        assert same, key
    assert is_undirected(read.edge_index)
    assert read.edge_index.size(1) == 2 * read.directed_edge_index.size(1)


@pytest.mark.parametrize("damage", [b"", b"not an archive", b"PK\x03\x04 cut short"])
def test_a_damaged_cache_is_made_again(damage: bytes, package: Path) -> None:
    made = torch_imports(_silent, root=package)
    cache_file().write_bytes(damage)
    assert torch_imports(_silent, root=package).node_names == made.node_names
    assert read_arrays(cache_file(), frozenset(["x"])) is None


def test_a_load_that_is_stopped_leaves_no_cache(package: Path) -> None:
    def stop(fraction: float, sentence: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        torch_imports(stop, root=package)
    assert not is_ready("torch-imports")


def test_arrays_come_back_and_objects_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "arrays.npz"
    arrays = {"names": np.array(["a", "bc"]), "x": np.eye(2, dtype=bool)}
    write_arrays(file, arrays)
    read = read_arrays(file, frozenset(arrays))
    assert read is not None
    assert all(np.array_equal(read[key], arrays[key]) for key in arrays)
    np.savez(file, names=np.array([{}], dtype=object), x=arrays["x"])
    assert read_arrays(file, frozenset(arrays)) is None
    with pytest.raises(ValueError, match="allow_pickle"):
        write_arrays(file, {"names": np.array([{}], dtype=object)})
    assert [entry.name for entry in tmp_path.iterdir()] == ["arrays.npz"]


def test_source_names_the_version_without_its_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("a2q.datasets.torch_imports.loading.version", lambda _: "2.13.0+cpu")
    assert source_phrase() == "imports of torch 2.13.0 (read from this machine)"
    assert cache_file().name.startswith("2.13.0+cpu")
