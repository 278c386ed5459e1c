"""The app: its pages, in their order, and the frame around each."""

import gc
from pathlib import Path

import streamlit as st

from a2q_studio.frame.ended_sessions import watch_sessions
from a2q_studio.frame.page import show_page
from a2q_studio.ui.lesson_flags import locked
from a2q_studio.ui.navigation import page_script

_ICON = Path(__file__).parents[1] / "assets" / "icon.svg"

PAGES = {
    "learn": (
        ":material/school:",
        "Why nodes that aggregate more learn more bits, and if it matters, in seven steps.",
    ),
    "train": (":material/play_circle:", "Start training runs and follow them live."),
    "explore": (":material/hub:", "One run taken apart: graph, bits, quantization error, every node."),
    "compare": (
        ":material/compare_arrows:",
        "Two to six runs side by side: results, settings, curves, and every node's bits.",
    ),
    "accelerator": (
        ":material/memory:",
        "One run on a bit-serial accelerator: where its cycles, bytes and energy go.",
    ),
    "data": (":material/dataset:", "Know a graph before training on it: degrees, sums, features, labels, shape."),
    "help": (":material/help:", "Glossary, method, caveats, keyboard, server settings and licences."),
}
"""Every page's icon and what it is for, by its room; the first is the one that opens."""


def show_app() -> None:
    """Draw the page that the address names."""
    st.set_page_config(page_title="A²Q Studio", page_icon=str(_ICON), layout="wide")
    first = next(iter(PAGES))
    pages = [
        st.Page(
            page_script(name),
            title=name.capitalize(),
            icon=icon,
            url_path=None if name == first else name,
            default=name == first,
            help=words,
        )
        for name, (icon, words) in PAGES.items()
    ]
    page = st.navigation(pages, position="hidden" if locked() else "top")
    show_page(page)
    watch_sessions()
    keep_loaded(page.title)


_loaded: set[str] = set()


def keep_loaded(page: str) -> None:
    """Take what a page's first run loaded out of the search for garbage.

    It stays anyway, and looking through torch and pandas again holds up all sessions for up to 0.4 s each time.
    """
    if page not in _loaded:
        _loaded.add(page)
        gc.freeze()
