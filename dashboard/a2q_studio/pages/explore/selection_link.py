"""The selection in the address: a few nodes by their numbers, more of them by the name they were saved under."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from a2q.experiments.store.selections import SavedSelection
from a2q_studio.pages.explore.scene import Scene
from a2q_studio.ui.selection import HOW, Selection, selections

NODES, SAVED = "nodes", "selection"
"""Parameters of the link: node numbers joined by commas, or the id of a saved selection."""
MOST_IN_LINK = 50
_MOST_CHARACTERS = 1_000
_WRITTEN = "written_selection_link"
_ASKED = "asked_selection_link"
_NOTICE = "selection_link_notice"


def note_link() -> None:
    """Take from the address what :func:`follow_link` is to select, where somebody opened a link or went back.

    To be called by the page itself: the parts that redraw themselves would take the address of a browser that has not
    heard yet of what was just selected or cleared for a link.
    """
    asked = tuple(st.query_params.get(name, "") for name in (NODES, SAVED))
    if asked != st.session_state.get(_WRITTEN, ("", "")):
        st.session_state[_ASKED] = asked


def follow_link(scene: Scene, saved: Sequence[SavedSelection]) -> None:
    """Select what the link names, once, and from then on have the address name what is selected.

    A link that names nodes or a selection this run does not have says so and selects nothing.

    Args:
        scene: the run.
        saved: its saved selections.
    """
    kept, state = selections(scene.run.id), st.session_state
    asked = state.pop(_ASKED, None)
    # The page's own address names no selection, and somebody who comes back to the page keeps theirs; only a step
    # back within the page, which still holds the state of its widgets, takes it away.
    if asked is not None and (any(asked) or HOW in state):
        found, told = _read(scene, saved, *asked) if any(asked) else (None, "")
        state[_NOTICE] = (scene.run.id, told)
        if found is not None or kept.now is not None:
            kept.set(found)
    if kept.now is not None and kept.now.saved not in {"", *(one.id for one in saved)}:
        # Deleted since, perhaps by somebody else.
        kept.now = replace(kept.now, saved="")
    state[_WRITTEN] = said = _said(kept.now)
    for name, value in zip((NODES, SAVED), said, strict=True):
        if not value and name in st.query_params:
            del st.query_params[name]
        elif value and value != st.query_params.get(name):
            st.query_params[name] = value
    _tell(scene.run.id, kept.now)


def fits_link(selection: Selection | None) -> bool:
    """Whether a link can name it."""
    return selection is None or bool(selection.saved) or len(selection.nodes) <= MOST_IN_LINK


def saved_selection(scene: Scene, one: SavedSelection) -> Selection | None:
    """A saved selection with its nodes; None where it was deleted, or has nodes that the run does not have."""
    nodes = scene.store.selections.nodes(scene.run.id, one.id)
    if nodes is None or nodes[-1] >= len(scene.nodes):
        return None
    return Selection("", nodes, one.name, one.id)


def _said(selection: Selection | None) -> tuple[str, str]:
    if selection is None or not fits_link(selection):
        return "", ""
    return ("", selection.saved) if selection.saved else (",".join(map(str, selection.nodes.tolist())), "")


def _read(
    scene: Scene, saved: Sequence[SavedSelection], numbers: str, selection_id: str
) -> tuple[Selection | None, str]:
    """What a link names, and a sentence where that is nothing."""
    if selection_id:
        found = next((saved_selection(scene, one) for one in saved if one.id == selection_id), None)
        # As code, so that a link cannot put Markdown onto the page.
        named = " ".join(selection_id[:40].replace("`", "").split())
        missing = f"The link names selection `{named}`, which is not saved with this run; all nodes are shown."
        return found, "" if found is not None else missing
    last = len(scene.nodes) - 1
    parts = numbers.split(",") if len(numbers) <= _MOST_CHARACTERS else []
    if not 0 < len(parts) <= MOST_IN_LINK or not all(part.isascii() and part.isdecimal() for part in parts):
        return None, (
            f"The link's nodes cannot be read: it takes 1 to {MOST_IN_LINK} numbers from 0 to {last:,} with commas "
            "between them; all nodes are shown."
        )
    beyond = [part for part in parts if int(part) > last]
    if beyond:
        return None, (
            f"The link names node {beyond[0][:20]}, but nodes of this run are numbered 0 to {last:,}; all nodes are "
            "shown."
        )
    return Selection("", np.unique(np.array(parts, dtype=np.int64)), "a link"), ""


def _tell(run_id: str, now: Selection | None) -> None:
    """Say what the link named in vain, until somebody selects something."""
    of, told = st.session_state.get(_NOTICE, ("", ""))
    if now is not None or of != run_id:
        st.session_state.pop(_NOTICE, None)
    elif told:
        st.warning(told, icon=":material/link_off:")
