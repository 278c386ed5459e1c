import errno
import sys
import threading
from pathlib import Path

import pytest
import torch
from torch_geometric.data import Data

from a2q.datasets import CATALOGUE, DatasetError, is_ready, load, load_graphs
from a2q.datasets.files.dataset_cache import keep
from a2q.datasets.files.raw_files import RawFiles
from a2q.datasets.progress import no_progress

_FILES = RawFiles("Small", "Family/Small", ("raw/a.txt", "raw/deep/b.txt"))
_REBUILT = RawFiles("Small (rebuilt)", "Family/Small-rebuilt", ("raw/a.txt",), rebuilt="rebuilt")


def _give(given: Path, files: RawFiles, content: str = "raw") -> None:
    for name in files.names:
        (given / files.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (given / files.folder / name).write_text(content)


def _build(folder: Path) -> Data:
    """A graph with as many nodes as the raw content has letters."""
    nodes = len((folder / "raw" / "a.txt").read_text())
    # As PyTorch Geometric leaves what it made.
    (folder / "processed").mkdir()
    (folder / "processed" / "data.pt").write_bytes(b"a pickle")
    return Data(x=torch.eye(nodes), edge_index=torch.zeros((2, 0), dtype=torch.int64))


def test_a_set_is_made_once_and_then_read(given: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _give(given, _FILES)
    told: list[str] = []
    assert _FILES.at_hand
    made, origin = keep(_FILES, _build, lambda _, sentence: told.append(sentence))
    assert (made.num_nodes, origin) == (3, "read from the folder in $A2Q_DATA")
    assert told == [f"Reading Small from {given / 'Family' / 'Small'}"]
    monkeypatch.delenv("A2Q_DATA")
    again, origin_again = keep(_FILES, _build, lambda _, sentence: told.append(sentence))
    assert torch.equal(again.x, made.x) and origin_again == origin
    assert len(told) == 1
    assert (_FILES.kept / "raw" / "deep" / "b.txt").is_file()


@pytest.mark.parametrize("spoilt", ["set.npz", "set.sha256"])
def test_what_was_kept_otherwise_or_is_damaged_is_made_again_and_never_unpickled(given: Path, spoilt: str) -> None:
    _give(given, _FILES)
    made, origin = keep(_FILES, _build, no_progress)
    assert not (_FILES.kept / "processed").exists()
    content = bytearray((_FILES.kept / spoilt).read_bytes())
    for change in ("a flipped bit", "an earlier version"):
        if change == "a flipped bit":
            content[len(content) // 2] ^= 1
            (_FILES.kept / spoilt).write_bytes(content)
        else:
            (_FILES.kept / spoilt).unlink()
            (_FILES.kept / "processed").mkdir()
            (_FILES.kept / "processed" / "pre_transform.pt").write_bytes(b"cos\nsystem\n(S'false'\ntR.")
        again, again_from = keep(_FILES, _build, no_progress)
        assert torch.equal(again.x, made.x) and again_from == origin, change
        assert not (_FILES.kept / "processed").exists()


def test_a_rebuilt_set_says_so_and_is_at_hand_only_while_its_folder_is_named(
    given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _give(given, _REBUILT)
    assert keep(_REBUILT, _build, no_progress)[1] == "rebuilt, read from the folder in $A2Q_DATA"
    assert _REBUILT.at_hand
    monkeypatch.delenv("A2Q_DATA")
    assert not _REBUILT.at_hand


def test_a_build_of_another_set_beside_it_is_left_alone(given: Path) -> None:
    _give(given, _FILES)
    ours, others = (_FILES.kept.parent / name for name in (".Small.left", ".Small-rebuilt.draft"))
    ours.mkdir(parents=True)
    others.mkdir()
    keep(_FILES, _build, no_progress)
    assert not ours.exists()
    assert others.exists()


def test_a_load_that_is_stopped_leaves_nothing(given: Path) -> None:
    _give(given, _FILES)

    def stop(fraction: float, sentence: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keep(_FILES, _build, stop)
    assert [path.name for path in _FILES.kept.parent.iterdir()] == ["Small.lock"]


@pytest.mark.parametrize("step", ["reading", "building"])
def test_a_full_disk_is_not_blamed_on_the_files(given: Path, step: str) -> None:
    _give(given, _FILES)
    full = OSError(errno.ENOSPC, "No space left on device")

    def fail(*_: object) -> int:
        raise full

    build, progress = (_build, fail) if step == "reading" else (fail, no_progress)
    with pytest.raises(DatasetError, match=r"^The disk of \$A2Q_HOME \(.*\) is full; free space there"):
        keep(_FILES, build, progress)


def test_unreadable_raw_files_are_told_and_not_kept(given: Path) -> None:
    _give(given, _FILES)

    def read(folder: Path) -> Data:
        return Data(num_nodes=int((folder / "raw" / "a.txt").read_text()))

    with pytest.raises(DatasetError, match=r"raw files of Small \(.*Family/Small\) do not hold what they should"):
        keep(_FILES, read, no_progress)
    assert not _FILES.kept.exists()


def test_two_at_once_make_it_once(given: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[keep.__module__], "_PATIENCE_SECONDS", 0.01)
    _give(given, _FILES)
    drafts: list[Path] = []
    another_waits = threading.Event()

    def build(folder: Path) -> Data:
        drafts.append(folder)
        assert another_waits.wait(60)
        return _build(folder)

    def progress(_: float, stage: str) -> None:
        if stage.startswith("Waiting for another process"):
            another_waits.set()

    loads = [threading.Thread(target=keep, args=(_FILES, build, progress)) for _ in range(3)]
    for one in loads:
        one.start()
    for one in loads:
        one.join()
    assert len(drafts) == 1
    assert _FILES.kept.is_dir()


@pytest.mark.parametrize("name", [name for name, entry in CATALOGUE.items() if entry.needs == "download"])
def test_with_no_network_and_no_folder_the_user_is_told_what_to_do(name: str, given: Path, cache_home: Path) -> None:
    assert not is_ready(name)
    entry = CATALOGUE[name]
    with pytest.raises(DatasetError) as caught:
        (load_graphs if entry.graph_level else load)(name)
    message = str(caught.value)
    assert message.startswith(f"{entry.title} is not on this machine (looked in {cache_home}")
    assert f", {given}" in message
    assert "connect to the network once, or set $A2Q_DATA to a folder that holds " in message
    # Nothing half done is left, for which a later load would have to look.
    assert all(path.is_dir() or path.suffix == ".lock" for path in cache_home.rglob("*"))
