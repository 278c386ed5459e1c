"""docs/worth.md and its figure, drawn from the same lines."""

import platform
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import matplotlib as mpl
import torch

from a2q.reports.worth import Difference
from assignment.lines import Line, lines, missing
from assignment.trials import Trials, prepared

mpl.use("svg")
# The same input gives the same file: no date, no random identifiers.
mpl.rcParams.update({"svg.hashsalt": "a2q", "font.size": 9, "svg.fonttype": "none"})

from matplotlib import pyplot as plt  # noqa: E402

_METADATA = {"Date": None, "Creator": None}
_HEAD = """# What it is worth which node gets which bits

Written by `python benchmarks/worth.py --table` on {today} with torch {torch} and Python {python}; every figure is in
`docs/worth.json`. Each arm of a seed starts from the same FP32 network, learns from the same teacher, trains as many
epochs and is read once on the test part, at the epoch with the best validation score. Only the bits differ:

- **learned**: A²Q as its preset has it, trained to the average; below 1.2 average bits nodes may be pruned (0 bits).
- **permuted**: the control. The learned bitwidths, as often each, on random other nodes, fixed from the first epoch.
- **kept**: the learned bitwidths on their own nodes, fixed from the first epoch, as the control's are.
- **by in-degree**: the learned bitwidths sorted, most bits for the highest in-degree.
- **sensitivity**: bits fixed before training where a quantization error changes the predictions most
  (`method=fixed-bits`), held against the same bits on random other nodes.

Differences are in points of test accuracy, paired by seed, with a 95 % interval (paired bootstrap, 10,000 resamples).
Where the interval holds 0, nothing is shown, and nothing is claimed; of twenty intervals about one leaves 0 out by
chance.

"""


_WITH = """The average is what tells the rows apart: below one bit some nodes must be pruned, and who is pruned is what
the assignment decides. Among these rows the sum of GIN loses most by a wrong choice. What in-degrees say beside it
stands here; so few pairs of graph and model are no rule.
"""


def write(trials: Trials, docs: Path) -> None:
    """The page and its figure."""
    made = lines(trials)
    (docs / "worth.md").write_text(page(made, missing(trials)), encoding="utf-8")
    draw(made, docs / "figures" / "worth.svg")


def page(made: Sequence[Line], left_out: Sequence[str]) -> str:
    """The whole page."""
    head = _HEAD.format(today=date.today().isoformat(), torch=torch.__version__, python=platform.python_version())
    parts = [head, "## Answer\n", *_answer(made), "\n![Differences with their intervals](figures/worth.svg)\n"]
    parts += ["\n## Learned bits against the same bits on other nodes\n", _table(made)]
    parts += ["\n## Bits by sensitivity against the same bits on other nodes\n", _by_sensitivity(made)]
    parts += ["\n## What goes with it\n", _WITH, _tails([line for line in made if line.bits < 1])]
    parts += ["\n## Not trained\n", "; ".join(left_out) + ".\n" if left_out else "Nothing was left out.\n"]
    return "\n".join(parts)


def _answer(made: Sequence[Line]) -> list[str]:
    """What the intervals say, counted."""
    told = []
    for heading, chosen in (
        ("From 1 average bit on", [line for line in made if line.bits >= 1]),
        ("Below 1 average bit", [line for line in made if line.bits < 1]),
    ):
        for contrast, words in (("learned", "learned bits"), ("sensitivity", "bits by sensitivity")):
            found = [(line, line.differences[contrast]) for line in chosen]
            better = [f"{line.title} at {line.bits:g}" for line, one in found if one.sign > 0]
            worse = [f"{line.title} at {line.bits:g}" for line, one in found if one.sign < 0]
            told.append(
                f"- **{heading}**, {words} beat the same bits on other nodes with the whole interval in {len(better)} "
                f"of {len(found)} rows"
                + (f" ({'; '.join(better)})" if better else "")
                + f" and lose in {len(worse)}"
                + (f" ({'; '.join(worse)})" if worse else "")
                + "."
            )
    return told


def _heading(columns: str) -> list[str]:
    """The first two lines of a table with these columns."""
    return [columns, "|" + "---|" * (columns.count("|") - 1)]


def _table(made: Sequence[Line]) -> str:
    rows = _heading(
        "| graph, model | bits | n | FP32 | learned | permuted | learned − permuted | kept − permuted "
        "| by in-degree − permuted | bits with in-degree |"
    )
    for line in made:
        found = line.differences
        rows.append(
            f"| {line.title} | {line.bits:g} | {len(line.seeds)} | {_fp32(line)} | {line.score('learned')} "
            f"| {line.score('learned, permuted')} | {_told(found['learned'])} | {_told(found['kept'])} "
            f"| {_told(found['by in-degree'])} | {line.follows_in_degree('learned')} |"
        )
    return "\n".join(rows) + "\n"


def _by_sensitivity(made: Sequence[Line]) -> str:
    rows = _heading(
        "| graph, model | bits | n | FP32 | by sensitivity | full bits per value | the same bits on other nodes "
        "| difference | agreement with FP32, difference | bits with in-degree |"
    )
    for line in made:
        full = sum(line.values("sensitivity", "full_bits")) / len(line.seeds)
        rows.append(
            f"| {line.title} | {line.bits:g} | {len(line.seeds)} | {_fp32(line)} | {line.score('sensitivity')} "
            f"| {full:.2f} | {line.score('sensitivity, permuted')} | {_told(line.differences['sensitivity'])} "
            f"| {_told(line.difference('sensitivity', 'agreement')) if _has_agreement(line) else '–'} "
            f"| {line.follows_in_degree('sensitivity')} |"
        )
    return "\n".join(rows) + "\n"


def _tails(made: Sequence[Line]) -> str:
    """The difference of each row beside the tail of its graph's in-degrees."""
    rows = _heading(
        "| graph, model | bits | learned − permuted | in-degrees: share of all at the highest 1 % of nodes "
        "| standard deviation of log(1 + in-degree) | bits with in-degree |"
    )
    for line in made:
        in_degree = prepared(line.cell.base(0).dataset.model_dump_json()).in_degree.double()
        highest = in_degree.sort(descending=True).values[: max(1, len(in_degree) // 100)]
        rows.append(
            f"| {line.title} | {line.bits:g} | {_told(line.differences['learned'])} "
            f"| {highest.sum() / in_degree.sum():.0%} | {in_degree.log1p().std():.2f} "
            f"| {line.follows_in_degree('learned')} |"
        )
    return "\n".join(rows) + "\n"


def _has_agreement(line: Line) -> bool:
    return all("agreement" in arms["sensitivity"] for arms in line.seeds)


def _fp32(line: Line) -> str:
    found = [arms["learned"]["fp32_test_score"] for arms in line.seeds]
    return "–" if None in found else f"{100 * sum(found) / len(found):.1f}"


def _told(difference: Difference) -> str:
    text = f"{100 * difference.mean:+.1f}"
    if difference.low is None or difference.high is None:
        return text
    interval = f"({100 * difference.low:+.1f} to {100 * difference.high:+.1f})"
    return f"**{text}** {interval}" if difference.sign else f"{text} {interval}"


def draw(made: Sequence[Line], file: Path) -> None:
    """Learned minus permuted for every row, with its interval, by average bits."""
    shown = [line for line in made if line.differences["learned"].low is not None]
    figure, axes = plt.subplots(figsize=(8, 1.2 + 0.26 * len(shown)), layout="constrained")
    levels = sorted({line.bits for line in shown})
    colours = plt.get_cmap("cividis", len(levels) + 1)
    for place, line in enumerate(reversed(shown)):
        for offset, contrast, mark in ((0.15, "learned", "o"), (-0.15, "sensitivity", "D")):
            found = line.differences[contrast]
            if found.low is None or found.high is None:
                continue
            axes.plot([100 * found.low, 100 * found.high], [place + offset] * 2, color=colours(levels.index(line.bits)))
            axes.plot(100 * found.mean, place + offset, mark, color=colours(levels.index(line.bits)), markersize=4)
    axes.axvline(0, color="0.5", linewidth=0.8)
    axes.set_yticks(range(len(shown)), [f"{line.title}, {line.bits:g} bits" for line in reversed(shown)])
    axes.set_xlabel(
        "points of test accuracy over the same bits on other nodes, 95 % interval\n(● learned, ◆ by sensitivity)"
    )
    axes.set_title("Which node has which bits matters below one average bit")
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, metadata=_METADATA)
    plt.close(figure)
