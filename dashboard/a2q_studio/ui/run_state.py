"""How a run's state looks: an icon, a word and a colour, so that none of them is needed alone."""

from typing import Literal

import streamlit as st

from a2q.experiments.store import Run, State

STATE_MARKS: dict[State, tuple[str, Literal["gray", "blue", "green", "red", "orange"]]] = {
    State.QUEUED: (":material/hourglass_empty:", "gray"),
    State.RUNNING: (":material/directions_run:", "blue"),
    State.FINISHED: (":material/check_circle:", "green"),
    State.FAILED: (":material/error:", "red"),
    State.CANCELLED: (":material/cancel:", "orange"),
    State.INTERRUPTED: (":material/power_off:", "orange"),
}


def state_badge(run: Run) -> None:
    """The run's state as a badge."""
    icon, colour = STATE_MARKS[run.state]
    st.badge(str(run.state), icon=icon, color=colour)
