"""The study's differences of test accuracy as the app ships them, for Learn and Data."""

import json
from dataclasses import asdict
from typing import Any

from a2q.reports.worth import FEWEST_PAIRS
from a2q_studio.study.measured import FILE
from assignment.lines import lines
from assignment.trials import Trials

_DIGITS = 6


def rows(trials: Trials) -> list[dict[str, Any]]:
    """Learned bits minus the same bits on other nodes of every cell that enough seeds were trained of."""
    return [
        {
            "dataset": line.cell.dataset,
            "model": line.cell.model,
            "settings": line.cell.title,
            "same_graph": not line.cell.options,
            "average_bits": line.bits,
            "difference": {
                name: round(value, _DIGITS) if isinstance(value, float) else value
                for name, value in asdict(line.difference("learned")).items()
            },
        }
        for line in lines(trials)
        if len(line.seeds) >= FEWEST_PAIRS
    ]


def ship(trials: Trials) -> None:
    """Write the file that the app reads."""
    FILE.write_text(json.dumps(rows(trials), indent=1) + "\n", encoding="utf-8")
