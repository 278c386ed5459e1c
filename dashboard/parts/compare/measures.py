"""Curves, score against bits, and distributions of compared runs, each where it can be drawn."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from a2q.runs import Run, State
from a2q.runs.repeats import Repeats, settings_digest
from a2q.runs.results import result
from a2q.runs.scores import SCORES
from dashboard.charts.compare.curves import AVERAGE_BITS, LOSS, Quantity, curves
from dashboard.charts.compare.distributions import overlaid_distributions
from dashboard.charts.compare.pareto import ACCOUNTS, Spread, pareto
from dashboard.charts.palette import Palette
from dashboard.parts.compare.compared import Compared, letters
from dashboard.parts.figure import show_figure

NARROWEST = 420


def show_curves(compared: Sequence[Compared], smoothing: float, highlight: str | None, palette: Palette) -> None:
    """Validation score, average bits and training loss over epochs."""
    st.subheader("Epoch by epoch")
    metrics = dict.fromkeys(one.run.metric for one in compared)
    quantities = [
        *(Quantity("validation_score", f"Validation {SCORES[name].name}", SCORES[name].format) for name in metrics),
        AVERAGE_BITS,
        LOSS,
    ]
    with st.grid(3, min_column_width=NARROWEST, gap="medium") as grid:
        for quantity in quantities:
            shown = [(one.mark, one.history) for one in compared if _has(one, quantity)]
            with grid.cell():
                figure = curves(shown, quantity, smoothing, highlight, palette)
                show_figure(figure, f"compare-{quantity.field}-{quantity.format}", file_name=f"a2q-{quantity.field}")


def _has(one: Compared, quantity: Quantity) -> bool:
    """Whether the quantity says something about the run; 32 bits throughout would press all others into a corner."""
    if quantity == AVERAGE_BITS:
        return one.run.config.method != "fp32"
    return quantity == LOSS or SCORES[one.run.metric].name in quantity.name


def show_pareto(
    compared: Sequence[Compared],
    finished: Sequence[Run],
    repeats: Mapping[str, Repeats],
    highlight: str | None,
    palette: Palette,
) -> None:
    """Test score against bits in both accounts; runs on other data get charts of their own.

    Args:
        compared: the runs.
        finished: all finished runs of the store; those on the same data are drawn in grey.
        repeats: finished runs by the settings they share.
        highlight: letter of the run to stress.
        palette: colours of the theme.
    """
    st.subheader("Score against bits")
    groups: dict[str, list[Compared]] = {}
    for one in compared:
        groups.setdefault(data_key(one.run), []).append(one)
    if len(groups) > 1:
        said = "; ".join(f"{letters(some)} on {some[0].run.config.dataset.name}" for some in groups.values())
        st.caption(f"Scores on different data do not compare, so each has its own charts: {said}.")
    chosen = {one.run.id for one in compared}
    for key, some in groups.items():
        done = [one for one in some if one.run.state == State.FINISHED and one.run.summary]
        if not done:
            st.info(f"{letters(some)}: no result to draw before a run has finished.", icon=":material/hourglass_empty:")
            continue
        others = [run for run in finished if run.id not in chosen and data_key(run) == key and run.summary]
        with st.grid(2, min_column_width=NARROWEST, gap="medium") as grid:
            for account in ACCOUNTS:
                with grid.cell():
                    _pareto(done, others, repeats, account, highlight, palette, f"pareto-{account}-{key}")


def _pareto(
    done: Sequence[Compared],
    others: Sequence[Run],
    repeats: Mapping[str, Repeats],
    account: str,
    highlight: str | None,
    palette: Palette,
    key: str,
) -> None:
    metric = done[0].run.metric
    score = f"test_{metric}"
    results = [result(run) for run in others]
    grey = pd.DataFrame(
        {
            "bits": [row[account] for row in results],
            "score": [row[score] for row in results],
            "name": [f"{run.title} · {run.id}" for run in others],
        }
    )
    points = [(one.mark, result(one.run)[account], result(one.run)[score]) for one in done]
    figure = pareto(points, grey, spreads(done, repeats, account), account, metric, highlight, palette)
    show_figure(figure, key, file_name=f"a2q-{account}")


def spreads(done: Sequence[Compared], repeats: Mapping[str, Repeats], account: str) -> list[Spread]:
    """Mean and standard deviation of each compared run's settings that two seeds or more have finished with."""
    found: dict[str, Spread] = {}
    for one in done:
        group = repeats.get(settings_digest(one.run))
        if group is None or group.digest in found:
            continue
        bits, score = group.deviation(account), group.deviation("test_score")
        if bits is not None and score is not None:
            found[group.digest] = Spread(
                one.mark, group.count, group.mean(account), bits, group.mean("test_score"), score
            )
    return list(found.values())


def show_distributions(compared: Sequence[Compared], layer: int, highlight: str | None, palette: Palette) -> None:
    """How many nodes have how many bits, one line per run."""
    st.subheader("Bitwidths")
    held = [(one.mark, one.arrays[f"layer{layer}/bits"]) for one in compared if layer in one.layers]
    without = [one for one in compared if layer not in one.layers]
    if without:
        st.caption(f"{letters(without)}: {why_no_bits(without, layer)}")
    if held:
        figure = overlaid_distributions(held, layer, highlight, palette)
        show_figure(figure, "compare-distributions", file_name="a2q-bit-distributions")


def why_no_bits(some: Sequence[Compared], layer: int) -> str:
    """Why these runs have no bits per node in this layer."""
    if all(one.run.config.method == "fp32" for one in some):
        return "FP32, so every value has 32 bits and there are no bitwidths to draw."
    if not all(one.arrays for one in some):
        return "nodes are not measured yet, or the run ended before they were."
    return f"no bits per node in layer {layer} (FP32, or fewer layers)."


def data_key(run: Run) -> str:
    """The same for runs whose scores compare: the dataset with what was chosen of it, whichever fold."""
    return run.config.dataset.model_copy(update={"fold": None}).model_dump_json()
