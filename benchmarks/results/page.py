"""docs/results.md."""

import platform
from collections.abc import Sequence
from datetime import date
from itertools import groupby

import torch

from a2q.datasets import card
from a2q.experiments.presets import PRESETS
from results.published import PUBLISHED
from results.rows import ABLATIONS, GRAPHS, NODES, TARGETS, UNSEEN
from results.summaries import Line

_HEAD = """# Results

Written by `make results` on {today} with torch {torch} and Python {python}; every run is in `docs/results.json`.

- **Test** is read once, at the epoch with the best validation score; ± is the standard deviation over n seeds
  (cross-validated sets: over folds). With a target for the bits only epochs near it (0.1 below to 0.05 above) count.
- **Paper's protocol** is the best test score over all epochs, as the paper's code reports it. It looks at the test
  part after every epoch and is shown for comparison only.
- **Average bits** and **compression** are the paper's account: quantized node features alone. **Full** counts
  everything stored: the dataset's input (0/1 features at 1 bit), step sizes, bit tags, XW, weights and biases.
- **Unmoved**: in so many of the runs every node's bits equal their start at the chosen epoch, which makes them uniform
  quantization under another name.
- **Time** is processor time of an epoch, evaluation included, over that of the FP32 row.
- Settings of *ours* were chosen on validation alone, with seeds (100 to 104) that are not reported here.
- Which node has which bits is a question of its own: [worth.md](worth.md) holds learned bits against the same bits on
  other nodes. From 1 average bit on no difference is shown there, below it there is one.
- *Published* figures stand under our row for the same method, each with its source.
"""

_WORDS = {
    NODES: "Public splits of Cora, CiteSeer and PubMed.",
    GRAPHS: "Far fewer epochs than the 200 of the paper's commands, one or two seeds where n says so: these rows show "
    "that the tasks run and how bits and scores stand to each other, not what the networks can reach. "
    "m = 1000 groups (Nearest Neighbor Strategy); a fold's number is its seed. Rows of *ours* on PROTEINS, "
    "superpixels, ZINC and REDDIT-BINARY were trained when fewer bits than the target still counted as keeping it.",
    TARGETS: "A²Q, ours, with `--target-average-bits`: the bits at the end of training.",
    ABLATIONS: "The paper's ablation (GIN, its command) and the pieces of ours, each taken away alone.",
    UNSEEN: "Test nodes and their edges hidden in training, then served by a rule for unseen nodes; beside it the same "
    "network with test nodes seen.",
}


def page(lines: Sequence[Line]) -> str:
    """The whole page."""
    parts = [_HEAD.format(today=date.today().isoformat(), torch=torch.__version__, python=platform.python_version())]
    for section, of_section in groupby(lines, key=lambda line: line.row.section):
        parts.append(f"## {section}\n\n{_WORDS[section]}\n")
        found = list(of_section)
        parts.append(_targets(found) if section == TARGETS else _scores(found))
    parts.append(_by_degree(lines))
    parts.append("## Presets\n")
    parts.append("\n".join(f"- `{name}`: {chosen.title}. {chosen.description}" for name, chosen in PRESETS.items()))
    return "\n".join(parts) + "\n"


def _scores(lines: Sequence[Line]) -> str:
    rows = [
        "| dataset | model | method | test | n | paper's protocol | average bits | compression | full bits per value "
        "| full compression | time |",
        "|" + "---|" * 11,
    ]
    for line in lines:
        row, base = line.row, f"| {_title(line)} | {line.row.model.upper()} |"
        time = "–" if line.relative_time is None else f"{line.relative_time:.2f}×"
        rows.append(
            f"{base} {row.title} | {line.score('test')} | {len(line.trials)} | {line.score('paper_protocol')} "
            f"| {_bits(line)} | {line.mean('compression'):.1f}× | {line.mean('full_bits'):.2f} "
            f"| {line.mean('full_compression'):.1f}× | {time} |"
        )
        if row.section == NODES:
            rows += [
                f"{base} *published: {given.source}* | {given.score} % | | | {given.bits} | | | | |"
                for given in PUBLISHED.get((row.dataset, row.model, row.title), ())
            ]
    return "\n".join(rows) + "\n"


def _bits(line: Line) -> str:
    """Mean average bits, and of how many runs they are no learned ones."""
    told = f"{line.mean('average_bits'):.2f}"
    return f"{told} ({line.unmoved} of {len(line.trials)} unmoved)" if line.unmoved else told


def _title(line: Line) -> str:
    """The dataset's name; a set that was rebuilt from its sources says so, its figures are not the benchmark's."""
    title = card(line.row.dataset).title
    rebuilt = any("rebuilt" in str(trial.get("source", "")) for trial in line.trials)
    return f"{title} (rebuilt)" if rebuilt and "rebuilt" not in title else title


def _targets(lines: Sequence[Line]) -> str:
    rows = [
        "| dataset | target | at the end, mean | lowest | highest | at the chosen epoch | test |",
        "|" + "---|" * 7,
    ]
    for line in lines:
        final = [trial["final_bits"] for trial in line.trials]
        rows.append(
            f"| {card(line.row.dataset).title} | {line.row.title.removeprefix('target ')} "
            f"| {line.mean('final_bits'):.2f} | {min(final):.2f} | {max(final):.2f} "
            f"| {_bits(line)} | {line.score('test')} |"
        )
    return "\n".join(rows) + "\n"


def _by_degree(lines: Sequence[Line]) -> str:
    """Mean bits by group of in-degrees of our rows' first seed."""
    parts = ["## Mean bits by in-degree\n", "A²Q, ours, seed 0; n is the number of nodes in the group.\n"]
    for line in lines:
        if line.row.section != NODES or line.row.title not in ("A²Q, ours", "A²Q, ours, from 4 bits"):
            continue
        for layer, table in line.trials[0]["bits_by_degree"].items():
            from_4 = ", from 4 bits" if line.row.title.endswith("from 4 bits") else ""
            title = f"{card(line.row.dataset).title} {line.row.model.upper()}{from_4}, layer {layer}"
            parts.append(
                "\n".join(
                    [
                        f"| {title} | " + " | ".join(group for group, _, _ in table) + " |",
                        "|---" * (len(table) + 1) + "|",
                        "| mean bits | " + " | ".join(f"{mean:.2f}" for _, mean, _ in table) + " |",
                        "| n | " + " | ".join(f"{count:,}" for _, _, count in table) + " |\n",
                    ]
                )
            )
    return "\n".join(parts)
