import io
import json
import os
import signal
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from a2q.datasets import DatasetConfig
from a2q.experiments import worker
from a2q.experiments.bundle import file as files
from a2q.experiments.bundle.bundle import Bundle, bundle_of, import_bundle
from a2q.experiments.bundle.file import read_bundle, write_bundle
from a2q.experiments.presets import preset
from a2q.experiments.settings import change
from a2q.experiments.store import RunError, RunStore, State


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunStore, Bundle]]:
    """A store with a finished run, and that run outside of it; trained once for all tests."""
    settings = ["training.warm_start=false", "training.distillation=0", "training.epochs=6"]
    config = change(preset("a2q", DatasetConfig(name="generated-citations", nodes=80)), settings)
    before = signal.getsignal(signal.SIGTERM)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("A2Q_HOME", str(tmp_path_factory.mktemp("trained")))
        for name in ("A2Q_SCHEDULER", "A2Q_DATABASE_URL", "A2Q_WORKERS"):
            patch.delenv(name, raising=False)
        with RunStore() as opened:
            run_id = opened.submit(config).id
            assert worker.main(run_id) == 0
            yield opened, bundle_of(opened, opened.get(run_id))
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def done(trained: tuple[RunStore, Bundle]) -> Bundle:
    """A finished run outside of its store."""
    return trained[1]


def as_file(bundle: Bundle) -> io.BytesIO:
    file = io.BytesIO()
    write_bundle(bundle, file)
    return file


def changed(file: io.BytesIO, tamper: Callable[[dict[str, bytes]], None]) -> io.BytesIO:
    """The .zip with members changed."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    tamper(members)
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return result


def npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def test_a_run_is_the_same_in_another_store(trained: tuple[RunStore, Bundle], store: RunStore) -> None:
    home, done = trained
    there = home.get(done.run.id)
    run = import_bundle(store, read_bundle(as_file(done)))
    # What is known of its process alone is left behind.
    assert run == replace(there, heartbeat=None, process=None, stage="")
    assert store.epochs(run.id) == home.epochs(run.id)
    assert list(store.snapshots(run.id, "layer2/bits")) == list(home.snapshots(run.id, "layer2/bits")) != []
    assert store.payloads(run.id) == home.payloads(run.id)
    assert {name for name, _ in store.payloads(run.id)} >= {
        "tensor/edges",
        "tensor/layer2/values",
        "workload/input/nonzeros",
        "split",
    }
    assert store.find(run.config) == run


def test_the_same_run_gives_the_same_bytes_and_is_taken_in_once(store: RunStore, done: Bundle) -> None:
    file = as_file(done)
    assert as_file(read_bundle(file)).getvalue() == file.getvalue()
    first = import_bundle(store, read_bundle(file))
    assert import_bundle(store, read_bundle(file)) == first
    assert store.list() == [first]


def test_another_run_of_the_same_id_keeps_its_place(store: RunStore, done: Bundle) -> None:
    import_bundle(store, done)
    stranger = replace(done, run=replace(done.run, created=done.run.created + 1))
    taken = import_bundle(store, stranger)
    assert taken.id != done.run.id
    assert {run.id for run in store.list()} == {done.run.id, taken.id}
    assert store.epochs(taken.id) == store.epochs(done.run.id)


def test_what_a_bundle_says_is_what_the_store_says(trained: tuple[RunStore, Bundle]) -> None:
    store, done = trained
    assert done.layers == [2]
    stored = store.arrays(done.run.id)
    assert done.arrays.keys() == stored.keys()
    snapshots = store.snapshots(done.run.id, "layer2/bits")
    assert list(done.snapshots("layer2/bits")) == list(snapshots)
    assert np.array_equal(done.array("tensor/edges"), store.array(done.run.id, "tensor/edges"))
    assert done.array("nothing") is None


def test_only_ended_runs_are_exported(store: RunStore, small) -> None:
    run = store.submit(small())
    with pytest.raises(RunError, match=f"^Run {run.id} is queued; a run can be exported when it has ended.$"):
        bundle_of(store, run)
    store.cancel(run.id)
    cancelled = read_bundle(as_file(bundle_of(store, store.get(run.id))))
    assert cancelled.run.state == State.CANCELLED
    assert not cancelled.epochs and not cancelled.all_arrays and cancelled.run.summary is None


def test_a_checkpoint_stays_at_home(trained: tuple[RunStore, Bundle]) -> None:
    store, done = trained
    assert store.payload(done.run.id, "checkpoint") is not None
    assert all("checkpoint" not in name for name, _ in done.all_arrays)


def test_half_precision_is_read_as_single(done: Bundle) -> None:
    halved = {
        place: array.astype(np.float16) if array.dtype.kind == "f" else array
        for place, array in done.all_arrays.items()
    }
    found = read_bundle(as_file(replace(done, all_arrays=halved)))
    error = found.arrays["layer2/error"]
    assert error.dtype == np.float32
    assert error == pytest.approx(done.arrays["layer2/error"], rel=1e-3, abs=1e-6)


def test_a_file_that_is_none(tmp_path: Path, done: Bundle) -> None:
    with pytest.raises(RunError, match="There is no file"):
        read_bundle(tmp_path / "gone.zip")
    for content in (b"", b"PK", as_file(done).getvalue()[:-200]):
        with pytest.raises(RunError, match=r"^This file is damaged or no .zip"):
            read_bundle(io.BytesIO(content))
    with pytest.raises(RunError, match=r"^The bundle cannot be written"):
        write_bundle(done, tmp_path / "no" / "folder.zip")


@pytest.mark.parametrize("make", [lambda path: os.mkfifo(path), lambda path: path.mkdir()])
def test_only_regular_files_are_opened(tmp_path: Path, make: Callable[[Path], object]) -> None:
    """A pipe or a device may never end."""
    make(tmp_path / "run.zip")
    with pytest.raises(RunError, match="is no regular file"):
        read_bundle(tmp_path / "run.zip")
    with pytest.raises(RunError, match="is no regular file"):
        read_bundle(Path(os.devnull))


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "run.zip"
    with path.open("wb") as file:
        file.truncate(files.MOST_FILE_BYTES + 1)
    with pytest.raises(RunError, match="larger than 200 MiB"):
        read_bundle(path)


def test_a_run_that_ended_before_its_nodes_were_measured(done: Bundle) -> None:
    """It knows its edges and split, but no in-degrees yet."""
    early = {place: array for place, array in done.all_arrays.items() if place[0] in ("tensor/edges", "split")}
    run = replace(done.run, state=State.CANCELLED, summary=None)
    found = read_bundle(as_file(replace(done, run=run, epochs=(), all_arrays=early)))
    assert found.all_arrays.keys() == early.keys() == {("tensor/edges", 0), ("split", 0)}


def test_names_of_any_script_are_taken_in(done: Bundle) -> None:
    names = np.full(80, "Zoë 图 🕸")
    named = replace(done, all_arrays=done.all_arrays | {("node_name", 0): names})
    assert read_bundle(as_file(named)).arrays["node_name"].tolist() == names.tolist()


def test_one_damaged_byte_is_noticed(done: Bundle) -> None:
    content = bytearray(as_file(done).getvalue())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        info = archive.getinfo("arrays/latest/layer2/error.npy")
    start = info.header_offset + 30 + len(info.filename)
    content[start + info.compress_size // 2] ^= 0xFF
    with pytest.raises(RunError, match=r"^This (file is damaged|run bundle cannot be read)"):
        read_bundle(io.BytesIO(content))


def hostile(name: str, content: bytes) -> Callable[[dict[str, bytes]], None]:
    return lambda members: members.update({name: content})


def recorded(**values: object) -> Callable[[dict[str, bytes]], None]:
    def tamper(members: dict[str, bytes]) -> None:
        members["run.json"] = json.dumps(json.loads(members["run.json"]) | values).encode()

    return tamper


def of_network(**values: object) -> Callable[[dict[str, bytes]], None]:
    def tamper(members: dict[str, bytes]) -> None:
        record = json.loads(members["run.json"])
        record["summary"]["network"].update(values)
        members["run.json"] = json.dumps(record).encode()

    return tamper


def of_map(**values: object) -> Callable[[dict[str, bytes]], None]:
    def tamper(members: dict[str, bytes]) -> None:
        record = json.loads(members["run.json"])
        record["summary"]["network"]["maps"][0].update(values)
        members["run.json"] = json.dumps(record).encode()

    return tamper


def beyond_unicode(code: int) -> np.ndarray:
    """Names of 80 nodes, the first of which holds a code point that no text has."""
    names = np.full(80, "node")
    names.view(np.uint32)[0] = code
    return names


_BITS = "arrays/latest/layer2/bits.npy"
_SAMPLE = "arrays/1/tensor/sample/layer2"
_HUGE = npy(np.zeros(1))[:-8].replace(b"(1,)", b"(9999999999,)", 1)


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        (lambda members: members.pop("run.json"), "no run.json"),
        (hostile("run.json", b"[" * 100_000), "run.json|onfiguration|JSON"),
        (hostile("../../etc/passwd", b"x"), "no part of a run"),
        (hostile("arrays/latest/checkpoint.pkl", b"x"), "no part of a run"),
        (hostile("arrays/latest/../x.npy", b"x"), "no part of a run"),
        (hostile("arrays/0/layer2/bits.npy", b"x"), "no part of a run"),
        (hostile(_BITS, npy(np.array([{}], dtype=object))), "no|not a plain NumPy array"),
        (hostile(_BITS, b"\x93NUMPY\x01\x00" + struct.pack("<H", 9000) + b"{" * 9000), "not a plain NumPy array"),
        (hostile(_BITS, _HUGE), "not a plain NumPy array"),
        (hostile(_BITS, npy(np.zeros(3, dtype=np.uint8))), "but the run has 80 nodes"),
        (hostile(_BITS, npy(np.full(80, 9, dtype=np.uint8))), "bits outside 0 to 8"),
        (hostile(_BITS, npy(np.zeros(80, dtype=np.float32))), "bits outside 0 to 8"),
        (hostile("arrays/17/layer2/bits.npy", npy(np.full(80, 9, dtype=np.uint8))), "bits outside 0 to 8"),
        (hostile(_BITS, npy(np.zeros(80, dtype=np.uint8)) + b"x"), "not a plain NumPy array"),
        # 0 to 3 name the four parts.
        (hostile("arrays/latest/split.npy", npy(np.full(80, 4, dtype=np.uint8))), "values outside 0 to 3"),
        (hostile("arrays/latest/in_degree.npy", npy(np.full(80, -1))), "no counts"),
        (hostile("arrays/latest/in_degree.npy", npy(np.zeros((2, 80), dtype=np.uint8))), "in_degree has shape"),
        (hostile("arrays/latest/tensor/edges.npy", npy(np.array([[0], [80]]))), "nodes that the run does not have"),
        (hostile("arrays/latest/tensor/layer2/quantized.npy", npy(np.zeros((80, 3)))), "as large as"),
        (hostile("arrays/latest/tensor/layer3/quantized.npy", npy(np.zeros((80, 3)))), "has shape"),
        (hostile("arrays/latest/tensor/layer2/signed.npy", npy(np.zeros((80, 3)))), "has shape"),
        (hostile("arrays/latest/tensor/layer2/sent.npy", npy(np.zeros((3, 80)))), "has shape"),
        (hostile(f"{_SAMPLE}/nodes.npy", npy(np.arange(1, 81))), "names nodes"),
        (hostile(f"{_SAMPLE}/nodes.npy", npy(np.zeros(80, dtype=int))), "names nodes"),
        (hostile(f"{_SAMPLE}/nodes.npy", npy(np.zeros((2, 2), dtype=int))), "names nodes"),
        (hostile(f"{_SAMPLE}/nodes.npy", npy(np.arange(80, dtype=np.uint8)[::-1])), "names nodes"),
        (hostile(f"{_SAMPLE}/step.npy", npy(np.zeros(3))), "belong together"),
        (hostile(f"{_SAMPLE}/clipped.npy", npy(np.zeros((80, 8)))), "belong together"),
        (hostile(f"{_SAMPLE}/quantized.npy", npy(np.zeros((80, 1)))), "belong together"),
        (hostile(f"{_SAMPLE}/signed.npy", npy(np.zeros(79, dtype=np.uint8))), "belong together"),
        (hostile(f"{_SAMPLE}/learned_bits.npy", npy(np.zeros(80, dtype=np.uint8))), "belong together"),
        (hostile("arrays/1/tensor/sample/layer3/step.npy", npy(np.zeros(80))), "names nodes"),
        (lambda members: members.pop(f"{_SAMPLE}/clipped.npy"), "belong together"),
        (lambda members: members.pop(f"{_SAMPLE}/values.npy"), "names nodes"),
        (hostile("arrays/latest/workload/input/nonzeros.npy", npy(np.zeros(3, dtype=np.int32))), "has shape"),
        (hostile("arrays/latest/workload/input/nonzeros.npy", npy(np.full(80, 10**6))), "values outside 0 to"),
        (hostile("arrays/latest/workload/layer2/nonzeros.npy", npy(np.full(80, 17))), "values outside 0 to 16"),
        (hostile("arrays/latest/workload/layer2/nonzeros.npy", npy(np.zeros(80))), "values outside 0 to 16"),
        (lambda members: members.pop(_BITS), "no bits of convs.1.lin"),
        (of_network(input="words"), "network input is 'words'"),
        (of_network(features=-1), "network features is -1"),
        (of_map(in_channels=10**9), "in channels is 1000000000"),
        (of_map(module="[x](http://elsewhere)"), "module is"),
        (of_map(arrays="../x"), "arrays is"),
        (of_map(aggregation="sideways"), "aggregation is 'sideways'"),
        (of_map(weight_bits=None), "weight bits is"),
        (hostile("arrays/latest/in_degree.npy", npy(np.full(80, 2**62))), "no counts"),
        (hostile("arrays/latest/label.npy", npy(np.full(80, "cat"))), "label holds texts"),
        (hostile("arrays/latest/label.npy", npy(np.zeros(80))), "not of one kind"),
        (hostile("arrays/latest/label.npy", npy(np.full(80, 2**40))), "classes outside"),
        (hostile("arrays/latest/prediction.npy", npy(np.full(80, np.inf))), "no finite numbers"),
        (hostile("arrays/latest/layer2/aggregation.npy", npy(np.full(80, np.nan))), "no finite numbers"),
        (hostile("arrays/latest/layer2/error.npy", npy(np.zeros(80, dtype=int))), "whole numbers"),
        (hostile("arrays/latest/graph.npy", npy(np.full(80, -1))), "graph has values outside"),
        (hostile("arrays/latest/aggregates_first.npy", npy(np.zeros(0, dtype=np.uint8))), "not one number"),
        (hostile("arrays/latest/node_name.npy", npy(np.arange(80))), "node_name holds numbers"),
        (hostile("arrays/latest/node_name.npy", npy(beyond_unicode(0x110000))), "Unicode does not have"),
        (hostile("arrays/latest/node_name.npy", npy(beyond_unicode(0xD800))), "Unicode does not have"),
        (hostile("arrays/latest/node_name.npy", npy(beyond_unicode(0xD800).byteswap())), "Unicode does not have"),
        (hostile("arrays/latest/node_name.npy", npy(np.full(80, "x" * 10_001))), "more than 10,000 characters"),
        (lambda members: members.pop("arrays/latest/layer2/step.npy"), "comes without layer2/step"),
        (lambda members: members.pop("arrays/latest/prediction.npy"), "no array prediction"),
        (lambda members: members.pop("arrays/latest/in_degree.npy"), "no array in_degree"),
        (hostile("arrays/7/layer2/bits.npy", npy(np.zeros(80, dtype=np.uint8))), "of epoch 7, but the run has 6"),
        (hostile("arrays/latest/layer3/aggregation.npy", npy(np.zeros(80))), "of layer 3, but"),
        (hostile("arrays/latest/tensor/layer0/sent.npy", npy(np.zeros((80, 2)))), "of layer 0, but"),
        (recorded(version=2), "version is 2"),
        (recorded(id="../../../x"), "id is"),
        (recorded(state="running"), "only ended runs"),
        (recorded(created=1e300), "created is"),
        (recorded(created=1e11), "created is"),
        (recorded(started=-1), "started is"),
        (recorded(ended=1e10), "ended is"),
        (recorded(source="\ud800"), "surrogate|JSON"),
        (recorded(config={"dataset": {"name": "nowhere"}}), "nowhere"),
        (recorded(summary={"metric": "accuracy"}), "missing"),
        (recorded(epochs=[{}]), "missing"),
    ],
)
def test_hostile_bundles_are_refused_in_one_sentence(
    done: Bundle, tamper: Callable[[dict[str, bytes]], None], says: str
) -> None:
    with pytest.raises(RunError, match=says) as caught:
        read_bundle(changed(as_file(done), tamper))
    assert str(caught.value).startswith("This run bundle cannot be read: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda epochs: epochs.reverse(),
        lambda epochs: epochs[0].update(loss=float("nan")),
        lambda epochs: epochs[0].update(bit_counts=[[1, 2]]),
        lambda epochs: epochs[0].update(bit_counts=[[0] * 8 + [10**20]]),
        lambda epochs: epochs[0].update(epoch=0),
    ],
)
def test_a_history_that_makes_no_sense(done: Bundle, spoil: Callable[[list], None]) -> None:
    def tamper(members: dict[str, bytes]) -> None:
        record = json.loads(members["run.json"])
        spoil(record["epochs"])
        members["run.json"] = json.dumps(record).encode()

    with pytest.raises(RunError, match="history"):
        read_bundle(changed(as_file(done), tamper))


def test_too_large(done: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    file = as_file(done)
    for limit, says in (
        ("MOST_BYTES", "unpacks to"),
        ("MOST_RECORD_BYTES", "unpacks to"),
        ("MOST_MEMBERS", "members"),
        ("MOST_FILE_BYTES", "larger than"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(files, limit, 3)
            with pytest.raises(RunError, match=says):
                read_bundle(file)


def test_a_history_may_not_fill_memory(done: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    file, counted = as_file(done), sum(len(metrics.bit_counts) for metrics in done.epochs)
    monkeypatch.setattr(files, "MOST_COUNTED", counted)
    read_bundle(file)
    monkeypatch.setattr(files, "MOST_COUNTED", counted - 1)
    with pytest.raises(RunError, match=f"history counts bits {counted} times, and at most {counted - 1} times"):
        read_bundle(file)


def test_a_small_file_may_not_fill_memory(done: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(members: dict[str, bytes]) -> None:
        members["arrays/latest/tensor/layer2/values.npy"] = npy(np.zeros((80, 20_000), dtype=np.int8))

    monkeypatch.setattr(files, "MOST_TIMES_SMALLER", 4)
    monkeypatch.setattr(files, "_ALWAYS_BYTES", 1 << 16)
    read_bundle(as_file(done))
    with pytest.raises(RunError, match=r"unpacks to 2 MiB, more than 4 times its own size, as no run does"):
        read_bundle(changed(as_file(done), fill))


@pytest.mark.parametrize("name", ["tensor/layer2/values", "anything"])
def test_an_array_is_no_larger_than_runs_keep_them(done: Bundle, name: str) -> None:
    def grow(members: dict[str, bytes]) -> None:
        members[f"arrays/latest/{name}.npy"] = npy(np.zeros((80, 50_001), dtype=np.int8))

    with pytest.raises(RunError, match=f"{name} has 4,000,080 values, and at most 4,000,000 are kept"):
        read_bundle(changed(as_file(done), grow))


def test_a_member_that_is_there_twice_is_refused(done: Bundle) -> None:
    """Which of them is read would be for each reader to decide."""
    file = as_file(done)
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(_BITS, npy(np.zeros(80, dtype=np.uint8)))
    with pytest.raises(RunError, match="members, or some twice"):
        read_bundle(file)


def test_texts_cannot_bring_pictures_onto_a_page(done: Bundle) -> None:
    sly = replace(done.run, source="![x](http://elsewhere/x.png) <img>\n# big", versions={"a": "[x](y)"})
    run = read_bundle(as_file(replace(done, run=sly))).run
    assert run.source == "!(x)(http://elsewhere/x.png) (img) # big"
    assert run.versions == {"a": "(x)(y)"}
