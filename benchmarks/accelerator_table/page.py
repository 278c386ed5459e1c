"""The tables in docs/accelerator.md, between their marks."""

import itertools
from pathlib import Path

from a2q.accelerator import Conventions, Hardware, simulate
from a2q.accelerator.comparison import speedup
from a2q.accelerator.layers import BASELINES, uniform
from accelerator_table.trained import Row, rows

PAGE = Path(__file__).resolve().parents[2] / "docs" / "accelerator.md"
BEGIN, END = "<!-- speedup: written by benchmarks/accelerator.py --table -->", "<!-- end of speedup -->"

REFERENCES = ("Degree-Quant INT4", "uniform INT4")
FIRST_INPUT = ("learned", "stored", "one-bit", "reference")
LANES = {
    "id, lockstep": {"node_order": "id", "lane_sync": "lockstep"},
    "sorted by bits, lockstep": {"node_order": "bits", "lane_sync": "lockstep"},
    "METIS then bits, lockstep": {"node_order": "metis-bits", "lane_sync": "lockstep"},
    "id, queue": {"node_order": "id", "lane_sync": "queue"},
    "ideal": {"node_order": "id", "lane_sync": "ideal"},
}
# Speedups over Degree-Quant INT4 in the paper's tables, as recalled; only "up to 2×" is in its abstract.
PUBLISHED = {
    ("cora", "gcn"): 2.00,
    ("cora", "gat"): 1.49,
    ("citeseer", "gcn"): 1.91,
    ("citeseer", "gin"): 1.37,
    ("pubmed", "gat"): 1.38,
}

Cells = dict[tuple[str, bool, str], dict[str, float]]


def write() -> int:
    """Train what is missing, simulate every convention, and put the tables into the page."""
    made = rows()
    tables = [(row, cells(row)) for row in made]
    text = "\n".join([summary(tables), *(grid(row, found) for row, found in tables)])
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")
    return 0


def cells(row: Row) -> Cells:
    """Speedup over each reference under every combination of conventions."""
    found: Cells = {}
    for first_input, skip, (lanes, given) in itertools.product(FIRST_INPUT, (False, True), LANES.items()):
        conventions = Conventions(first_input=first_input, zero_skipping=skip, **given)
        ours = simulate(row.work.graph, row.work.layers, Hardware(), conventions)
        found[first_input, skip, lanes] = {
            name: speedup(
                ours, simulate(row.work.graph, uniform(row.work.layers, *BASELINES[name]), Hardware(), conventions)
            )
            for name in REFERENCES
        }
    return found


def summary(tables: list[tuple[Row, Cells]]) -> str:
    """One line for each run: the range over all conventions, and whether the published figure lies in it."""
    lines = [
        "| dataset | model | method | test accuracy | average bits | over Degree-Quant INT4 | over uniform INT4 | "
        "published over Degree-Quant (recalled, unverified) |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row, found in tables:
        ranges = {name: [cell[name] for cell in found.values()] for name in REFERENCES}
        published = PUBLISHED.get((row.dataset, row.model))
        low, high = min(ranges[REFERENCES[0]]), max(ranges[REFERENCES[0]])
        told = "–"
        if published is not None:
            told = f"{published:.2f}×, {'inside' if low <= published <= high else 'outside'}"
        summed = row.run.summary or {}
        lines.append(
            f"| {row.dataset} | {row.model} | {row.method} | {summed['test_score']:.1%} | "
            f"{summed['average_bits']:.2f} | {' | '.join(_range(ranges[name]) for name in REFERENCES)} | {told} |"
        )
    return "\n".join(lines) + "\n"


def grid(row: Row, found: Cells) -> str:
    """Every convention of one run; over Degree-Quant INT4, and over uniform INT4 where that differs."""
    lines = [
        f"\n#### {row.dataset}, {row.model}, {row.method}\n",
        f"| layer 1 | zeros | {' | '.join(LANES)} |",
        f"|---|---|{'---|' * len(LANES)}",
    ]
    for first_input, skip in itertools.product(FIRST_INPUT, (False, True)):
        shown = [_both(found[first_input, skip, lanes]) for lanes in LANES]
        lines.append(f"| {first_input} | {'skipped' if skip else 'counted'} | {' | '.join(shown)} |")
    return "\n".join(lines) + "\n"


def _both(cell: dict[str, float]) -> str:
    one, two = (f"{cell[name]:.2f}" for name in REFERENCES)
    return one if one == two else f"{one} ({two})"


def _range(values: list[float]) -> str:
    return f"{min(values):.2f}× to {max(values):.2f}×"
