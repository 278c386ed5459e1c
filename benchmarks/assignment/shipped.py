"""The study's differences of test accuracy as the app ships them, for Learn and Data."""

import json
from dataclasses import asdict
from typing import Any

from a2q.reports.worth import FEWEST_PAIRS, paired_difference
from a2q_studio.study.measured import FILE
from assignment.cells import CELLS
from assignment.trials import Trials

_DIGITS = 6


def rows(trials: Trials) -> list[dict[str, Any]]:
    """Learned bits minus the same bits on other nodes of every cell that enough seeds were trained of."""
    found = []
    for cell in CELLS:
        for bits in cell.bits:
            seeds = [arms for seed in range(cell.seeds) if (arms := trials.of(cell, bits, seed)) is not None]
            if len(seeds) < FEWEST_PAIRS:
                continue
            first, second = ([arms[arm]["test_score"] for arms in seeds] for arm in ("learned", "learned, permuted"))
            difference = asdict(paired_difference(first, second))
            found.append(
                {
                    "dataset": cell.dataset,
                    "model": cell.model,
                    "settings": cell.title,
                    "same_graph": not cell.options,
                    "average_bits": bits,
                    "difference": {
                        name: round(value, _DIGITS) if isinstance(value, float) else value
                        for name, value in difference.items()
                    },
                }
            )
    return found


def ship(trials: Trials) -> None:
    """Write the file that the app reads."""
    FILE.write_text(json.dumps(rows(trials), indent=1) + "\n", encoding="utf-8")
