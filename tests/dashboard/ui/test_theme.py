import pytest
from streamlit.testing.v1 import AppTest

from a2q_studio.charts import palette


def page() -> None:
    import streamlit as st

    from a2q_studio.ui.theme import current_palette

    st.session_state["palette"] = current_palette()


@pytest.mark.parametrize(("theme", "expected"), [("dark", "dark"), ("light", "light"), (None, "light")])
def test_colours_follow_the_readers_theme(theme: str | None, expected: str) -> None:
    app = AppTest.from_function(page)
    if theme:
        app.context = {"theme": theme}
    app.run()
    assert not app.exception
    assert app.session_state["palette"] == palette(expected)
