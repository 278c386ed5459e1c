"""A²Q Studio's entry point: navigation only."""

import streamlit as st

from dashboard.parts.lesson.flags import locked
from dashboard.parts.page import show_page

st.set_page_config(page_title="A²Q Studio", page_icon="dashboard/assets/icon.svg", layout="wide")

page = st.navigation(
    [
        st.Page(
            "dashboard/views/learn.py",
            title="Learn",
            icon=":material/school:",
            default=True,
            help="Why nodes that aggregate more need more bits, in seven steps.",
        ),
        st.Page(
            "dashboard/views/train.py",
            title="Train",
            icon=":material/play_circle:",
            url_path="train",
            help="Start training runs and follow them live.",
        ),
        st.Page(
            "dashboard/views/explore.py",
            title="Explore",
            icon=":material/hub:",
            url_path="explore",
            help="One run taken apart: graph, bits, quantization error, every node.",
        ),
        st.Page(
            "dashboard/views/compare.py",
            title="Compare",
            icon=":material/compare_arrows:",
            url_path="compare",
            help="Two to six runs side by side: results, settings, curves, and every node's bits.",
        ),
        st.Page(
            "dashboard/views/accelerator.py",
            title="Accelerator",
            icon=":material/memory:",
            url_path="accelerator",
            help="One run on a bit-serial accelerator: where its cycles, bytes and energy go.",
        ),
        st.Page(
            "dashboard/views/data.py",
            title="Data",
            icon=":material/dataset:",
            url_path="data",
            help="Know a graph before training on it: degrees, sums, features, labels, shape.",
        ),
        st.Page(
            "dashboard/views/help.py",
            title="Help",
            icon=":material/help:",
            url_path="help",
            help="Glossary, method, caveats, keyboard, server settings and licences.",
        ),
    ],
    position="hidden" if locked() else "top",
)
show_page(page)
