"""How good the settings are that are chosen for a graph without a command: docs/settings.md.

    python benchmarks/settings.py --table             trains what is missing in docs/settings.json, writes the page
    python benchmarks/settings.py --only cora-ml      trains this graph only

It resumes: each run is kept as soon as it ends, and a run whose settings have not changed is not trained again. One
process, one thread; about 45 minutes of one core.
"""

import argparse
import sys
import warnings
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from chosen_settings.page import OTHER_MODELS, page  # noqa: E402
from chosen_settings.runs import ROWS, Results  # noqa: E402
from chosen_settings.sets import GRAPHS  # noqa: E402


def main() -> None:
    """Train, then write."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--table", action="store_true", help="write docs/settings.md")
    arguments.add_argument("--only", default="", help="graphs whose name contains this")
    options = arguments.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    results = Results(ROOT / "docs" / "settings.json")
    for graph in GRAPHS:
        if options.only not in graph.name:
            continue
        results.search(graph)
        for row in ROWS:
            results.train(graph, row)
        for model in OTHER_MODELS.get(graph.name, ()):
            for row in ROWS:
                if not row.searched:
                    results.train(graph, row, model)
        print(f"{graph.title}: {results.seconds() / 60:.1f} minutes so far", flush=True)
    if options.table:
        (ROOT / "docs" / "settings.md").write_text(page(results), encoding="utf-8")


if __name__ == "__main__":
    main()
