"""Accuracy and bits of every method, mean ± standard deviation over seeds: docs/results.md and its figures.

    python benchmarks/accuracy.py --table            trains what is missing in docs/results.json, writes the page
    python benchmarks/accuracy.py --only cora/gcn    trains these rows only
    python benchmarks/accuracy.py --quick            two seeds, 20 epochs, nothing written: does it all still run?

It resumes: each run is kept as soon as it ends, and a run whose settings have not changed is not trained again.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from results.page import page  # noqa: E402
from results.rows import ROWS, Row  # noqa: E402
from results.summaries import Line, lines  # noqa: E402
from results.trials import Trials  # noqa: E402

STORE = ROOT / "docs" / "results.json"
QUICK = ("cora", "karate-club", "mutag")


def main() -> int:
    """Train, then write or print; exit code 1 where a row could not be trained."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--table", action="store_true", help="write docs/results.md and docs/figures/*.svg")
    arguments.add_argument("--quick", action="store_true", help="two seeds, 20 epochs, nothing kept")
    arguments.add_argument("--only", default="", help="rows whose dataset/model/preset contains this")
    arguments.add_argument("--fresh", action="store_true", help="train everything anew")
    arguments.add_argument("--workers", type=int, default=max(1, os.cpu_count() or 1), help="processes at once")
    arguments.add_argument("--json", action="store_true", help="print the lines as JSON")
    options = arguments.parse_args()
    rows = [row for row in ROWS if options.only in f"{row.dataset}/{row.model}/{row.preset}"]
    if options.quick:
        rows = _one_of_each(rows)
    if options.fresh and not options.quick:
        STORE.unlink(missing_ok=True)
    trials = Trials(None if options.quick else STORE)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    trials.complete((config for row in rows for config in row.configs(options.quick)), options.workers)
    made = lines(rows, trials, options.quick)
    if options.json:
        print(json.dumps([_plain(line) for line in made], indent=2, ensure_ascii=False))
    if options.table:
        _write(made, options.quick)
    return 0 if len(made) == len(rows) else 1


def _one_of_each(rows: list[Row]) -> list[Row]:
    """One row of each preset and model on a small set: everything that can break, nothing twice."""
    small = [row for row in rows if row.dataset in QUICK]
    return list({(row.preset, row.model): row for row in small}.values())


def _write(made: list[Line], quick: bool) -> None:
    from results.figures import draw

    docs = Path(tempfile.mkdtemp()) if quick else ROOT / "docs"
    (docs / "results.md").write_text(page(made), encoding="utf-8")
    for file in draw(made, docs / "figures"):
        print(file.name)


def _plain(line: Line) -> dict[str, object]:
    numbers = ("test", "paper_protocol", "average_bits", "compression", "full_bits", "full_compression")
    return {
        "section": line.row.section,
        "dataset": line.row.dataset,
        "model": line.row.model,
        "method": line.row.title,
        "n": len(line.trials),
        **{name: round(line.mean(name), 4) for name in numbers},
        "test_std": round(line.spread("test"), 4),
        "relative_time": line.relative_time,
    }


if __name__ == "__main__":
    sys.exit(main())
