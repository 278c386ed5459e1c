"""The control of a run: the same training with its bits on other nodes, and what the assignment is worth."""

from collections.abc import Sequence
from dataclasses import dataclass

from a2q.experiments.results import repeats, settings_digest
from a2q.experiments.run_config import RunConfig
from a2q.experiments.store.run import Run
from a2q.experiments.store.run_store import RunStore
from a2q.experiments.store.schema import State
from a2q.methods.fixed_bits import Assignment, FixedBitsConfig, control_of
from a2q.reports.worth import Difference, measures, worth

CONTROLS: tuple[Assignment, ...] = ("permuted", "in-degree", "reversed", "value")
"""Assignments that a run's own can be held against; the first is the control, the others are rules."""

_MOST_RUNS = 10_000


@dataclass(frozen=True)
class Worth:
    """A run's own assignment minus another of the same bits, over the seeds that both have.

    Attributes:
        assignment: the other.
        learned, control: runs in pairs, in order of seeds.
        differences: by name in :data:`a2q.reports.worth.MEASURES`.
    """

    assignment: Assignment
    learned: tuple[Run, ...]
    control: tuple[Run, ...]
    differences: dict[str, Difference]


def seeds_of(store: RunStore, run: Run) -> tuple[Run, ...]:
    """The finished runs with the settings of this one, one for each seed, in order of seeds."""
    return _seeds(store.list(_MOST_RUNS, [State.FINISHED]), run)


def _seeds(finished: Sequence[Run], run: Run) -> tuple[Run, ...]:
    found = repeats(finished).get(settings_digest(run))
    return () if found is None else found.runs


def controls(store: RunStore, run: Run, assignments: Sequence[Assignment] = CONTROLS[:1]) -> list[RunConfig]:
    """The settings of every control of a run that the store has not yet, for each of its seeds.

    Raises:
        ConfigError: the run's method has no bits per node of one graph.
    """
    # Named after the first seed's run, so that a control is the same from whichever seed it is asked for.
    learned = seeds_of(store, run) or (run,)
    settings = {how: control_of(run.config.quantization, learned[0].id, how) for how in assignments}
    wanted = [
        one.config.model_copy(update={"quantization": quantization})
        for quantization in settings.values()
        for one in learned
    ]
    return [config for config in wanted if store.find(config) is None]


def worth_of(store: RunStore, run: Run) -> list[Worth]:
    """What is known of a run's assignment against others, in the order of :data:`CONTROLS`."""
    finished = store.list(_MOST_RUNS, [State.FINISHED])
    learned = {one.config.seed: one for one in _seeds(finished, run)}
    ids = {one.id for one in learned.values()}
    found: dict[Assignment, dict[int, Run]] = {how: {} for how in CONTROLS}
    for other in finished:
        settings = other.config.quantization
        if isinstance(settings, FixedBitsConfig) and settings.bits_of in ids and settings.assignment in found:
            # Newest first: a control that was trained again counts as it is now.
            found[settings.assignment].setdefault(other.config.seed, other)
    return [_worth(store, how, learned, others) for how, others in found.items() if set(others) & set(learned)]


def _worth(store: RunStore, how: Assignment, learned: dict[int, Run], control: dict[int, Run]) -> Worth:
    seeds = sorted(set(learned) & set(control))
    ours, theirs = (tuple(runs[seed] for seed in seeds) for runs in (learned, control))
    first, second = ([measures(run.summary or {}, store.arrays(run.id)) for run in runs] for runs in (ours, theirs))
    return Worth(how, ours, theirs, worth(first, second))
