"""Which scores compare, and what is drawn of them."""

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from a2q.experiments.results import SCORES, Repeats, result, settings_digest
from a2q.experiments.store import Run, State
from a2q_studio.charts.palette import Palette
from a2q_studio.comparison.charts.curves import AVERAGE_BITS, LOSS, Quantity
from a2q_studio.comparison.charts.pareto import Spread, pareto
from a2q_studio.comparison.compared import Compared


def data_key(run: Run) -> str:
    """The same for runs whose scores compare: the metric and the dataset with what was chosen of it, whichever fold."""
    return f"{run.metric} {run.config.dataset.model_copy(update={'fold': None}).model_dump_json()}"


def by_data(compared: Sequence[Compared]) -> dict[str, list[Compared]]:
    """Runs whose scores compare together, under :func:`data_key`."""
    groups: dict[str, list[Compared]] = {}
    for one in compared:
        groups.setdefault(data_key(one.run), []).append(one)
    return groups


def finished(compared: Sequence[Compared]) -> list[Compared]:
    """Those with a result."""
    return [one for one in compared if one.run.state == State.FINISHED and one.run.summary]


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


def pareto_of(
    done: Sequence[Compared],
    all_finished: Sequence[Run],
    repeats: Mapping[str, Repeats],
    account: str,
    highlight: str | None,
    palette: Palette,
) -> go.Figure:
    """Score against bits of runs on the same data, other finished runs on it in grey.

    Args:
        done: finished runs on the same data, at least one.
        all_finished: all finished runs of the store.
        repeats: finished runs by the settings they share.
        account: "average_bits" or "full_bits_per_value".
        highlight: letter of the run to stress.
        palette: colours of the theme.
    """
    metric = done[0].run.metric
    score, key, own = f"test_{metric}", data_key(done[0].run), {one.run.id for one in done}
    others = [run for run in all_finished if run.summary and run.id not in own and data_key(run) == key]
    results = [result(run) for run in others]
    grey = pd.DataFrame(
        {
            "bits": [row[account] for row in results],
            "score": [row[score] for row in results],
            "name": [f"{run.title} · {run.id}" for run in others],
        }
    )
    points = [(one.mark, result(one.run)[account], result(one.run)[score]) for one in done]
    return pareto(points, grey, spreads(done, repeats, account), account, metric, highlight, palette)


def quantities_of(compared: Sequence[Compared]) -> list[Quantity]:
    """What to draw over epochs: the validation score in each metric that occurs, average bits, and the loss."""
    metrics = dict.fromkeys(one.run.metric for one in compared)
    scores = (Quantity("validation_score", f"Validation {SCORES[name].name}", SCORES[name].format) for name in metrics)
    return [*scores, AVERAGE_BITS, LOSS]


def has_quantity(one: Compared, quantity: Quantity) -> bool:
    """Whether the quantity says something about the run; 32 bits throughout would press all others into a corner."""
    if quantity == AVERAGE_BITS:
        return one.run.config.quantization.quantizes
    return quantity == LOSS or SCORES[one.run.metric].name in quantity.name


def why_no_bits(some: Sequence[Compared], layer: int) -> str:
    """Why these runs have no bits per node in this layer."""
    if not any(one.run.config.quantization.quantizes for one in some):
        return "FP32, so every value has 32 bits and there are no bitwidths to draw."
    if not all(one.arrays for one in some):
        return "nodes are not measured yet, or the run ended before they were."
    return f"no bits per node in layer {layer} (FP32, or fewer layers)."
