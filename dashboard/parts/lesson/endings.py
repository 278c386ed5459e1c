"""Three questions to leave with; the pages that answer them are a press away."""

import streamlit as st

from dashboard.parts.lesson.flags import shown

QUESTIONS = (
    (
        "Does it hold on **your** graph?",
        "Train it, or bring your own graph.",
        "dashboard/views/train.py",
        "Train a run",
        ":material/play_circle:",
    ),
    (
        "Which nodes are the exceptions, and why?",
        "Take a run apart, node by node.",
        "dashboard/views/explore.py",
        "Explore a run",
        ":material/hub:",
    ),
    (
        "Which assumptions hide in a speedup?",
        "Turn each of them, and watch the cycles.",
        "dashboard/views/accelerator.py",
        "Open Accelerator",
        ":material/memory:",
    ),
)
"""Question, where to look, page, label and icon."""


def questions() -> None:
    """The three questions, each with its page."""
    st.subheader("Three questions to leave with", anchor=False)
    for column, (question, where, page, label, icon) in zip(st.columns(3), QUESTIONS, strict=True):
        with column, st.container(border=True, height="stretch"):
            st.markdown(f"{question}  \n{where}")
            if shown("open"):
                st.page_link(page, label=label, icon=icon)
