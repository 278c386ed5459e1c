"""A run as readers see it: a frozen snapshot of its row."""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from a2q.config import sentences
from a2q.datasets import DatasetCard, DatasetConfig, known_card
from a2q.datasets.config import STORED
from a2q.datasets.importers.import_store import is_own
from a2q.experiments.process import ProcessIdentity
from a2q.experiments.run_config import RunConfig
from a2q.experiments.store.errors import RunError
from a2q.experiments.store.schema import ACTIVE, RESUMABLE, RunRow, State
from a2q.experiments.store.summaries import upgraded

LATEST_TIME = 7_258_118_400
"""The year 2200 in seconds since 1970; tables of times in nanoseconds, which pages draw, end in 2262."""
MOST_MESSAGE_CHARACTERS = 300


@dataclass(frozen=True)
class UnreadableRun:
    """A run whose row cannot be read: by another version, on a graph that is gone, or damaged.

    Attributes:
        id: twelve hexadecimal digits.
        why: one sentence, at most 300 characters.
    """

    id: str
    why: str


@dataclass(frozen=True)
class Run:
    """One run at one moment.

    Attributes:
        id: twelve hexadecimal digits.
        config: all settings.
        state: see :class:`State`.
        reason: one sentence when failed, cancelled or interrupted.
        log: what the worker printed last, for failures.
        created, started, ended, heartbeat: seconds since 1970, None where not yet.
        cancel_requested: whether somebody asked for the end.
        process: who does the work, None while queued.
        stage: what the worker does now, as a sentence.
        progress: 0 to 1.
        versions: of Python, torch and so on, at the run.
        source: where the dataset came from.
        summary: the report's numbers, None before the end.
    """

    id: str
    config: RunConfig
    state: State
    reason: str
    log: str
    created: float
    started: float | None
    ended: float | None
    heartbeat: float | None
    cancel_requested: bool
    process: ProcessIdentity | None
    stage: str
    progress: float
    versions: dict[str, str]
    source: str
    summary: dict[str, Any] | None

    @property
    def is_active(self) -> bool:
        """Queued or running."""
        return self.state in ACTIVE

    @property
    def is_resumable(self) -> bool:
        """Whether it ended before its work was done."""
        return self.state in RESUMABLE

    @property
    def card(self) -> DatasetCard | None:
        """The card of the run's dataset; None for an own graph whose folder was removed."""
        return known_card(self.config.dataset.name)

    @property
    def metric(self) -> str:
        """What the run's scores are: "accuracy", "roc-auc", "f1" or "mae"."""
        found = self.card
        if found is None:
            return str((self.summary or {}).get("metric", self.config.training.metric))
        return "mae" if found.task.endswith("regression") else self.config.training.metric

    @property
    def missed_target(self) -> str:
        """What a finished run was asked for and what it delivered, where it missed its target for the bits; or ""."""
        told = str((self.summary or {}).get("missed_target", ""))
        return f"The target for the bits was missed: {told}." if told else ""

    @property
    def fold(self) -> int | None:
        """The fold that is tested on; None for a dataset that is not cross-validated."""
        found = self.card
        return None if found is None or found.folds is None else self.config.dataset.fold or 0

    @property
    def title(self) -> str:
        """Short name for lists: dataset, fold where there are folds, model, method, seed."""
        config = self.config
        dataset = config.dataset.name if self.fold is None else f"{config.dataset.name} fold {self.fold}"
        return f"{dataset} · {config.model.name} · {config.method} · seed {config.seed}"


def read(row: RunRow) -> Run:
    """The row as a :class:`Run`.

    Raises:
        RunError: its settings were written by a version of the schema that this code does not know, its dataset is
            gone, or the row is damaged.
    """
    if not isinstance(row.config, dict):
        raise RunError(f"Run {row.id} cannot be read: its configuration is damaged; delete the run.")
    try:
        config = RunConfig.model_validate(row.config | _own_dataset(row.config.get("dataset")))
    except ValidationError as error:
        raise RunError(shortened(f"Run {row.id} cannot be read: {sentences(error)}")) from error
    damaged = _damaged(row)
    if damaged:
        raise RunError(f"Run {row.id} cannot be read: its {damaged} is damaged; delete the run.")
    known = row.host is not None and row.pid is not None and row.process_started is not None
    return Run(
        id=row.id,
        config=config,
        state=State(row.state),
        reason=row.reason,
        log=row.log,
        created=row.created,
        started=row.started,
        ended=row.ended,
        heartbeat=row.heartbeat,
        cancel_requested=row.cancel_requested,
        process=ProcessIdentity(row.host or "", row.pid or 0, row.process_started or 0.0) if known else None,
        stage=row.stage,
        progress=row.progress,
        versions=row.versions,
        source=row.source,
        summary=upgraded(row.summary),
    )


def _own_dataset(values: Any) -> dict[str, DatasetConfig]:
    """The setting ``dataset`` where it is an own graph: a run on one that is gone stays what it was."""
    if not isinstance(values, dict) or not is_own(str(values.get("name"))):
        return {}
    return {"dataset": DatasetConfig.model_validate(values, context=STORED)}


def shortened(message: str) -> str:
    """The message, cut at 300 characters."""
    if len(message) <= MOST_MESSAGE_CHARACTERS:
        return message
    return f"{message[: MOST_MESSAGE_CHARACTERS - 1]}…"


def _damaged(row: RunRow) -> str:
    """The first column that holds what no run does; empty where there is none."""
    times = {name: getattr(row, name) for name in ("created", "started", "ended", "heartbeat")}
    sound = {
        "state": row.state in tuple(State),
        "progress": _is_within(row.progress, 1),
        **{name: _is_within(time, LATEST_TIME) or (time is None and name != "created") for name, time in times.items()},
        "versions": isinstance(row.versions, dict),
        "summary": row.summary is None or isinstance(row.summary, dict),
    }
    return next((name for name, fine in sound.items() if not fine), "")


def _is_within(number: Any, most: float) -> bool:
    # SQLite keeps anything in any column.
    return isinstance(number, int | float) and 0 <= number <= most
