"""docs/figures/*.svg, drawn from the same lines as the page."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl

from a2q.datasets import card
from results.rows import NODES
from results.summaries import Line

mpl.use("svg")
# The same input gives the same file: no date, no random identifiers.
mpl.rcParams.update({"svg.hashsalt": "a2q", "font.size": 9, "svg.fonttype": "none"})

from matplotlib import pyplot as plt  # noqa: E402

_METADATA = {"Date": None, "Creator": None}
_MARKS = {
    "fp32": "s",
    "fp32-textbook": "s",
    "a2q": "o",
    "a2q-paper": "^",
    "uniform": "D",
    "degree-quant": "v",
    "degree-bits": "P",
    "fixed-bits": "*",
    "binary": "X",
}


def draw(lines: Sequence[Line], folder: Path) -> list[Path]:
    """Accuracy against bits for every dataset and model with at least four methods, and bits by in-degree.

    Returns:
        The files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    node_lines = [line for line in lines if line.row.section == NODES]
    for dataset, model in dict.fromkeys((line.row.dataset, line.row.model) for line in node_lines):
        some = [line for line in node_lines if (line.row.dataset, line.row.model) == (dataset, model)]
        if len(some) >= 4:
            written.append(_accuracy_against_bits(some, folder / f"accuracy-{dataset}-{model}.svg"))
    ours = [line for line in node_lines if line.row.title == "A²Q, ours"]
    if ours:
        written.append(_bits_by_degree(ours, folder / "bits-by-degree.svg"))
    return written


def _accuracy_against_bits(lines: Sequence[Line], file: Path) -> Path:
    figure, axes = plt.subplots(figsize=(7, 4.2), layout="constrained")
    colours = plt.get_cmap("cividis", len(_MARKS) + 1)
    for line in lines:
        name = line.row.preset
        colour = colours(list(_MARKS).index(name))
        bits, test = line.mean("full_bits"), 100 * line.mean("test")
        axes.errorbar(bits, test, 100 * line.spread("test"), fmt=_MARKS[name], color=colour, capsize=2)
        # The paper's account as a hollow marker: what it leaves out is the distance between the two.
        axes.plot(line.mean("average_bits"), test, _MARKS[name], color=colour, fillstyle="none")
        axes.annotate(
            line.row.title, (line.mean("average_bits"), test), xytext=(5, 4), textcoords="offset points", fontsize=6.5
        )
    axes.set_xscale("log", base=2)
    axes.set_xlabel("bits per value: filled, everything stored; hollow, the paper's account")
    axes.set_ylabel("test accuracy (%), epoch by validation")
    row = lines[0].row
    axes.set_title(f"{card(row.dataset).title}, {row.model.upper()}: accuracy against bits, mean ± std of the seeds")
    return _save(figure, file)


def _bits_by_degree(lines: Sequence[Line], file: Path) -> Path:
    figure, axes = plt.subplots(figsize=(7, 4.2), layout="constrained")
    colours = plt.get_cmap("cividis", len(lines) + 1)
    for number, line in enumerate(lines):
        layer, table = list(line.trials[0]["bits_by_degree"].items())[-1]
        label = f"{card(line.row.dataset).title} {line.row.model.upper()}, layer {layer}"
        axes.plot(
            [group for group, _, _ in table],
            [mean for _, mean, _ in table],
            "o-",
            color=colours(number),
            label=label,
            markersize=3 + number,
        )
    axes.set_xlabel("in-degree")
    axes.set_ylabel("mean bits of the group")
    axes.set_title("Under sums hubs learn more bits, under attention they do not")
    axes.legend(fontsize=7)
    return _save(figure, file)


def _save(figure: object, file: Path) -> Path:
    figure.savefig(file, metadata=_METADATA)  # type: ignore[attr-defined]
    plt.close(figure)
    return file
