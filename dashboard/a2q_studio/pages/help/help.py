"""Help: the words, the formulas, what numbers do not say, keys, and what runs here."""

import pandas as pd
import streamlit as st

from a2q_studio.glossary import TERMS, found
from a2q_studio.pages.help.about import about
from a2q_studio.pages.help.reference import CAVEATS, CHARTS, FORMULAS, KEYS, VARIABLES


def glossary() -> None:
    """Every term, searchable; the search is part of the address."""
    words = st.text_input(
        "Search the glossary", key="term", bind="query-params", placeholder="step size", icon=":material/search:"
    )
    terms = found(words)
    if not terms:
        st.info("No term has these words; clear the search to see all.", icon=":material/search_off:")
    for term in terms:
        more = f"  \n{term.more}" if term.more else ""
        st.markdown(f"**{term.name}**: {term.meaning}{more}")
    st.caption(f"{len(terms)} of {len(TERMS)} terms. Each is also a tooltip where it is used.")


def method() -> None:
    """The formulas, each with its words and its source."""
    for formula in FORMULAS:
        st.subheader(formula.title, anchor=False)
        for line in formula.latex:
            st.latex(line)
        st.markdown(formula.words)
        st.caption(f"Source: {formula.source}")
    st.markdown("`docs/method.md` has all of it: where quantizers stand, how settings were chosen, the baselines.")


def caveats() -> None:
    """What a number does not say."""
    for caveat in CAVEATS:
        st.subheader(caveat.title, anchor=False)
        st.markdown(caveat.text)


def keyboard() -> None:
    """Keys, and the ways around charts."""
    st.table(pd.DataFrame(KEYS, columns=["key", "what it does"]).set_index("key"))
    st.markdown(CHARTS)


def server() -> None:
    """The variables a server is set up with."""
    st.markdown("Set before the app or a command is started; all are optional.")
    for name, meaning in VARIABLES.items():
        st.markdown(f"`{name}`  \n{meaning}")


TOPICS = {
    "Glossary": glossary,
    "Method": method,
    "Caveats": caveats,
    "Keyboard": keyboard,
    "Server": server,
    "About": about,
}
# All at once, whichever is open: it is little text, and a topic then opens without waiting for a busy server.
for tab, show in zip(st.tabs(list(TOPICS), key="topic", bind="query-params"), TOPICS.values(), strict=True):
    with tab:
        show()
