"""A run's settings to take along: as a command line, or as Python."""

import streamlit as st

from a2q.experiments.reproduce import command_line, python_code
from a2q.experiments.store import Run


def copy_as_code(run: Run, key: str) -> None:
    """Both, each with a button that copies it; read back, either is exactly the run's settings."""
    copy = st.popover("Copy as code", icon=":material/terminal:", type="tertiary", key=f"copy-{key}", on_change="rerun")
    if copy.open:
        with copy:
            st.caption("The same run from a shell:")
            st.code(command_line(run.config), language="bash", wrap_lines=True)
            st.caption("From Python, every setting written out:")
            st.code(python_code(run.config), language="python", wrap_lines=True)
