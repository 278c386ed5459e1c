"""How often live parts of a page redraw themselves: every second for a few sessions, less often among many."""

import time
import uuid

import streamlit as st

SESSIONS_A_SECOND = 4
"""Sessions that may redraw within one second; more take turns, so that clicks find the server free."""
GONE_AFTER = 30.0
"""Seconds without a redraw after which a session is not counted any more; longer than the longest turn."""
LONGEST_TURN = 10
_SESSION = "polling_session"


def poll(active: bool) -> str | None:
    """How often a part redraws itself: every second while something runs, else not at all.

    Of more than four sessions that follow runs, each waits one second more for every further four, ten at most.

    Returns:
        ``"1s"`` and the like, as :func:`streamlit.fragment` takes it, or None.
    """
    return f"{turn(_followers(), time.monotonic())}s" if active else None


def follow() -> None:
    """Count this session among those that follow runs, for half a minute."""
    followers, now = _followers(), time.monotonic()
    followers[st.session_state.setdefault(_SESSION, uuid.uuid4().hex)] = now
    for session in [session for session, seen in list(followers.items()) if now - seen >= GONE_AFTER]:
        followers.pop(session, None)


def turn(followers: dict[str, float], now: float) -> int:
    """Seconds between two redraws of a session, when ``followers`` were last seen at these times."""
    here = sum(now - seen < GONE_AFTER for seen in list(followers.values()))
    return min(1 + max(0, here - 1) // SESSIONS_A_SECOND, LONGEST_TURN)


@st.cache_resource(show_spinner=False)
def _followers() -> dict[str, float]:
    return {}
