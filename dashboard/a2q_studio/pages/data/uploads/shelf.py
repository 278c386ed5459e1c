"""The imported graphs: listed, and deleted after a second thought."""

import streamlit as st

from a2q.datasets import DatasetCard, DatasetConfig, DatasetError
from a2q.datasets.importers import import_store as keeping
from a2q.experiments.store import RunStore
from a2q_studio.ui.access import read_only
from a2q_studio.ui.dataset_card import sizes
from a2q_studio.ui.dataset_link import train_on
from a2q_studio.ui.literal import message

_ASKED = "asked_to_delete_graph"


def shelf(store: RunStore) -> None:
    """Every imported graph of this machine, newest first, with what can be done with it."""
    kept = keeping.here()
    if not kept:
        st.caption("No graph of your own yet: what is imported will be listed here.")
    for own in kept:
        with st.container(border=True, key=f"own-card-{own.card.name}"):
            _entry(store, own)


def _entry(store: RunStore, own: keeping.Imported) -> None:
    card = own.card
    st.markdown(f"**{card.title}** · `{card.name}` · {card.task}")
    st.caption(f"{sizes(card)} · split {card.split}")
    with st.container(horizontal=True):
        train_on(DatasetConfig(name=card.name))
        if st.session_state.get(_ASKED) != card.name:
            st.button(
                "Delete",
                key=f"own-delete-{card.name}",
                icon=":material/delete:",
                on_click=_ask,
                args=(card.name,),
                disabled=read_only(),
            )
    if st.session_state.get(_ASKED) == card.name:
        _confirm(store, card)
    with st.expander("How it was read", icon=":material/fact_check:"):
        for sentence in own.warnings or ("Nothing had to be made up or left out.",):
            st.text(sentence)


def _confirm(store: RunStore, card: DatasetCard) -> None:
    using = store.ids_on(card.name)
    if using:
        runs = f"{len(using):,} run{'s use' if len(using) > 1 else ' uses'}"
        st.warning(
            f"{runs} this graph. Their results stay, but none of them can be resumed or trained again until the same "
            "files are imported again.",
            icon=":material/warning:",
        )
    with st.container(horizontal=True):
        st.button("Yes, delete it", key=f"own-confirm-{card.name}", type="primary", on_click=_delete, args=(card.name,))
        st.button("Keep it", key=f"own-keep-{card.name}", on_click=_ask, args=(None,))


def _ask(name: str | None) -> None:
    st.session_state[_ASKED] = name


def _delete(name: str) -> None:
    st.session_state.pop(_ASKED, None)
    try:
        keeping.delete(name)
    except DatasetError as error:
        st.toast(message(str(error)), icon=":material/info:")
