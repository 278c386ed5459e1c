"""What a teacher's link asks for: ``?lock=1`` keeps a class on this page, ``?hide=why,demo`` leaves parts out."""

import streamlit as st

HIDEABLE = ("why", "demo", "open", "source", "questions")
"""Parts of the lesson that ``?hide=`` may leave out, separated by commas."""


def teachers_note(step: int) -> None:
    """How to send a class to exactly this view."""
    with st.popover("For teachers", icon=":material/school:", type="tertiary", key="teachers"):
        st.markdown(
            "Every control is part of the address: *Share* copies exactly this view. Two more words help with a class: "
            f"`lock=1` keeps it on this page, and `hide=` leaves out any of `{'`, `'.join(HIDEABLE)}`. For example "
            f"`?step={step}&lock=1&hide=demo,why`."
        )


def locked() -> bool:
    """Whether the class is kept on Learn: no navigation, no links to other pages."""
    return st.query_params.get("lock") == "1"


def shown(part: str) -> bool:
    """Whether a part of the lesson is to be seen; links to other pages are not where the class is kept here."""
    hidden = {name.strip() for name in st.query_params.get("hide", "").split(",")}
    return part not in hidden and not (part == "open" and locked())
