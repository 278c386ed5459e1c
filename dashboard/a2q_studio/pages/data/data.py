"""Data: know a graph before training on it, or two side by side."""

import streamlit as st

from a2q_studio.pages.data.card import show_card
from a2q_studio.pages.data.measuring import measured, show_standing
from a2q_studio.pages.data.picker import pick_first, pick_second
from a2q_studio.pages.data.sections import show_sections
from a2q_studio.pages.data.uploads.import_graph import import_graph
from a2q_studio.ui.dataset_link import train_on
from a2q_studio.ui.polling import poll
from a2q_studio.ui.run_store import open_store
from a2q_studio.ui.theme import current_palette

left, right = st.columns(2, gap="large")
with left:
    first = pick_first()
with right:
    second = None if first is None else pick_second()
shown = [chosen for chosen in (first, second) if chosen is not None]
for column, chosen in zip((left, right), shown, strict=False):
    with column:
        show_card(chosen.card, chosen.config)
        train_on(chosen.config)
own = st.expander("Your own graph: import, train, delete", icon=":material/upload:", key="own")


def statistics() -> None:
    """What is measured; redraws itself while something is being measured, then once more with everything else."""
    now = [measured(chosen) for chosen in shown]
    done = [show_standing(*pair, key=f"standing-{number}") for number, pair in enumerate(zip(shown, now, strict=True))]
    found = [one for one in done if one is not None]
    if found:
        show_sections(found, current_palette())
    if polling != any(standing.progress is not None for standing in now):
        st.rerun()


# Each is asked, so that each that is at hand begins to be measured.
polling = any(standing.progress is not None for standing in [measured(chosen) for chosen in shown])
st.fragment(statistics, run_every=poll(polling))()
# Last, since the page ends here where the run store, which nothing above needs, cannot be reached.
with own:
    import_graph(open_store())
