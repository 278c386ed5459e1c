"""A file that somebody gave: where its bytes are, and how it is named in sentences."""

import os
import re
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import SEEK_END, BytesIO
from pathlib import Path, PurePath
from typing import BinaryIO, cast

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.reasons import reason

_SHOWN = 40
_NAME = 60
_PATH = 200
_UNSAFE = re.compile(r"[^\w .+()=,-]")


@dataclass(frozen=True)
class Upload:
    """One file, on disk or in memory, of which nothing is believed.

    Args:
        name: as the user knows it; only the ending says how it is read.
        place: a path, or an open binary file that can seek.
    """

    name: str
    place: Path | BinaryIO

    @classmethod
    def of(cls, given: "str | Path | bytes | BinaryIO", name: str = "") -> "Upload":
        """Return the upload of a path, of bytes or of an open binary file; the last two need a name.

        Raises:
            DatasetError: there is no such file, it is a folder or a device, or nobody may look at it.
        """
        if isinstance(given, str | Path):
            path = Path(given)
            _check_place(path)
            return cls(_safe(name or path.name), path)
        stream = BytesIO(given) if isinstance(given, bytes) else given
        return cls(_safe(name), stream)

    @property
    def ending(self) -> str:
        """What follows the last dot of the name, in small letters."""
        return PurePath(self.name.lower()).suffix.removeprefix(".")

    @property
    def title(self) -> str:
        """The name without its ending."""
        return PurePath(self.name).stem

    @property
    def size(self) -> int:
        """Bytes."""
        if isinstance(self.place, Path):
            return self.place.stat().st_size
        return self.place.seek(0, SEEK_END)

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The bytes from their start; a file in memory stays open for the next reader."""
        if isinstance(self.place, Path):
            with self.place.open("rb") as stream:
                yield stream
        else:
            self.place.seek(0)
            yield cast(BinaryIO, _Kept(self.place))


class _Kept:
    """An open file that a reader cannot close."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._stream)

    def close(self) -> None:
        """Leave the file open: it is read again."""


def _check_place(path: Path) -> None:
    cure = "give the path of a file that exists"
    told = repr(str(path)) if len(str(path)) <= _PATH else shown(path)
    try:
        kind = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise DatasetError(f"There is no file {told}; {cure}.") from error
    except OSError as error:
        raise DatasetError(f"{told} cannot be looked at ({error.strerror}); {cure}.") from error
    if not stat.S_ISREG(kind):
        what = "a folder" if stat.S_ISDIR(kind) else "a device or a pipe"
        raise DatasetError(f"{told} is {what}, not a file; {cure}.")
    if not os.access(path, os.R_OK):
        raise DatasetError(f"{told} may not be read; allow it, or copy the file to where you may.")


def harmless(text: str) -> str:
    """A name without what a page would take for a picture, a link, a style or a tag."""
    return _UNSAFE.sub("_", text)


def _safe(name: str) -> str:
    """A file's name without folders."""
    return harmless(PurePath(name.replace("\\", "/")).name)[-_NAME:] or "_"


def shown(value: object) -> str:
    """A value of a file as a sentence may show it: quoted, control characters escaped, at most 40 characters."""
    text = str(value)
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


@contextmanager
def reading(upload: Upload, kind: str, cure: str) -> Iterator[None]:
    """Turn whatever a library raises on a damaged or hostile file into one sentence.

    Args:
        upload: what is read.
        kind: what it should be, as in "a Parquet table".
        cure: what to do, as in "write it again with pandas".

    Raises:
        DatasetError: for every exception of the readers.
    """
    try:
        with warnings.catch_warnings():
            # Readers warn of oddities in files; what matters is checked after them.
            warnings.simplefilter("ignore")
            yield
    except DatasetError:
        raise
    except MemoryError as error:
        raise DatasetError(f"{upload.name} does not fit into this machine's memory; give a smaller graph.") from error
    except RecursionError as error:
        raise DatasetError(f"{upload.name} is nested too deeply to be {kind}; {cure}.") from error
    except Exception as error:
        # Parsers of other people's raise KeyError, TypeError, struct.error, zlib.error …: no common type.
        raise DatasetError(f"{upload.name} cannot be read as {kind} ({reason(error)}); {cure}.") from error
