"""A²Q Studio's entry point: navigation only."""

import streamlit as st

from dashboard.parts.page import show_page

st.set_page_config(page_title="A²Q Studio", page_icon="dashboard/assets/icon.svg", layout="wide")

page = st.navigation(
    [
        st.Page(
            "dashboard/views/home.py",
            title="Home",
            icon=":material/home:",
            default=True,
            help="What A²Q Studio is, one live picture, and the latest runs.",
        ),
        st.Page(
            "dashboard/views/train.py",
            title="Train",
            icon=":material/play_circle:",
            url_path="train",
            help="Start training runs and follow them live.",
        ),
        st.Page(
            "dashboard/views/bits.py",
            title="Bits",
            icon=":material/bar_chart:",
            url_path="bits",
            help="One run: every node's bitwidth against in-degree and aggregation value.",
        ),
        st.Page(
            "dashboard/views/help.py",
            title="Help",
            icon=":material/help:",
            url_path="help",
            help="Glossary, method, caveats, keyboard, server settings and licences.",
        ),
    ],
    position="top",
)
show_page(page)
