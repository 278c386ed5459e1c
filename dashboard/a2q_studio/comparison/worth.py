"""What the assignments of chosen runs are worth, where their controls are among the chosen."""

from collections.abc import Sequence

from a2q.experiments.controls import Worth, seeds_of, worth_of
from a2q.experiments.results import settings_digest
from a2q.experiments.store import Run, RunStore
from a2q.methods.fixed_bits import FixedBitsConfig


def worth_of_chosen(store: RunStore, runs: Sequence[Run]) -> list[tuple[Run, list[Worth]]]:
    """Each chosen run whose controls are chosen too, with what they show over all seeds that the store has of both.

    Args:
        store: where seeds that were not chosen are found.
        runs: the chosen ones; of several seeds of a run the first stands for all.
    """
    controls = [
        (settings.bits_of, settings.assignment)
        for run in runs
        if isinstance(settings := run.config.quantization, FixedBitsConfig) and settings.takes_bits
    ]
    # Without a control among them nothing else is read.
    first = {settings_digest(run): run for run in reversed(runs)} if controls else {}
    found = []
    for run in sorted(first.values(), key=list(runs).index):
        ids = {one.id for one in seeds_of(store, run)}
        chosen = {assignment for source, assignment in controls if source in ids}
        worths = [one for one in worth_of(store, run) if one.assignment in chosen] if chosen else []
        if worths:
            found.append((run, worths))
    return found
