"""The last line of every page."""

import streamlit as st

from a2q.version import VERSION


def footer(page: str) -> None:
    """Version and page; what stands below everything also shows that the page is complete."""
    st.caption(f"A²Q Studio {VERSION} · {page}")
