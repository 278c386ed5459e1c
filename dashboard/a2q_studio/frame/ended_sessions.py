"""Sessions that are over: what they uploaded leaves memory.

Streamlit keeps a session for two minutes in case its browser comes back, and after that until another one ends and
garbage is collected, which may be never: by then its objects may be among those that :func:`keep_loaded` took out of
the search for garbage.
"""

import gc
import threading
import time
from collections.abc import Mapping
from typing import Protocol

import streamlit as st
from streamlit import runtime

PATIENCE_SECONDS = 90.0
"""How long a browser may be away before its session's uploads go; within Streamlit's own two minutes."""
MOST_BYTES = 1 << 30
"""Of the uploads of all sessions; where there are more, nobody's browser is waited for."""
_LOOK_SECONDS = 10.0


class Sessions(Protocol):
    """What of Streamlit's runtime is asked here."""

    def with_uploads(self) -> Mapping[str, int]:
        """Sessions of which files are held, and how many bytes."""

    def is_active(self, session: str) -> bool:
        """Whether its browser is connected."""

    def end(self, session: str) -> None:
        """Close a session whose browser is away, and let its files go."""


class Watch:
    """Looks which sessions with uploads are over.

    Args:
        sessions: those of this server.
    """

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._away: dict[str, float] = {}
        self._ended = False

    def look(self, now: float) -> None:
        """End sessions that have been away for too long, and collect what those before left.

        Args:
            now: seconds on a clock that never goes back.
        """
        if self._ended:
            # A session is a ring of objects that only the search for garbage finds; this one looks at all there are.
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            self._ended = False
        held = self._sessions.with_uploads()
        patience = PATIENCE_SECONDS if sum(held.values()) <= MOST_BYTES else 0.0
        self._away = {session: since for session, since in self._away.items() if session in held}
        for session in held:
            if self._sessions.is_active(session):
                self._away.pop(session, None)
            elif now - self._away.setdefault(session, now) >= patience:
                self._sessions.end(session)
                self._ended = True


class _Streamlit:
    """Sessions of the running server."""

    def with_uploads(self) -> Mapping[str, int]:
        files = dict(getattr(runtime.get_instance().uploaded_file_mgr, "file_storage", {}))
        return {session: sum(len(file.data) for file in list(held.values())) for session, held in files.items()}

    def is_active(self, session: str) -> bool:
        return runtime.get_instance().is_active_session(session)

    def end(self, session: str) -> None:
        server = runtime.get_instance()
        # Of what may be asked from any thread, this closes a session that is only kept for its browser to come back.
        server.clear_user_info_for_session(session)
        server.uploaded_file_mgr.remove_session_files(session)


@st.cache_resource(show_spinner=False)
def watch_sessions() -> threading.Thread | None:
    """Begin to watch, once for all sessions; nothing where no server runs, as in tests of pages."""
    # Not a subclass, and not the stand-in of tests, which calls itself one.
    if not (runtime.exists() and type(runtime.get_instance()) is runtime.Runtime):
        return None
    thread = threading.Thread(target=_watch, name="ended-sessions", daemon=True)
    thread.start()
    return thread


def _watch() -> None:
    watch = Watch(_Streamlit())
    time.sleep(_LOOK_SECONDS)
    # After the pause: a server that ended meanwhile has no sessions left to look at.
    while runtime.exists():
        watch.look(time.monotonic())
        time.sleep(_LOOK_SECONDS)
