"""Playing a sequence of widget states, one a second, for "Show me" and for the epochs."""

from collections.abc import Sequence

import streamlit as st

from dashboard.lesson.step import State

PACE = "1s"
_PLAYING = "lesson_playing"


def play(states: Sequence[State]) -> None:
    """Begin to play; nothing ever plays unless asked for."""
    st.session_state[_PLAYING] = list(states)


def stop() -> None:
    """Leave the widgets as they are now."""
    st.session_state.pop(_PLAYING, None)


def playing() -> bool:
    """Whether there are states to come."""
    return bool(st.session_state.get(_PLAYING))


def pace() -> str | None:
    """How often the part that plays redraws itself."""
    return PACE if playing() else None


def advance() -> None:
    """Put the next state into the widgets; to be called before they are drawn."""
    if playing():
        st.session_state.update(st.session_state[_PLAYING].pop(0))


def end_of_play() -> None:
    """After the last state a full run of the page stops the clock; to be called when all is drawn."""
    if _PLAYING in st.session_state and not playing():
        stop()
        st.rerun()
