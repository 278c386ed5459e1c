"""Playing a sequence of widget states, one a second, for "Show me" and for the epochs."""

from collections.abc import Sequence

import streamlit as st

from a2q_studio.pages.learn.lesson.step import State

PACE = "1s"
_PLAYING = "lesson_playing"


def play(step: str, states: Sequence[State]) -> None:
    """Begin to play states of a step's widgets; nothing ever plays unless asked for."""
    st.session_state[_PLAYING] = (step, list(states))


def stop() -> None:
    """Leave the widgets as they are now."""
    st.session_state.pop(_PLAYING, None)


def playing(step: str) -> bool:
    """Whether there are states of this step to come."""
    return bool(_left(step))


def pace(step: str) -> str | None:
    """How often the part that plays redraws itself. Whatever another step played ends here."""
    if _PLAYING in st.session_state and st.session_state[_PLAYING][0] != step:
        stop()
    return PACE if playing(step) else None


def advance(step: str) -> None:
    """Put the next state into the widgets; to be called before they are drawn."""
    left = _left(step)
    if left:
        st.session_state.update(left.pop(0))


def end_of_play(step: str) -> None:
    """After the last state a full run of the page stops the clock; to be called when all is drawn."""
    if _PLAYING in st.session_state and not playing(step):
        stop()
        st.rerun()


def _left(step: str) -> list[State]:
    whose, states = st.session_state.get(_PLAYING, (step, []))
    return states if whose == step else []
