"""A run bundle as a .zip of JSON and NumPy arrays, which any machine can read and none can be harmed by.

    run.json                        settings, state, times, versions, report and history
    arrays/latest/layer2/bits.npy   node arrays and tensors as at the end
    arrays/17/layer2/bits.npy       snapshots, here of epoch 17

A checkpoint is not part of it: an ended run needs none to be looked at, and nothing in a bundle is ever executed.
"""

import math
import re
import stat
import zipfile
import zlib
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, BinaryIO, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from a2q.config import sentences
from a2q.experiments.bundle.arrays import LATEST, NAME, check_arrays, check_extent, check_network, packed, unpacked
from a2q.experiments.bundle.bundle import Bundle
from a2q.experiments.results import SCORES
from a2q.experiments.run_config import RunConfig
from a2q.experiments.store.errors import RunError
from a2q.experiments.store.run import LATEST_TIME, Run, shortened
from a2q.experiments.store.schema import ACTIVE, State
from a2q.experiments.store.summaries import upgraded
from a2q.reports.accounting import AccountItem
from a2q.reports.summary import Summary
from a2q.training import EpochMetrics
from a2q.units import MOST_BITS

MOST_FILE_BYTES = 200 << 20
MOST_BYTES = 1 << 30
"""Of all members together, unpacked."""
MOST_TIMES_SMALLER = 100
"""How much smaller a file may be than what it unpacks to: runs' arrays shrink to about a third."""
_ALWAYS_BYTES = 32 << 20
MOST_RECORD_BYTES = 64 << 20
MOST_MEMBERS = 10_000
MOST_COUNTED = 250_000
"""Epochs times layer inputs whose bits are counted: pages keep a history as objects of 150 bytes each. No run
has more: 8 layers of 3 inputs in 10,000 epochs."""

_RECORD = "run.json"
_MOST_NODES = 2**31 - 1
_ARRAY = re.compile(r"arrays/(latest|[1-9]\d{0,4})/(.+)\.npy")
# The same bytes whenever the same run is written.
_MOMENT = (1980, 1, 1, 0, 0, 0)


def _plain(text: str) -> str:
    """One line without what Markdown makes links, pictures or formulas of: pages print these texts."""
    return " ".join(text.translate(str.maketrans("[]<>`$", "()()' ")).split())


Text = Annotated[str, Field(max_length=5_000), AfterValidator(_plain)]
Moment = Annotated[float, Field(ge=0, le=LATEST_TIME, allow_inf_nan=False)]


class _Record(BaseModel):
    """run.json."""

    model_config = ConfigDict(ser_json_inf_nan="constants")

    format: Literal["a2q-run"] = "a2q-run"
    version: Literal[1] = 1
    id: str = Field(pattern=r"^[0-9a-f]{12}$")
    config: RunConfig
    state: State
    reason: Text
    created: Moment
    started: Moment | None
    ended: Moment | None
    progress: float = Field(ge=0, le=1)
    versions: dict[Text, Text] = Field(max_length=100)
    source: Text
    summary: Summary | None
    epochs: list[EpochMetrics] = Field(max_length=10_000)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.state in ACTIVE:
            raise ValueError(f"The run is {self.state}, but only ended runs are kept in files.")
        numbers = [metrics.epoch for metrics in self.epochs]
        if any(later <= earlier for earlier, later in zip([0, *numbers], numbers, strict=False)):
            raise ValueError("The epochs of its history are not in order.")
        rows = sum(len(metrics.bit_counts) for metrics in self.epochs)
        if rows > MOST_COUNTED:
            raise ValueError(
                f"Its history counts bits {rows:,} times, and at most {MOST_COUNTED:,} times "
                "(epochs · layer inputs) are kept."
            )
        if not all(_is_history(metrics) for metrics in self.epochs):
            raise ValueError("Its history holds values that are no numbers.")
        if self.summary is not None:
            if self.summary.metric not in SCORES:
                raise ValueError(f"Its scores are {self.summary.metric}; they must be one of {', '.join(SCORES)}.")
            items = TypeAdapter(list[AccountItem]).validate_python(self.summary.items)
            self.summary.items[:] = [vars(item) | {"name": _plain(item.name)} for item in items]
        return self


def _is_history(metrics: EpochMetrics) -> bool:
    numbers = [value for value in vars(metrics).values() if isinstance(value, float)]
    counts = all(
        len(layer) == MOST_BITS + 1 and min(layer) >= 0 and max(layer) <= _MOST_NODES for layer in metrics.bit_counts
    )
    return all(map(math.isfinite, numbers)) and counts


def write_bundle(bundle: Bundle, file: Path | BinaryIO) -> None:
    """Write a run to a .zip, replacing what is there; the same run gives the same bytes.

    Raises:
        RunError: the file cannot be written.
    """
    run = bundle.run
    known = {name: getattr(run, name) for name in _Record.model_fields if hasattr(run, name)}
    record = _Record.model_validate(known | {"epochs": list(bundle.epochs)})
    try:
        with zipfile.ZipFile(file, "w") as archive:
            _add(archive, _RECORD, record.model_dump_json(indent=1).encode())
            for (name, epoch), array in sorted(bundle.all_arrays.items()):
                _add(archive, f"arrays/{'latest' if epoch == LATEST else epoch}/{name}.npy", packed(array))
    except OSError as error:
        raise RunError(f"The bundle cannot be written ({error}); choose another file.") from error


def read_bundle(file: Path | BinaryIO) -> Bundle:
    """Read a run from a .zip of :func:`write_bundle`. Nothing in it is trusted and nothing executed.

    Args:
        file: where it is, or the opened file.

    Raises:
        RunError: it is damaged, too large, or not a run bundle; the message is one sentence.
    """
    try:
        if isinstance(file, Path):
            _check_file(file)
        with zipfile.ZipFile(file) as archive:
            members = _members(archive)
            record = _Record.model_validate_json(archive.read(members.pop(_RECORD)))
            arrays = {_place(name): unpacked(archive.read(info), name) for name, info in members.items()}
        check_arrays(arrays)
        check_extent(arrays, record.config.model.layers, record.config.training.epochs)
        if record.summary is not None and record.summary.network is not None:
            check_network(record.summary.network, arrays)
    except FileNotFoundError as error:
        raise RunError(f"There is no file {file}.") from error
    except ValidationError as error:
        raise RunError(shortened(f"This run bundle cannot be read: {sentences(error)}")) from error
    except ValueError as error:
        raise RunError(shortened(f"This run bundle cannot be read: {error}")) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise RunError("This file is damaged or no .zip that A²Q Studio exported; export the run again.") from error
    return Bundle(_run(record), tuple(record.epochs), arrays)


def _check_file(file: Path) -> None:
    """Refuse what may never end (a device, a pipe), or is too large, before any of it is read."""
    found = file.stat()
    if not stat.S_ISREG(found.st_mode):
        raise ValueError(f"{file} is no regular file; give a .zip that `export` wrote.")
    if found.st_size > MOST_FILE_BYTES:
        raise ValueError(f"{file} is larger than {MOST_FILE_BYTES >> 20:,} MiB.")


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, _MOMENT)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, content, compresslevel=9)


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Members by name, after a look at the directory alone: no member may unpack to more than it says there."""
    infos = archive.infolist()
    members = {info.filename: info for info in infos}
    if _RECORD not in members:
        raise ValueError("It has no run.json; it is not a run that A²Q Studio exported.")
    if len(infos) > MOST_MEMBERS or len(members) < len(infos):
        raise ValueError(f"It has more than {MOST_MEMBERS:,} members, or some twice.")
    size = sum(info.file_size for info in infos)
    if size > MOST_BYTES or members[_RECORD].file_size > MOST_RECORD_BYTES:
        raise ValueError(f"It unpacks to {size / 2**20:,.0f} MiB; at most {MOST_BYTES >> 20:,} MiB are read.")
    packed_size = sum(info.compress_size for info in infos)
    if size > max(_ALWAYS_BYTES, MOST_TIMES_SMALLER * packed_size):
        raise ValueError(
            f"It unpacks to {size / 2**20:,.0f} MiB, more than {MOST_TIMES_SMALLER} times its own size, as no run does."
        )
    if packed_size > MOST_FILE_BYTES:
        raise ValueError(f"It is larger than {MOST_FILE_BYTES >> 20:,} MiB.")
    strange = [name for name in members if name != _RECORD and not _is_array(name)]
    if strange:
        raise ValueError(f"It holds {_plain(strange[0])[:60]!r}, which is no part of a run.")
    return members


def _is_array(name: str) -> bool:
    found = _ARRAY.fullmatch(name)
    return found is not None and NAME.fullmatch(found[2]) is not None and len(found[2]) <= 80


def _place(name: str) -> tuple[str, int]:
    found = _ARRAY.fullmatch(name)
    assert found  # Checked by _members.
    return found[2], LATEST if found[1] == "latest" else int(found[1])


def _run(record: _Record) -> Run:
    values = {name: getattr(record, name) for name in _Record.model_fields if name in Run.__dataclass_fields__}
    summary = None if record.summary is None else upgraded(asdict(record.summary))
    idle = {"log": "", "heartbeat": None, "cancel_requested": False, "process": None, "stage": ""}
    return Run(**values | idle | {"summary": summary})
