"""A figure on a page: accessible name, PNG download, and optional selection."""

from collections.abc import Callable

import plotly.graph_objects as go
import streamlit as st


def show_figure(
    figure: go.Figure, key: str, on_select: Callable[[], None] | None = None, file_name: str | None = None
) -> None:
    """Draw a figure; its title, which says what to see, is also its name for screen readers.

    Args:
        figure: the figure.
        key: identity on the page; with ``on_select`` also where the selection is found in session state.
        on_select: called when points are selected.
        file_name: name of the PNG that the camera button saves.
    """
    st.plotly_chart(
        figure,
        key=key,
        on_select=on_select or "ignore",
        selection_mode=("points", "box", "lasso"),
        config={
            "displaylogo": False,
            "scrollZoom": False,
            "toImageButtonOptions": {"format": "png", "filename": file_name or key, "scale": 2},
        },
        alt=str(figure.layout.title.text).replace("<br>", " ").strip(),
    )
