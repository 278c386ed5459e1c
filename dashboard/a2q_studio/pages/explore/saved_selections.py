"""Saving a selection under a name, and choosing or deleting those that the run has."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from a2q.experiments.store import RunError
from a2q.experiments.store.selections import MOST_NAME_CHARACTERS, SavedSelection
from a2q_studio.pages.explore.scene import Scene
from a2q_studio.pages.explore.selection_link import saved_selection
from a2q_studio.ui.access import read_only
from a2q_studio.ui.literal import message
from a2q_studio.ui.selection import selections

_CHOSEN, _NAME = "saved-selection", "selection-name"


def save_selection(scene: Scene) -> None:
    """A popover that asks for a name; servers that only show have none."""
    if read_only():
        return
    now = scene.selection
    nothing = now is None or not len(now.nodes) or bool(now.saved)
    with st.popover(
        "Save selection",
        icon=":material/bookmark_add:",
        disabled=nothing,
        help="Keep these nodes with the run, under a name; the link then names them, however many they are.",
    ):
        if nothing:
            return
        with st.form("save-selection", border=False):
            st.text_input("Name", key=_NAME, max_chars=MOST_NAME_CHARACTERS, placeholder="Hubs with few bits")
            st.form_submit_button("Save", icon=":material/check:", key="save-named", on_click=_save, args=(scene,))


def choose_saved(scene: Scene, saved: Sequence[SavedSelection]) -> None:
    """A popover with the run's saved selections; none where it has none."""
    if not saved:
        return
    known = {one.id: one for one in saved}
    now = scene.selection
    chosen = now.saved if now is not None and now.saved in known else None
    # The list shows what is selected, whichever way that came about.
    st.session_state[_CHOSEN] = chosen
    with st.popover(f"Saved ({len(saved)})", icon=":material/bookmarks:"):
        st.selectbox(
            "Saved selections",
            list(known),
            index=None,
            format_func=lambda one: f"{known[one].num_nodes:,} nodes · {known[one].name}",
            key=_CHOSEN,
            placeholder="Choose one",
            on_change=_choose,
            args=(scene, known),
        )
        if not read_only():
            st.button(
                "Delete",
                icon=":material/delete:",
                key="delete-saved",
                on_click=_delete,
                args=(scene, chosen),
                disabled=chosen is None,
                help="The one that is chosen above, for everybody; links to it stop working.",
            )


def _save(scene: Scene) -> None:
    kept, state = selections(scene.run.id), st.session_state
    try:
        saved = scene.store.selections.save(scene.run.id, state[_NAME], () if kept.now is None else kept.now.nodes)
    except RunError as error:
        st.toast(message(str(error)), icon=":material/info:")
        return
    state[_NAME] = ""
    if kept.now is not None:
        # No new selection: the box or lasso it was made with stays.
        kept.now = replace(kept.now, label=saved.name, saved=saved.id)


def _delete(scene: Scene, saved: str) -> None:
    scene.store.selections.delete(scene.run.id, saved)


def _choose(scene: Scene, known: dict[str, SavedSelection]) -> None:
    chosen = st.session_state[_CHOSEN]
    found = saved_selection(scene, known[chosen]) if chosen in known else None
    if found is None and chosen is not None:
        st.toast("This selection was deleted since; choose another.", icon=":material/info:")
        return
    selections(scene.run.id).set(found)
