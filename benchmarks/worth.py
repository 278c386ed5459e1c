"""What it is worth which node gets which bits: learned bits against the same bits on other nodes. Writes docs/worth.md.

    python benchmarks/worth.py --table            trains what is missing in docs/worth.json, writes the page
    python benchmarks/worth.py --only "cora gcn"  trains the cells whose name contains this
    python benchmarks/worth.py --untrained --ship writes the figures that Learn and Data show
    python benchmarks/worth.py --quick            one seed of the first cell, nothing kept: does it still run?

It resumes: each seed of each cell is kept as soon as it ends, and what is there with the same settings is not trained
again.
"""

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "dashboard")]

from assignment.cells import CELLS  # noqa: E402
from assignment.trials import Trials  # noqa: E402

STORE = ROOT / "docs" / "worth.json"


def main() -> int:
    """Train, then write."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--table", action="store_true", help="write docs/worth.md and its figures")
    arguments.add_argument("--ship", action="store_true", help="write the figures that come with the app")
    arguments.add_argument("--quick", action="store_true", help="one seed of the first cell, nothing kept")
    arguments.add_argument("--only", default="", help="cells whose name contains this")
    arguments.add_argument("--seeds", type=int, help="at most so many seeds of each cell")
    arguments.add_argument("--untrained", action="store_true", help="train nothing, write what is there")
    arguments.add_argument("--workers", type=int, default=max(1, os.cpu_count() or 1), help="processes at once")
    options = arguments.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    chosen = [cell for cell in CELLS if options.only in cell.name]
    trials = Trials(None if options.quick else STORE)
    if not options.untrained:
        trials.complete(chosen[:1] if options.quick else chosen, options.workers, 1 if options.quick else options.seeds)
    if options.table:
        from assignment.page import write

        write(trials, ROOT / "docs")
    if options.ship:
        from assignment.shipped import ship

        ship(trials)
    return 0


if __name__ == "__main__":
    sys.exit(main())
