"""The frame every page stands in: title, what trains now, Share, what is wrong, and the last line."""

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError
from streamlit.navigation.page import StreamlitPage

from a2q.experiments.store import RunError
from a2q.version import VERSION
from a2q_studio.frame.activity import activity_chip
from a2q_studio.frame.share import share_button
from a2q_studio.ui.access import read_only_banner
from a2q_studio.ui.run_store import SILENT, open_store, store_faults


def show_page(page: StreamlitPage) -> None:
    """Draw the frame and, in it, the page.

    A page adds nothing for this: no title, no banner, no last line. Where the run store cannot be reached, a page
    that needs it ends at :func:`~a2q_studio.ui.run_store.open_store` and the frame says why; others go on.
    """
    unreachable, idle = store_faults()
    with st.container(horizontal=True, vertical_alignment="center", key="page-head"):
        st.title(page.title, anchor=False, width="stretch")
        # Together, so that a long title on a narrow screen leaves them in one line.
        with st.container(horizontal=True, width="content"):
            if not unreachable:
                with st.container(width="content"):
                    activity_chip(open_store())
            share_button()
    read_only_banner()
    if unreachable:
        st.error(unreachable, icon=":material/database_off:")
    if idle:
        st.warning(idle, icon=":material/cloud_off:")
    try:
        page.run()
    except (RunError, SQLAlchemyError) as error:
        if not unreachable:
            st.error(str(error) if isinstance(error, RunError) else SILENT, icon=":material/database_off:")
    # What stands below everything also shows that the page is complete.
    st.caption(f"A²Q Studio {VERSION} · {page.title}")
