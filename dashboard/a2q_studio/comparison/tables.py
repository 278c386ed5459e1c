"""Compared runs in tables: settings that differ, and means over seeds."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from a2q.experiments.results import SCORES, Repeats, settings_digest
from a2q.experiments.settings import differing, title_of
from a2q.experiments.store import Run
from a2q_studio.comparison.compared import Compared


def differences_table(compared: Sequence[Compared]) -> pd.DataFrame:
    """One row for each setting that is not the same in all runs: its title, then its value in each run."""
    configs = [one.run.config for one in compared]
    rows = []
    for name, values in differing(configs).items():
        holder = next(
            config for config, value in zip(configs, values, strict=True) if value is not None or config is configs[-1]
        )
        row = {"setting": title_of(holder, name), "name": name}
        rows.append(row | {one.mark.letter: _text(value) for one, value in zip(compared, values, strict=True)})
    return pd.DataFrame(rows)


def seeds_table(compared: Sequence[Compared], repeats: Mapping[str, Repeats]) -> pd.DataFrame:
    """One row for each group of compared runs with the same settings: letters, n, seeds, and mean ± standard
    deviation over all finished seeds of these settings in the store."""
    groups: dict[str, list[str]] = {}
    for one in compared:
        groups.setdefault(settings_digest(one.run), []).append(one.mark.letter)
    rows = []
    for digest, named in groups.items():
        group = repeats.get(digest)
        if group is None:
            rows.append({"runs": ", ".join(named), "n": 0})
            continue
        rows.append(
            {
                "runs": ", ".join(named),
                "n": group.count,
                "seeds": ", ".join(str(run.config.seed) for run in group.runs),
                "test score": mean_text(group, "test_score"),
                "average bits": mean_text(group, "average_bits"),
                "full bits per value": mean_text(group, "full_bits_per_value"),
            }
        )
    return pd.DataFrame(rows)


def mean_text(group: Repeats, name: str) -> str:
    """Mean ± sample standard deviation; the mean alone for a single seed."""
    text = SCORES[group.metric].text if name == "test_score" else "{:.2f}".format
    deviation = group.deviation(name)
    return text(group.mean(name)) + ("" if deviation is None else f" ± {text(deviation)}")


def still_to_say(compared: Sequence[Compared]) -> list[str]:
    """A sentence for each run that has no full result, which says why."""
    said = []
    for one in compared:
        run: Run = one.run
        if run.is_active:
            said.append(f"{one.mark.letter} is {run.state}: {run.stage or 'waiting'} ({run.progress:.0%}).")
        elif run.summary is None:
            had = f"it has {len(one.history):,} epochs" if one.history else "it has no epoch"
            said.append(f"{one.mark.letter} is {run.state}, {had} and no result. {run.reason}".strip())
    return said


def _text(value: Any) -> str:
    return "–" if value is None else str(value)
