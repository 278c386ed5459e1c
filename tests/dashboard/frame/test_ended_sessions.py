import gc
import weakref

import pytest

from a2q_studio.frame.ended_sessions import MOST_BYTES, PATIENCE_SECONDS, Watch, watch_sessions


class Upload:
    """A file of a session, which holds itself as sessions do."""

    def __init__(self) -> None:
        self.session = self


class Server:
    """Sessions with uploads, and whether their browsers are there."""

    def __init__(self) -> None:
        self.uploads = {"here": Upload(), "away": Upload()}
        self.active = {"here", "away"}
        self.bytes = MOST_BYTES // 2

    def with_uploads(self) -> dict[str, int]:
        return dict.fromkeys(self.uploads, self.bytes)

    def is_active(self, session: str) -> bool:
        return session in self.active

    def end(self, session: str) -> None:
        del self.uploads[session]


@pytest.fixture(autouse=True)
def thawed() -> object:
    """The search for garbage as it was."""
    yield
    gc.unfreeze()


def test_uploads_go_when_a_browser_has_been_away_for_long() -> None:
    server = Server()
    watch, upload = Watch(server), weakref.ref(server.uploads["away"])
    # As after the first run of a page: garbage is not looked for among these any more.
    gc.freeze()
    watch.look(0.0)
    server.active.remove("away")
    watch.look(10.0)
    watch.look(9.0 + PATIENCE_SECONDS)
    assert set(server.uploads) == {"here", "away"}
    watch.look(10.0 + PATIENCE_SECONDS)
    assert set(server.uploads) == {"here"}
    watch.look(20.0 + PATIENCE_SECONDS)
    assert upload() is None


def test_a_browser_that_comes_back_finds_its_uploads() -> None:
    server = Server()
    watch = Watch(server)
    server.active.clear()
    watch.look(0.0)
    server.active.add("away")
    watch.look(PATIENCE_SECONDS)
    assert set(server.uploads) == {"away"}
    server.active.remove("away")
    watch.look(PATIENCE_SECONDS + 1)
    watch.look(2 * PATIENCE_SECONDS)
    assert set(server.uploads) == {"away"}


def test_no_browser_is_waited_for_where_there_is_too_much() -> None:
    server = Server()
    watch = Watch(server)
    server.active.remove("away")
    watch.look(0.0)
    assert set(server.uploads) == {"here", "away"}
    server.bytes += 1
    watch.look(1.0)
    assert set(server.uploads) == {"here"}


def test_nothing_is_watched_without_a_server() -> None:
    assert watch_sessions() is None
