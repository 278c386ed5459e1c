"""docs/settings.md."""

import platform
from collections.abc import Sequence
from datetime import date
from statistics import mean, stdev

import torch

from a2q.experiments.presets import chosen_for
from a2q.layers import LAYERS
from a2q.models.config import ModelName
from chosen_settings.runs import ROWS, TRIALS, Results
from chosen_settings.sets import GRAPHS

OTHER_MODELS: dict[str, tuple[ModelName, ...]] = {"cora-ml": ("sage", "gin"), "cora-ml-tfidf": ("sage", "gin")}
TEXTBOOK, _, BEST, CHOSEN, QUANTIZED = ROWS
_HEAD = """# Settings for any graph

Written by `python benchmarks/settings.py --table` on {today} with torch {torch} and Python {python}; every run is in
`docs/settings.json`. {minutes:.0f} minutes of one core.

A graph that the paper has no command for used to get Cora's. Now weight decay, dropout, width, learning rate and epochs
are chosen by what its card says (`a2q/experiments/chosen_settings.py`): how many labels a class it is trained with, and
whether its features are 0/1 or real numbers. FP32 and every quantized method take the same. Homophily is not asked for,
which would take the labels of test nodes.

- **Test** is read once, at the epoch with the best validation score; ± is the standard deviation over n runs: seeds,
  and of Actor and WebKB published splits. Percent.
- **Best of {trials}** draws weight decay (0.00001 to 0.05), dropout, width (16 to 128) and learning rate at random,
  trains FP32 once with each on the first split, and takes the best validation accuracy; its runs are like the others.
- **Textbook**: width 16, dropout 0.5, weight decay 0.0005. **Cora's**: width 16, dropout 0.35, weight decay 0.02.
- The choice was made with a look at searches on Amazon Photo, Digits, Texas, Cora and PubMed (the first three are
  marked * where they are shown); it was not changed after any of the other graphs was looked at. Where A²Q misses, the
  network it learns from does not: its distillation weight (3) is still one that no graph was tuned on.
"""
_LEFT_OUT = """
## What was left out

Of the list in `benchmarks/chosen_settings/sets.py`, not trained to the end yet: {missing}.

The search on Coauthor CS, Amazon Computers and Tolokers (7 minutes and more each); Coauthor Physics, Roman-empire,
Flickr and Reddit, which are not beside this project; graphs of 50,000 nodes and more, which keep ogbn-arxiv's settings;
sets of graphs, which keep those of the nearest command. The kind of network is not chosen. The search tells 30 settings
apart by a single run each, so that the best on validation need not be the best on test.
"""


def page(results: Results) -> str:
    """The page in Markdown."""
    head = _HEAD.format(
        today=date.today().isoformat(),
        torch=torch.__version__.partition("+")[0],
        python=platform.python_version(),
        minutes=results.seconds() / 60,
        trials=TRIALS,
    )
    missing = ", ".join(graph.title for graph in GRAPHS if not results.of(graph, QUANTIZED)) or "none of the list"
    rest = _LEFT_OUT.format(missing=missing)
    return "\n".join([head, *_main(results), *_verdict(results), *_models(results), rest])


def _main(results: Results) -> list[str]:
    titles = " | ".join(row.title for row in ROWS)
    lines = ["## GCN", "", f"| graph | n | chosen: decay, width | {titles} | bits |", "|---|---|---|" + "---|" * 6]
    for graph in GRAPHS:
        if not results.of(graph, CHOSEN):
            continue
        bits = [run["average_bits"] for run in results.of(graph, QUANTIZED)]
        found = chosen_for("a2q", graph.dataset(0).name)
        assert found is not None  # None of these has a command.
        first = f"{graph.title}{'*' if graph.fitted else ''} | {graph.seeds} | {found.weight_decay:g}, {found.width}"
        cells = " | ".join(_cell(results.of(graph, row)) for row in ROWS)
        lines.append(f"| {first} | {cells} | {f'{mean(bits):.2f}' if bits else '–'} |")
    return lines


def _verdict(results: Results) -> list[str]:
    """How often the goals are met on graphs that the choice was not made on."""
    lines = ["", "On the graphs that the choice was not made on:", ""]
    for row in (CHOSEN, QUANTIZED):
        for other, within in ((BEST, "the best of 30"), (TEXTBOOK, "textbook FP32")):
            lost = {
                graph.title: 100 * (_mean(results.of(graph, other)) - _mean(results.of(graph, row)))
                for graph in GRAPHS
                if not graph.fitted and results.of(graph, other) and results.of(graph, row)
            }
            missed = [f"{title} ({points:.1f} below)" for title, points in lost.items() if points > 1]
            rest = f"; missed on {', '.join(missed)}" if missed else ""
            met = f"{len(lost) - len(missed)} of {len(lost)}"
            lines.append(f"- {row.title}: within a point of {within}, or above it, on {met}{rest}.")
    return lines


def _models(results: Results) -> list[str]:
    rows = [row for row in ROWS if not row.searched]
    lines = [
        "",
        "## Other models",
        "",
        f"| graph | model | {' | '.join(row.title for row in rows)} |",
        "|---|---|" + "---|" * len(rows),
    ]
    for graph in GRAPHS:
        for model in OTHER_MODELS.get(graph.name, ()):
            cells = " | ".join(_cell(results.of(graph, row, model)) for row in rows)
            lines.append(f"| {graph.title} | {LAYERS[model].title} | {cells} |")
    return lines


def _cell(runs: Sequence[dict[str, float]]) -> str:
    if not runs:
        return "–"
    spread = f" ± {100 * stdev(run['test'] for run in runs):.1f}" if len(runs) > 1 else ""
    return f"{100 * _mean(runs):.1f}{spread}"


def _mean(runs: Sequence[dict[str, float]]) -> float:
    return mean(run["test"] for run in runs)
