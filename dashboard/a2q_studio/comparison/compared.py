"""Runs with everything that is drawn of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from a2q.experiments.store import Run
from a2q.reports import node_table, quantized_layers
from a2q.reports.bit_changes import graph_key
from a2q.training import EpochMetrics
from a2q_studio.comparison.charts.marks import Mark, marks


@dataclass(frozen=True)
class Compared:
    """One of the runs.

    Attributes:
        run: as the store has it now.
        mark: its letter and looks.
        history: its epochs so far.
        arrays: its node arrays so far; empty before the first measurement.
        layers: those whose input has bits per node, counted from 1.
        graph: the same for runs whose nodes are the same; empty while nodes are not measured.
    """

    run: Run
    mark: Mark
    history: Sequence[EpochMetrics]
    arrays: Mapping[str, np.ndarray]
    layers: Sequence[int]
    graph: str
    _tables: dict[int, pd.DataFrame] = field(default_factory=dict, repr=False, compare=False)

    def table(self, layer: int) -> pd.DataFrame:
        """The node table of a layer's input; made once."""
        if layer not in self._tables:
            self._tables[layer] = node_table(self.arrays, layer)
        return self._tables[layer]


def compared_runs(
    runs: Sequence[Run],
    history_of: Callable[[Run], Sequence[EpochMetrics]],
    arrays_of: Callable[[Run], Mapping[str, np.ndarray]],
) -> list[Compared]:
    """The runs, marked A, B and so on.

    Args:
        runs: one to six, in the order of their letters.
        history_of, arrays_of: read a run's epochs and node arrays.
    """
    found = []
    for run, mark in zip(runs, marks(short_names(runs)), strict=True):
        arrays = arrays_of(run)
        measured = "in_degree" in arrays
        layers = quantized_layers(arrays) if measured else []
        key = graph_key(arrays) if measured else ""
        found.append(Compared(run, mark, history_of(run), arrays, layers, key))
    return found


def short_names(runs: Sequence[Run]) -> list[str]:
    """What tells each run from the others: those of dataset, model, method and seed that are not the same in all."""
    parts = [run.title.split(" · ") for run in runs]
    varying = [position for position in range(4) if len({part[position] for part in parts}) > 1]
    names = [" · ".join(part[position] for position in varying) for part in parts]
    return [
        name if name and names.count(name) == 1 else f"{name} {run.id[:6]}".strip()
        for run, name in zip(runs, names, strict=True)
    ]


def node_groups(compared: Sequence[Compared]) -> list[list[Compared]]:
    """Runs on the same graph together, the largest group first; runs without measured nodes are left out."""
    groups: dict[str, list[Compared]] = {}
    for one in compared:
        if one.graph:
            groups.setdefault(one.graph, []).append(one)
    return sorted(groups.values(), key=len, reverse=True)


def letters(some: Sequence[Compared]) -> str:
    """Their letters in a sentence: "A", "A and B", "A, B and C"."""
    named = [one.mark.letter for one in some]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
