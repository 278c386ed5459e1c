"""One selection of nodes for all views of a run, with undo and redo."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd
import streamlit as st

How = Literal["replace", "add", "intersect"]

MOST_STEPS = 10
INSPECTED = "node"
"""Key of the text box, and parameter of the link, that name the node under the glass."""
HOW = "selection_how"
_STATE = "selections"


@dataclass(frozen=True)
class Selection:
    """Nodes somebody picked.

    Attributes:
        origin: name of the chart they were picked in; that chart stays as it is. Empty where it was no chart.
        nodes: their numbers, ascending.
        label: where they come from, in words.
        saved: id under which the run store keeps exactly these nodes; empty where it does not.
    """

    origin: str
    nodes: np.ndarray
    label: str = ""
    saved: str = ""


@dataclass
class Selections:
    """What one browser session has selected in one run, now and before.

    Attributes:
        run_id: the run.
        now: the selection, None for all nodes.
        past, future: what undo and redo bring back, the nearest last.
        generations: how often each chart was made to forget the marks it drew itself.
    """

    run_id: str
    now: Selection | None = None
    past: list[Selection | None] = field(default_factory=list)
    future: list[Selection | None] = field(default_factory=list)
    generations: dict[str, int] = field(default_factory=dict)

    def set(self, selection: Selection | None) -> None:
        """Select something else; the last ten selections can be brought back."""
        self.past = [*self.past, self.now][-MOST_STEPS:]
        self.future = []
        self._show(selection)

    def undo(self) -> None:
        """Back to the selection before."""
        if self.past:
            self.future.append(self.now)
            self._show(_without_origin(self.past.pop()))

    def redo(self) -> None:
        """Forward again after :meth:`undo`."""
        if self.future:
            self.past.append(self.now)
            self._show(_without_origin(self.future.pop()))

    def forget_marks(self, chart: str) -> None:
        """Have the browser draw a chart anew, without the box or lasso it holds."""
        self.generations[chart] = self.generations.get(chart, 0) + 1

    def _show(self, selection: Selection | None) -> None:
        if self.now is not None and self.now.origin and selection is None:
            # The chart was left as it is, box and all; any other change gives it another figure, which has none.
            self.forget_marks(self.now.origin)
        self.now = selection


def _without_origin(selection: Selection | None) -> Selection | None:
    """What is brought back has lost its box, so its chart highlights it like all others."""
    return None if selection is None else replace(selection, origin="")


def selections(run_id: str) -> Selections:
    """The session's selections in this run; another run's are dropped."""
    kept = st.session_state.get(_STATE)
    if not isinstance(kept, Selections) or kept.run_id != run_id:
        kept = st.session_state[_STATE] = Selections(run_id)
    return kept


def chart_key(run_id: str, name: str) -> str:
    """Key of a chart that selects; it changes when the chart must forget its marks."""
    return f"{name}-{selections(run_id).generations.get(name, 0)}"


def select(
    run_id: str, nodes: Iterable[int] | np.ndarray, label: str, origin: str = "", how: How | None = None
) -> None:
    """Replace the selection by these nodes, add them, or keep what both have, as the session's switch says.

    A single node comes under the glass too.

    Args:
        run_id: the run they belong to.
        nodes: their numbers.
        label: where they come from, in words.
        origin: the chart they were picked in, which keeps its box as long as that is the whole selection.
        how: overrides the switch.
    """
    kept = selections(run_id)
    picked = np.unique(np.asarray(nodes, dtype=np.int64))
    way = how or st.session_state.get(HOW) or "replace"
    before = kept.now
    if way == "replace" or before is None:
        kept.set(Selection(origin, picked, label))
    else:
        joined = np.union1d(before.nodes, picked) if way == "add" else np.intersect1d(before.nodes, picked)
        word = "and" if way == "add" else "within"
        kept.set(Selection("", joined, f"{label} {word} {before.label}"))
        if origin:
            kept.forget_marks(origin)
    if len(picked) == 1:
        st.session_state[INSPECTED] = str(picked[0])


def select_by(run_id: str, name: str, nodes: pd.DataFrame, columns: tuple[str, ...], label: str) -> Callable[[], None]:
    """A callback that selects the nodes which agree with a chart's selected points in ``columns``.

    The points' custom data begin with the values of these columns. An empty event does not clear: a chart
    also sends one when it is redrawn.
    """
    key = chart_key(run_id, name)

    def remember() -> None:
        picked = {values[: len(columns)] for values in picked_points(key) if len(values) >= len(columns)}
        if not picked:
            return
        if columns == ("node",):
            chosen = np.array([int(float(values[0])) for values in picked])
        else:
            keys = zip(*(nodes[column].astype(str) for column in columns), strict=True)
            agrees = np.fromiter((values in picked for values in keys), dtype=bool, count=len(nodes))
            chosen = nodes["node"].to_numpy()[agrees]
        select(run_id, chosen, label, name)

    return remember


def picked_points(key: str) -> list[tuple[str, ...]]:
    """Custom data, as texts, of the points that are selected in a chart; points that carry none are left out."""
    points = st.session_state[key].selection.points
    return [custom for point in points if (custom := _custom(point))]


def _custom(point: dict[str, object]) -> tuple[str, ...]:
    custom = point.get("customdata")
    values = custom.values() if isinstance(custom, dict) else custom if isinstance(custom, list) else ()
    return tuple(str(value) for value in values)
