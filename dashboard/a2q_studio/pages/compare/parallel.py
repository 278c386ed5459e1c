"""Runs chosen by what they reached: a brush over parallel axes."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import pandas as pd
import streamlit as st

from a2q.experiments.results import result
from a2q.experiments.store import Run, State
from a2q_studio.comparison.charts.marks import MOST_RUNS, Mark, marks
from a2q_studio.comparison.compared import short_names
from a2q_studio.pages.compare.charts.parallel import MOST_LINES, axes, parallel, parallel_table
from a2q_studio.pages.compare.choice import choose
from a2q_studio.ui.figure import show_figure
from a2q_studio.ui.selection import picked_points
from a2q_studio.ui.theme import current_palette

KEY = "compare-parallel"
_SAID = "parallel_said"


def parallel_runs(fitting: Sequence[Run], chosen: Sequence[Run]) -> None:
    """The finished ones of these runs as lines over what they reached; brushed runs are compared.

    Args:
        fitting: runs that pass the list's filters, the newest first.
        chosen: the compared runs.
    """
    folded = st.expander(
        "Finished runs as lines: brush to choose", icon=":material/line_axis:", key="parallel", on_change="rerun"
    )
    if not folded.open:
        return
    with folded:
        done = [run for run in fitting if run.state == State.FINISHED and run.summary]
        shown = done[:MOST_LINES]
        rows = pd.DataFrame([result(run) | {"title": run.title} for run in shown])
        over = axes(rows) if len(shown) > 1 else []
        if not over:
            st.info(_why_nothing(len(shown)), icon=":material/line_axis:")
            return
        st.caption(_reading(done, shown))
        looks = _looks(chosen)
        show_figure(
            parallel(rows, over, looks, current_palette()),
            KEY,
            choose_brushed([run.id for run in shown], [run.id for run in chosen]),
            file_name="a2q-runs",
            table=parallel_table(rows, over, looks),
        )
        sentence, after = st.session_state.get(_SAID, ("", []))
        # Once somebody chooses others, it is no longer about what is compared.
        if sentence and after == [run.id for run in chosen]:
            st.info(sentence, icon=":material/filter_6:")


def brushed(points: Iterable[Sequence[str]], listed: Sequence[str]) -> list[str]:
    """Runs with a selected point on every axis that the brush touched, in the order of the list.

    Args:
        points: id of the run and field of the axis of each selected point.
        listed: ids of the runs that are drawn.
    """
    found: dict[str, set[str]] = {}
    for run_id, field in points:
        found.setdefault(field, set()).add(run_id)
    both = set.intersection(*found.values()) if found else set()
    return [run_id for run_id in listed if run_id in both]


def choose_brushed(listed: Sequence[str], chosen: Sequence[str]) -> Callable[[], None]:
    """A callback that compares the brushed runs and says where it could not take all, or none.

    An empty event does not clear: a chart also sends one when it is redrawn.
    """

    def remember() -> None:
        points = [(point[0], point[1]) for point in picked_points(KEY) if len(point) == 2]
        if not points:
            return
        found = brushed(points, listed)
        if len(found) < 2:
            which = "1 run passes" if found else "No run passes"
            sentence = f"{which} through what you brushed; 2 are needed to compare, so the choice is as before."
            st.session_state[_SAID] = (sentence, list(chosen))
            return
        taken = found[:MOST_RUNS]
        sentence = ""
        if len(found) > MOST_RUNS:
            sentence = (
                f"{len(found)} runs pass through what you brushed; at most {MOST_RUNS} fit side by side, so the "
                f"{MOST_RUNS} newest of them are compared. Brush a smaller part to choose others."
            )
        st.session_state[_SAID] = (sentence, taken)
        choose(taken)

    return remember


def _looks(chosen: Sequence[Run]) -> Mapping[str, Mark]:
    """Looks of the compared runs as in all other charts; none where they are too many to be compared."""
    if not chosen or len(chosen) > MOST_RUNS:
        return {}
    return dict(zip((run.id for run in chosen), marks(short_names(chosen)), strict=True))


def _reading(done: Sequence[Run], shown: Sequence[Run]) -> str:
    """How to use the chart, and what it leaves out."""
    sentences = [
        f"Draw a box or a lasso around points on an axis: 2 to {MOST_RUNS} runs with a point inside are compared "
        "below. Across several axes, a run needs a point inside on each."
    ]
    if len(done) > len(shown):
        sentences.append(f"Drawn are the newest {len(shown)} of {len(done):,} finished runs; filter to see others.")
    if len({run.config.dataset.name for run in shown}) > 1:
        sentences.append("Scores on different data do not compare; filter by dataset.")
    return " ".join(sentences)


def _why_nothing(count: int) -> str:
    if count < 2:
        which = "Only one finished run fits" if count else "No finished run fits"
        return f"{which} the filters above. Two and more of them will be lines here, to choose from by a brush."
    return f"The {count} newest finished runs that fit have the same figures throughout, so no axis tells them apart."
