"""Where one left: the reader's browser keeps the step, nobody else does."""

import streamlit as st

_KEY = "lesson-bookmark"

# The browser's own storage outlives the visit and is sent to nobody; what is read back is a number.
_JS = """
export default function ({ data, setStateValue }) {
  try {
    if (data.keep) {
      localStorage.setItem("a2q-learn-step", String(data.step))
      return
    }
    const left = Number(localStorage.getItem("a2q-learn-step")) || 0
    if (left !== data.known) setStateValue("left_at", left)
  } catch {
    // A browser that keeps nothing for pages has no bookmark.
  }
}
"""

_bookmark = st.components.v2.component("a2q_bookmark", js=_JS)


def bookmark(step: int, done: bool, steps: int) -> int | None:
    """Keep the step in the browser. On the first one, untouched, return the step that was left earlier, or None.

    Args:
        step: the step that is shown, from 1.
        done: whether its question is answered: then even the first is a place to come back to.
        steps: how many there are.
    """
    keep = step > 1 or done
    known = getattr(st.session_state.get(_KEY), "left_at", 0) or 0
    found = _bookmark(
        key=_KEY,
        data={"step": step, "keep": keep, "known": known},
        default={"left_at": 0},
        on_left_at_change=lambda: None,
        height=1,
    ).left_at
    return int(found) if not keep and isinstance(found, int | float) and 1 < found <= steps else None
