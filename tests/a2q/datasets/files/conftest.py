"""A server on this machine that publishes raw files."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from a2q.datasets.catalogue import SPECS
from a2q.datasets.files.raw_files import RawFiles


@dataclass
class Publisher:
    """What the server gives, by the end of the address, and what it was asked for.

    Attributes:
        files: content by the last part of an address.
        cut: these are broken off half way.
        version: of all files, as the server knows it; "" for a server that gives no parts of files.
        refused: the status of every answer, where it is no file.
        asked: the addresses that were asked for, in order.
        parts: of each address that was asked for in part, the first byte.
        url: where the server is.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)
    version: str = ""
    refused: int | None = None
    asked: list[str] = field(default_factory=list)
    parts: list[tuple[str, int]] = field(default_factory=list)
    url: str = ""

    def publishes(self, files: RawFiles) -> RawFiles:
        """The same raw files with this server's address before each file's name, sums unknown."""
        downloads = tuple(
            replace(download, url=self.url + download.url.rpartition("/")[2].partition("?")[0], sha256="")
            for download in files.downloads
        )
        return replace(files, downloads=downloads)


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, publisher: Publisher, *args: object) -> None:
        self._publisher = publisher
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        name = self.path.removeprefix("/")
        self._publisher.asked.append(name)
        content = self._publisher.files.get(name, b"")
        status = self._publisher.refused or (200 if name in self._publisher.files else 404)
        if self._publisher.version and (first := self._first_byte()) is not None:
            self._publisher.parts.append((name, first))
            status, content = (206, content[first:]) if first < len(content) else (416, b"")
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        if self._publisher.version:
            self.send_header("ETag", self._publisher.version)
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if name in self._publisher.cut else content)

    def _first_byte(self) -> int | None:
        """The byte from which on the file is asked for; None where the whole is due."""
        asked = self.headers.get("Range", "")
        due = asked and self.headers.get("If-Range") == self._publisher.version
        return int(asked.removeprefix("bytes=").removesuffix("-")) if due else None

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """The server, with nothing to give as yet."""
    publisher = Publisher()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, publisher)) as server:
        publisher.url = f"http://127.0.0.1:{server.server_port}/"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield publisher
        server.shutdown()
        thread.join()


@pytest.fixture
def published(publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> Publisher:
    """The server in place of every set's own."""
    for name, spec in SPECS.items():
        moved = tuple(map(publisher.publishes, spec.files))
        monkeypatch.setitem(SPECS, name, replace(spec, files=moved))
    return publisher
