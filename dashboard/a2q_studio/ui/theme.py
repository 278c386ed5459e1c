"""Which colours fit the theme the reader chose."""

import streamlit as st

from a2q_studio.charts import Palette, palette


def current_palette() -> Palette:
    """The palette of the theme in the reader's browser."""
    return palette("dark" if st.context.theme.type == "dark" else "light")
