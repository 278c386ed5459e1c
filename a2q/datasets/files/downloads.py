"""Downloads: whole and checked, or not at all; one that breaks off is gone on with."""

import logging
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from a2q.datasets.errors import DatasetError, OfflineError
from a2q.datasets.files.raw_files import Download, RawFiles
from a2q.datasets.progress import Progress

_CHUNK = 1 << 18
_TIMEOUT_SECONDS = 30.0
_MIB = 1 << 20
_PARTIAL, _RANGE_NOT_SATISFIABLE = 206, 416
# Too many requests, and faults of the server itself.
_LATER = (429, *range(500, 600))


def fetch(files: RawFiles, folder: Path, progress: Progress) -> None:
    """Download a set's raw files into `folder`.

    What has come is kept in a folder `NAME.partial` beside the set's own until all is there. Where the network breaks
    off, the next attempt goes on from there, if the server gives parts of files; after any other fault, and where
    `progress` stops the download, nothing is left of it.

    Args:
        files: what to fetch.
        folder: the set's folder; files get there when all have come.
        progress: told how much of each address has come; what it raises stops the download.

    Raises:
        OfflineError: the network or the server does not answer.
        DatasetError: what came is not what is published there.
    """
    place = files.kept.with_name(f"{files.kept.name}.partial")
    place.mkdir(parents=True, exist_ok=True)
    try:
        received = []
        for number, download in enumerate(files.downloads):
            tell = _meter(files.title, number, len(files.downloads), progress)
            with _explained(files, download):
                received.append(_receive(download, place, str(number), tell))
        for file, download in zip(received, files.downloads, strict=True):
            with _explained(files, download):
                _unpack(file, download, folder)
    except OfflineError:
        if not any(place.iterdir()):
            place.rmdir()
        raise
    except BaseException:
        shutil.rmtree(place)
        raise
    shutil.rmtree(place)


@contextmanager
def _explained(files: RawFiles, download: Download) -> Iterator[None]:
    """Turn what goes wrong with an address into a sentence for the user."""
    # Not imported above: only who downloads waits for it.
    import requests

    try:
        yield
    except requests.HTTPError as error:
        if error.response is not None and error.response.status_code in _LATER:
            raise OfflineError(
                f"{files.title} could not be downloaded, since the server at {download.url} is not able to give it now "
                f"({error}): try again later."
            ) from error
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


def _receive(download: Download, place: Path, name: str, tell: Callable[[int, int], None]) -> Path:
    """Have what an address gives in the file `name` of a folder, checked; one that is there whole is taken as it is.

    `tell` gets the bytes that have come and those to come (0: unknown).
    """
    import pooch

    # It would print the sum of every file that has none here.
    pooch.get_logger().setLevel(logging.WARNING)
    resuming = _Resuming(place / f"{name}.part", tell)
    return Path(pooch.retrieve(download.url, download.sha256 or None, fname=name, path=place, downloader=resuming))


class _Resuming:
    """A downloader for pooch, whose own ones do not go on where an earlier attempt broke off.

    Args:
        part: the file that keeps what has come; one beside it keeps by what the server knows this version of it.
        tell: gets the bytes that have come and those to come (0: unknown).
    """

    def __init__(self, part: Path, tell: Callable[[int, int], None]) -> None:
        self._part, self._version, self._tell = part, part.with_suffix(".version"), tell

    def __call__(self, url: str, output_file: str, _: object) -> None:
        """Write what an address gives to a file."""
        import requests

        # Parts are counted in bytes as they are stored, not as a server may pack them.
        asked = {"Accept-Encoding": "identity"}
        version = self._version.read_text(encoding="utf-8") if self._version.is_file() else ""
        if version and self._part.is_file():
            # A server that has another version by now, or gives no parts, gives the whole.
            asked |= {"Range": f"bytes={self._part.stat().st_size}-", "If-Range": version}
        with requests.get(url, headers=asked, stream=True, timeout=_TIMEOUT_SECONDS) as response:
            nothing_left = response.status_code == _RANGE_NOT_SATISFIABLE
            if not nothing_left:
                response.raise_for_status()
                known = response.headers.get("ETag", response.headers.get("Last-Modified", ""))
                if "Content-Encoding" in response.headers:
                    # Packed all the same: what is stored here are no bytes to count from.
                    known = ""
                self._version.write_text(known, encoding="utf-8")
                goes_on = response.status_code == _PARTIAL
                done = self._part.stat().st_size if goes_on else 0
                length = int(response.headers.get("Content-Length", 0))
                total = done + length if length else 0
                self._tell(done, total)
                with self._part.open("ab" if goes_on else "wb") as stream:
                    for chunk in response.iter_content(_CHUNK):
                        stream.write(chunk)
                        done += len(chunk)
                        self._tell(done, total)
        # Where nothing was left to give, the process ended between the last byte and the check.
        self._part.replace(output_file)


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
