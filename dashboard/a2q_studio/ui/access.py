"""What visitors of this server may do."""

import os

import streamlit as st

READ_ONLY = (
    "Read-only: runs can be looked at and taken along, but nothing can be trained, cancelled, deleted or noted here. "
    "Whoever runs this server can allow it by starting it without A2Q_READONLY."
)


def read_only() -> bool:
    """Whether $A2Q_READONLY forbids training, deleting and writing notes: set, and neither "0" nor empty."""
    return os.environ.get("A2Q_READONLY", "0").strip() not in ("", "0")


def read_only_banner() -> None:
    """Say so on every page of such a server."""
    if read_only():
        st.info(READ_ONLY, icon=":material/lock:")
