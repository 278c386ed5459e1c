"""One selection of nodes for all views of a run."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

_STATE = "selected_nodes"


@dataclass(frozen=True)
class Selection:
    """Nodes somebody picked in a chart.

    Attributes:
        run_id: the run they belong to.
        origin: key of the chart they were picked in; that chart stays as it is.
        nodes: their numbers.
    """

    run_id: str
    origin: str
    nodes: np.ndarray


def current_selection(run_id: str) -> Selection | None:
    """The selection, if it belongs to this run."""
    selection = st.session_state.get(_STATE)
    return selection if isinstance(selection, Selection) and selection.run_id == run_id else None


def clear_selection() -> None:
    """Show all nodes again."""
    st.session_state.pop(_STATE, None)
    # A new generation of keys makes the browser forget the marks it drew itself.
    st.session_state["chart_generation"] = st.session_state.get("chart_generation", 0) + 1


def chart_key(name: str) -> str:
    """Key of a chart that selects; it changes when the selection is cleared."""
    return f"{name}-{st.session_state.get('chart_generation', 0)}"


def select_by(run_id: str, key: str, nodes: pd.DataFrame, columns: tuple[str, ...]) -> Callable[[], None]:
    """A callback that selects the nodes which agree with the chart's selected points in ``columns``.

    The points' custom data begin with the values of these columns. An empty event does not clear: a chart
    also sends one when it is redrawn.
    """

    def remember() -> None:
        points = st.session_state[key].selection.points
        picked = {tuple(str(value) for value in _custom(point)[: len(columns)]) for point in points if _custom(point)}
        if not picked:
            return
        keys = list(zip(*(nodes[column].astype(str) for column in columns), strict=True))
        chosen = np.fromiter((values in picked for values in keys), dtype=bool, count=len(keys))
        st.session_state[_STATE] = Selection(run_id, key, nodes["node"].to_numpy()[chosen])

    return remember


def _custom(point: dict[str, object]) -> list[object]:
    custom = point.get("customdata")
    return list(custom.values()) if isinstance(custom, dict) else list(custom) if isinstance(custom, list) else []
