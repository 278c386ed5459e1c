"""The frame every page stands in: title, what trains now, Share, what is wrong, and the last line."""

from collections.abc import Sequence

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError
from streamlit.navigation.page import StreamlitPage

from a2q.experiments.store import Run, RunError, RunStore, State
from a2q.version import VERSION
from a2q_studio.ui.access import read_only_banner
from a2q_studio.ui.literal import message
from a2q_studio.ui.navigation import page_script
from a2q_studio.ui.polling import follow, poll
from a2q_studio.ui.run_state import state_badge
from a2q_studio.ui.run_store import live, live_store, open_store, store_fault, store_faults


def show_page(page: StreamlitPage) -> None:
    """Draw the frame and, in it, the page.

    A page adds nothing for this: no title, no banner, no last line. Where the run store cannot be reached, a page
    that needs it ends at :func:`~a2q_studio.ui.run_store.open_store` and the frame says why; others go on.
    """
    unreachable, idle = store_faults()
    with st.container(horizontal=True, vertical_alignment="center", key="page-head"):
        st.title(page.title, anchor=False, width="stretch")
        # Together, so that a long title on a narrow screen leaves them in one line.
        with st.container(horizontal=True, width="content"):
            if not unreachable:
                try:
                    with st.container(width="content"):
                        activity_chip(open_store())
                except SQLAlchemyError as error:
                    unreachable = store_fault(error)
            share_button()
    read_only_banner()
    if unreachable:
        st.error(message(unreachable), icon=":material/database_off:")
    if idle:
        st.warning(message(idle), icon=":material/cloud_off:")
    try:
        page.run()
    except (RunError, SQLAlchemyError) as error:
        if not unreachable:
            told = str(error) if isinstance(error, RunError) else store_fault(error)
            st.error(message(told), icon=":material/database_off:")
    # What stands below everything also shows that the page is complete.
    st.caption(f"A²Q Studio {VERSION} · {page.title}")


MOST_SHOWN = 5
_CLOCK = "activity_clock"
_STATES = (State.RUNNING, State.QUEUED)


def activity_chip(store: RunStore) -> None:
    """A chip such as "1 training · 62 %"; it redraws itself while a run is active and opens the queue."""
    active = bool(store.list(states=_STATES))
    st.session_state[_CLOCK] = active
    st.fragment(_chip, run_every=poll(active))()


def activity(runs: Sequence[Run]) -> str:
    """The chip's words for the active runs, ``"1 training · 62 % · 2 queued"``."""
    training = [run for run in runs if run.state == State.RUNNING]
    queued = len(runs) - len(training)
    words = []
    if training:
        # Beyond one run a mean says how far all are.
        words = [f"{len(training)} training", f"{sum(run.progress for run in training) / len(training):.0%}"]
    if queued:
        words.append(f"{queued} queued")
    return " · ".join(words).replace("%", " %") or "Queue"


@live
def _chip() -> None:
    if st.session_state[_CLOCK]:
        follow()
    store = live_store()
    active = store.list(states=_STATES)
    icon = ":material/model_training:" if active else ":material/checklist:"
    chip = st.popover(
        activity(active), icon=icon, key="activity", on_change="rerun", help="What trains now, and what ended last."
    )
    if chip.open:
        with chip:
            _queue(store, active)
    if st.session_state[_CLOCK] and not active:
        # The last run has ended: a full run of the page stops this fragment's clock.
        st.rerun()


def _queue(store: RunStore, active: Sequence[Run]) -> None:
    ended = [run for run in store.list(limit=MOST_SHOWN + len(active)) if not run.is_active]
    for run in [*active, *ended][:MOST_SHOWN]:
        st.markdown(f"**{run.title}**")
        state_badge(run)
        if run.is_active:
            st.progress(run.progress, text=message(run.stage or "Waiting"))
    if len(active) > MOST_SHOWN:
        st.caption(f"{len(active) - MOST_SHOWN} more wait or run.")
    if not active and not ended:
        st.caption("Nothing has been trained yet.")
    st.page_link(page_script("train"), label="Open the queue in Train", icon=":material/play_circle:")


_SHARE_HTML = """
<button type="button" title="Copy a link to exactly this view">
  <svg aria-hidden="true" viewBox="0 0 24 24" width="18" height="18" fill="none" stroke="currentColor" stroke-width="2">
    <path d="M10 14a4 4 0 0 0 6 0l4-4a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-4 4a4 4 0 0 0 6 6l1-1"/>
  </svg>
  <span class="label" aria-live="polite">Share</span>
</button>
"""

_SHARE_CSS = """
button {
  display: flex;
  align-items: center;
  gap: 0.5rem;
  min-height: 2.5rem;
  padding: 0.25rem 0.75rem;
  font: 0.875rem var(--st-font);
  color: var(--st-text-color);
  background: var(--st-background-color);
  border: 1px solid var(--st-border-color);
  border-radius: var(--st-button-radius);
  cursor: pointer;
  white-space: nowrap;
}
button:hover { border-color: var(--st-primary-color); color: var(--st-primary-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
"""

# The address bar is what a link must say: reading it in the browser, at the press, leaves no second account of
# the view. Outside https and this machine browsers have no clipboard for pages; there the old command copies.
_SHARE_JS = """
export default function ({ parentElement }) {
  const button = parentElement.querySelector("button")
  const label = parentElement.querySelector(".label")
  const old = (text) => {
    const area = document.createElement("textarea")
    area.value = text
    document.body.appendChild(area)
    area.select()
    const copied = document.execCommand("copy")
    area.remove()
    return copied
  }
  button.onclick = async () => {
    const link = window.location.href
    let copied = false
    try {
      await navigator.clipboard.writeText(link)
      copied = true
    } catch {
      copied = old(link)
    }
    label.textContent = copied ? "Link copied" : "Copy the address bar"
    setTimeout(() => { label.textContent = "Share" }, 4000)
  }
}
"""

_share = st.components.v2.component("a2q_share", html=_SHARE_HTML, css=_SHARE_CSS, js=_SHARE_JS)


def share_button() -> None:
    """A button that copies the page's address, parameters of the view included, and says that it did."""
    _share(key="share", width="content")
