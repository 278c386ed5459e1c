"""Downloads: whole and checked, or not at all."""

import hashlib
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from a2q.datasets.errors import DatasetError, OfflineError
from a2q.datasets.files.raw_files import Download, RawFiles
from a2q.datasets.progress import Progress

_CHUNK = 1 << 18
_TIMEOUT_SECONDS = 30.0
_MIB = 1 << 20


def fetch(files: RawFiles, folder: Path, progress: Progress) -> None:
    """Download a set's raw files into `folder`.

    A download that breaks off leaves nothing and starts anew the next time.

    Args:
        files: what to fetch.
        folder: the set's folder; files get there whole, by a rename.
        progress: told how much of each address has come; what it raises stops the download.

    Raises:
        OfflineError: the network or the server does not answer.
        DatasetError: what came is not what is published there.
    """
    # Not imported above: only who downloads waits for it.
    import requests

    for number, download in enumerate(files.downloads):
        tell = _meter(files.title, number, len(files.downloads), progress)
        try:
            with TemporaryDirectory(dir=folder) as place:
                received = Path(place) / "received"
                _receive(download, received, tell)
                _unpack(received, download, folder)
        except requests.HTTPError as error:
            raise DatasetError(
                f"{files.title} is no longer published at {download.url} ({error}): put "
                f"its raw files into {files.kept} yourself and load again."
            ) from error
        except requests.RequestException as error:
            raise OfflineError(files.nowhere()) from error
        except (ValueError, KeyError, zipfile.BadZipFile) as error:
            raise DatasetError(
                f"What {download.url} gives is not {files.title} as it was published: try again later, or put the "
                f"published raw files into {files.kept} yourself."
            ) from error


def _receive(download: Download, target: Path, tell: Callable[[int, int], None]) -> None:
    """Write what an address gives to `target`; `tell` gets the bytes that have come and those to come (0: unknown)."""
    import requests

    digest = hashlib.sha256()
    with requests.get(download.url, stream=True, timeout=_TIMEOUT_SECONDS) as response, target.open("wb") as stream:
        response.raise_for_status()
        total, done = int(response.headers.get("Content-Length", 0)), 0
        tell(done, total)
        for chunk in response.iter_content(_CHUNK):
            stream.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            tell(done, total)
    if download.sha256 not in ("", digest.hexdigest()):
        raise ValueError(f"its SHA-256 is {digest.hexdigest()}")


def _meter(title: str, number: int, of: int, progress: Progress) -> Callable[[int, int], None]:
    """Return what turns bytes into a report of progress."""

    def tell(done: int, total: int) -> None:
        size = f"{done / _MIB:.1f} of {total / _MIB:.1f} MiB" if total else f"{done / _MIB:.1f} MiB"
        file = f"file {number + 1} of {of}, " if of > 1 else ""
        # A server may count the bytes as sent, packed, and deliver more of them.
        part = min(1.0, done / total) if total else 0.0
        progress((number + part) / of, f"Downloading {title}: {file}{size}")

    return tell


def _unpack(received: Path, download: Download, folder: Path) -> None:
    """Move what was received to where it belongs."""
    for name in download.names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
    if not download.members:
        received.replace(folder / download.names[0])
        return
    with zipfile.ZipFile(received) as archive:
        # Only files asked for by name leave the archive, under names of our own.
        for member, name in zip(download.members, download.names, strict=True):
            with archive.open(member) as packed, (folder / name).open("wb") as unpacked:
                shutil.copyfileobj(packed, unpacked, _CHUNK)
