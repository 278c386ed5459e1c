"""A star, tags and a note on one run."""

import streamlit as st

from a2q.experiments.store import Run, RunError, RunStore
from a2q.experiments.store.annotations import MOST_NOTE_CHARACTERS, Annotation
from a2q_studio.ui.access import read_only
from a2q_studio.ui.literal import message


def edit_notes(store: RunStore, run: Run, annotation: Annotation, known_tags: list[str], place: str) -> None:
    """A popover with a form for what is noted on the run.

    Args:
        store: where it is kept.
        run: the run.
        annotation: what is noted now.
        known_tags: tags of other runs, to choose from.
        place: tells several popovers for the same run apart.
    """
    key = f"{place}-{run.id}"
    popover = st.popover(
        "Star, tags, note", icon=":material/edit_note:", key=f"notes-{key}", type="tertiary", on_change="rerun"
    )
    if not popover.open:
        return
    with popover, st.form(f"form-{key}", border=False):
        st.toggle("Star", annotation.starred, key=f"star-{key}")
        st.multiselect(
            "Tags",
            sorted({*known_tags, *annotation.tags}),
            list(annotation.tags),
            accept_new_options=True,
            key=f"tags-{key}",
            placeholder="Type a word and press Enter",
            help="Words of letters, digits and . + = - _, such as baseline.",
        )
        st.text_area("Note", annotation.note, key=f"note-{key}", max_chars=MOST_NOTE_CHARACTERS)
        st.form_submit_button("Save", on_click=_save, args=(store, run.id, key), disabled=read_only())


def _save(store: RunStore, run_id: str, key: str) -> None:
    state = st.session_state
    try:
        store.annotations.change(
            run_id, starred=state[f"star-{key}"], tags=state[f"tags-{key}"], note=state[f"note-{key}"]
        )
    except RunError as error:
        st.toast(message(str(error)), icon=":material/info:")
