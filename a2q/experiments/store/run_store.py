"""The run store: what every page, command and worker reads and writes."""

import logging
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Self

from sqlalchemy import ColumnElement, case, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from a2q.experiments.logs import remove_log
from a2q.experiments.process import ProcessIdentity
from a2q.experiments.run_config import RunConfig
from a2q.experiments.store.annotations import Annotations
from a2q.experiments.store.database import (
    LOCK_SECONDS,
    database_url,
    file_is_read_only,
    open_database,
    without_password,
)
from a2q.experiments.store.errors import RunError, UnknownRunError
from a2q.experiments.store.history import RunHistory
from a2q.experiments.store.loss import loss
from a2q.experiments.store.read_only import READ_ONLY_FILE, READ_ONLY_SERVER, refuse_changes
from a2q.experiments.store.run import Run, UnreadableRun, read
from a2q.experiments.store.schema import ACTIVE, RESUMABLE, ArrayRow, EpochRow, RunRow, State
from a2q.experiments.store.selections import SavedSelections
from a2q.experiments.store.unmoved import with_unmoved
from a2q.experiments.store.watch import Watch
from a2q.jobs import TOLERANCE
from a2q.training import EpochMetrics

_log = logging.getLogger(__name__)

WAITING = "Waiting for a free worker"


class RunStore(RunHistory):
    """One database of runs and what they recorded. Every change of state is a single compare-and-set, so any
    number of pages, commands and workers may act at once.

    Args:
        url: SQLAlchemy address; by default $A2Q_DATABASE_URL or a file under $A2Q_HOME.
        read_only: whether every change is refused with :class:`ReadOnlyError`, as always where the store is a file that
            cannot be written. Runs whose worker is gone are shown as ended then, which nobody may note.
        lock_seconds: how long a change waits while another process writes to a SQLite file.
        patience: for how many seconds what a worker reads and writes is tried again while the store is locked, or its
            server away.

    Attributes:
        url: that address.
        read_only: whether every change is refused.
        watch: what was seen of its runs since it was opened.
        annotations: stars, tags and notes on the runs.
        selections: nodes of the runs that people saved under a name.

    Raises:
        RunError: the database cannot be opened.
    """

    def __init__(
        self,
        url: str | None = None,
        read_only: bool = False,
        lock_seconds: float = LOCK_SECONDS,
        patience: float = 0.0,
    ) -> None:
        self.url = url or database_url()
        super().__init__(open_database(self.url, lock_seconds, patience), patience)
        self.watch = Watch()
        cannot = file_is_read_only(self.url)
        self.read_only = read_only or cannot
        self.annotations = Annotations(self._engine)
        self.selections = SavedSelections(self._engine)
        if self.read_only:
            because = READ_ONLY_FILE.format(url=without_password(self.url)) if cannot else READ_ONLY_SERVER
            refuse_changes(self._engine, because)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Reading

    def get(self, run_id: str) -> Run:
        """The run with this id, or the only one whose id starts so.

        Raises:
            UnknownRunError: none fits, or several do.
        """

        def found(session: Session) -> Run:
            row = session.get(RunRow, run_id) or session.get(RunRow, self.resolve(run_id))
            if row is None:
                raise UnknownRunError(f"Run {run_id} was deleted.")
            return self._seen(with_unmoved(session, [read(row)])[0])

        return self._transaction(found)

    def resolve(self, start: str) -> str:
        """The only id that starts so, whether or not the run can be read.

        Raises:
            UnknownRunError: none does, or several do.
        """
        fits = RunRow.id.startswith(start, autoescape=True)
        with Session(self._engine) as session:
            ids = session.scalars(select(RunRow.id).where(fits).limit(2)).all() if start else []
        if len(ids) != 1:
            found = "Several runs start" if ids else "No run starts"
            raise UnknownRunError(f"{found} with {start!r}; give an id from the list of runs.")
        return ids[0]

    def list(self, limit: int = 200, states: Iterable[State] = tuple(State)) -> list[Run]:
        """Runs in one of these states, newest first; one that cannot be read is left out and logged."""
        wanted = tuple(states)
        chosen = select(RunRow).where(_in(wanted)).order_by(RunRow.created.desc()).limit(limit)
        with Session(self._engine) as session:
            read_runs = [run for run in map(_readable, session.scalars(chosen)) if run is not None]
            found = [self._seen(run) for run in with_unmoved(session, read_runs)]
        return [run for run in found if run.state in wanted]

    def newest(
        self, limit: int = 200, states: Iterable[State] | None = None
    ) -> tuple[Sequence[Run], Sequence[UnreadableRun]]:
        """The newest runs (in one of these states), newest first: those that can be read, and those that can only be
        released and deleted."""
        chosen = select(RunRow) if states is None else select(RunRow).where(_in(states))
        with Session(self._engine) as session:
            rows = session.scalars(chosen.order_by(RunRow.created.desc()).limit(limit)).all()
            found = [_read(row) for row in rows]
            told = with_unmoved(session, [run for run in found if isinstance(run, Run)])
        readable = [self._seen(run) for run in told]
        return readable, [run for run in found if isinstance(run, UnreadableRun)]

    def queue(self) -> Sequence[Run]:
        """All queued runs, oldest first; one that cannot be read is left out and logged."""
        rows = select(RunRow).where(RunRow.state == State.QUEUED).order_by(RunRow.created, RunRow.id)
        with Session(self._engine) as session:
            return [run for run in map(_readable, session.scalars(rows)) if run is not None]

    def taken_slots(self, host: str) -> set[int]:
        """The slots of a machine that running runs hold."""
        held = select(RunRow.slot).where(RunRow.host == host, RunRow.slot.is_not(None))
        with Session(self._engine) as session:
            return {slot for slot in session.scalars(held) if slot is not None}

    def find(self, config: RunConfig) -> Run | None:
        """The newest finished or active run with exactly this config, seed included."""
        same = (RunRow.digest == config.digest) & RunRow.state.in_([State.FINISHED, *ACTIVE])
        with Session(self._engine) as session:
            row = session.scalars(select(RunRow).where(same).order_by(RunRow.created.desc()).limit(1)).first()
            return _readable(row) if row is not None else None

    def ids_on(self, dataset: str) -> Sequence[str]:
        """Ids of all runs on the dataset of this name, newest first."""
        named = RunRow.config["dataset"]["name"].as_string() == dataset
        with Session(self._engine) as session:
            return session.scalars(select(RunRow.id).where(named).order_by(RunRow.created.desc())).all()

    def _seen(self, run: Run) -> Run:
        """The run, ended where its worker is gone and nobody may note that."""
        reason = loss(run, self.watch) if self.read_only and run.state == State.RUNNING else None
        if reason is None:
            return run
        state = State.CANCELLED if run.cancel_requested else State.INTERRUPTED
        return replace(run, state=state, reason=reason)

    # Asking for work

    def submit(self, config: RunConfig, payloads: Mapping[str, bytes] | None = None) -> Run:
        """Queue a new run, with arrays that its worker is to find from the start."""
        run_id = uuid.uuid4().hex[:12]
        row = RunRow(
            id=run_id,
            digest=config.digest,
            config=config.model_dump(mode="json"),
            state=State.QUEUED,
            created=time.time(),
            stage=WAITING,
        )
        with Session(self._engine) as session, session.begin():
            session.add(row)
            session.flush()
            session.add_all(
                ArrayRow(run_id=run_id, name=name, epoch=0, payload=payload)
                for name, payload in (payloads or {}).items()
            )
        return self.get(run_id)

    def insert_imported(
        self, run: Run, epochs: Iterable[EpochMetrics], payloads: Mapping[tuple[str, int], bytes]
    ) -> bool:
        """Add an ended run that was recorded elsewhere, with its history and its arrays by name and epoch; False when
        there is a run of this id."""
        copied = ("id", "reason", "created", "started", "ended", "progress", "versions", "source", "summary")
        row = RunRow(
            digest=run.config.digest,
            config=run.config.model_dump(mode="json"),
            state=str(run.state),
            **{name: getattr(run, name) for name in copied},
        )
        try:
            with Session(self._engine) as session, session.begin():
                session.add(row)
                session.flush()
                session.add_all(EpochRow(run_id=run.id, **asdict(metrics)) for metrics in epochs)
                session.add_all(
                    ArrayRow(run_id=run.id, name=name, epoch=epoch, payload=payload)
                    for (name, epoch), payload in payloads.items()
                )
        except IntegrityError:
            return False
        return True

    def cancel(self, run_id: str) -> Run:
        """Ask for the end of a run; one whose worker is not up yet ends at once, a running one within two
        seconds.

        Raises:
            RunError: the run has ended already.
        """
        # Until a worker has imported its libraries it cannot look up from that; when it does, the run is taken.
        starting = (RunRow.state == State.RUNNING) & (RunRow.heartbeat == RunRow.started)
        idle = (RunRow.state == State.QUEUED) | starting
        end = {"state": str(State.CANCELLED), "reason": "Cancelled before it started.", "ended": time.time()}
        if not self._change(run_id, idle, slot=None, **end) and not self._change(
            run_id, RunRow.state == State.RUNNING, cancel_requested=True
        ):
            raise RunError(f"Run {run_id} is {self.get(run_id).state} already; only active runs can be cancelled.")
        return self.get(run_id)

    def requeue(self, run_id: str, start_over: bool = False) -> Run:
        """Queue an interrupted, cancelled or failed run again; it goes on from its last checkpoint.

        Args:
            run_id: the whole id.
            start_over: whether what it recorded, checkpoint included, is forgotten, so that it begins anew.

        Raises:
            RunError: the run is active or finished.
        """
        fresh = {
            "reason": "",
            "log": "",
            "ended": None,
            "heartbeat": None,
            "cancel_requested": False,
            "launcher": "",
            "handed_over": None,
            "host": None,
            "slot": None,
            "pid": None,
            "process_started": None,
            "stage": WAITING,
        }
        statement = update(RunRow).where(RunRow.id == run_id, _in(RESUMABLE)).values(state=str(State.QUEUED), **fresh)
        with self._engine.begin() as connection:
            queued = connection.execute(statement).rowcount == 1
            for table in (EpochRow, ArrayRow) if queued and start_over else ():
                connection.execute(delete(table).where(table.run_id == run_id))
        if not queued:
            raise RunError(
                f"Run {run_id} is {self.get(run_id).state}; only interrupted, cancelled or failed runs can be resumed."
            )
        return self.get(run_id)

    def delete(self, run_id: str) -> None:
        """Remove an ended run with everything it stored, on this machine its worker's output too; also an active one
        that cannot be read, which no worker can take up and nothing else would ever end.

        Raises:
            UnknownRunError: there is no such run.
            RunError: the run is still active.
        """
        with Session(self._engine) as session, session.begin():
            row = session.get(RunRow, run_id)
            if row is None:
                raise UnknownRunError(f"There is no run {run_id!r}; give an id from the list of runs.")
            chosen = RunRow.id == run_id
            if isinstance(_read(row), Run):
                chosen &= RunRow.state.not_in([str(state) for state in ACTIVE])
            # Its history, arrays, annotation and selections go with it (ON DELETE CASCADE).
            if session.connection().execute(delete(RunRow).where(chosen)).rowcount != 1:
                raise RunError(f"Run {run_id} is still active; cancel it before deleting it.")
        remove_log(run_id)

    # Doing the work

    def claim(self, run_id: str, host: str, slot: int | None) -> bool:
        """Take a queued run to work on it; False when somebody else has it, or the slot is taken."""
        now = time.time()
        try:
            return self._move(
                run_id,
                (State.QUEUED,),
                State.RUNNING,
                host=host,
                slot=slot,
                started=now,
                heartbeat=now,
                stage="Starting",
            )
        except IntegrityError:
            return False

    def mark_submitted(self, run_id: str, launcher: str, again_after: float) -> bool:
        """Note that a queued run was given to a cluster; False when it was within ``again_after`` seconds."""
        now = time.time()
        # One in the future was noted before the clock was set back.
        recently = RunRow.handed_over.between(now - again_after, now + again_after)
        return self._change(
            run_id,
            (RunRow.state == State.QUEUED) & (RunRow.handed_over.is_(None) | ~recently),
            launcher=launcher,
            handed_over=now,
        )

    def withdraw(self, run_id: str) -> bool:
        """Undo :meth:`mark_submitted` after the cluster did not take the run."""
        return self._change(run_id, RunRow.state == State.QUEUED, launcher="", handed_over=None)

    def assign_process(self, run_id: str, process: ProcessIdentity, **details: Any) -> bool:
        """Note which process works on a running run; False when another process does."""
        return self._change(
            run_id,
            (RunRow.state == State.RUNNING) & (RunRow.pid.is_(None) | _is(process)),
            host=process.host,
            pid=process.pid,
            process_started=process.started,
            **details,
        )

    def note(self, run_id: str, by: ProcessIdentity | None = None, **details: Any) -> bool:
        """Update details (stage, progress, heartbeat …) of a running run; False when it no longer runs, or no
        longer ``by`` this process."""
        return self._change(run_id, _running(by), **details)

    def finish(self, run_id: str, summary: dict[str, Any], by: ProcessIdentity | None = None) -> bool:
        """Close a running run with its result."""
        return self.close_run(run_id, State.FINISHED, by, summary=summary, progress=1.0, stage="Finished")

    def close_run(self, run_id: str, state: State, by: ProcessIdentity | None = None, **details: Any) -> bool:
        """Move a running run to an end state and free its slot; False when it had ended already, or is no
        longer ``by`` this process. One that is interrupted after somebody asked for its end is cancelled."""
        end: Any = str(state)
        if state == State.INTERRUPTED:
            end = case((RunRow.cancel_requested, str(State.CANCELLED)), else_=end)
        return self._change(run_id, _running(by), state=end, ended=time.time(), slot=None, **details)

    def release(self, run_id: str, reason: str) -> bool:
        """Take a running run from its worker, whatever that does, and free its slot; also one that cannot be read.
        False when it is not running."""
        return self.close_run(run_id, State.INTERRUPTED, reason=reason)

    def worker_of(self, run_id: str) -> ProcessIdentity | None:
        """Who does the work of a run, also of one that cannot be read; None where nobody does."""
        columns = select(RunRow.host, RunRow.pid, RunRow.process_started).where(RunRow.id == run_id)
        with Session(self._engine) as session:
            row = session.execute(columns).one_or_none()
        # A row that cannot be read may hold anything.
        kinds = (str, int, int | float)
        if row is None or not all(isinstance(value, kind) for value, kind in zip(row, kinds, strict=True)):
            return None
        return ProcessIdentity(row.host, row.pid, row.process_started)

    def lose(self, run: Run, reason: str, log: str) -> bool:
        """Close a run whose worker is gone; False when the run is not as it was read: somebody works on it."""
        state = State.CANCELLED if run.cancel_requested else State.INTERRUPTED
        unchanged = (RunRow.state == State.RUNNING) & (RunRow.heartbeat == run.heartbeat)
        return self._change(run.id, unchanged, state=str(state), ended=time.time(), slot=None, reason=reason, log=log)

    def _move(self, run_id: str, origins: Iterable[State], target: State, **details: Any) -> bool:
        return self._change(run_id, _in(origins), state=str(target), **details)

    def _change(self, run_id: str, condition: ColumnElement[bool], **values: Any) -> bool:
        statement = update(RunRow).where(RunRow.id == run_id, condition).values(**values)
        return self._transaction(lambda session: session.connection().execute(statement).rowcount == 1)


def _in(states: Iterable[State]) -> ColumnElement[bool]:
    return RunRow.state.in_([str(state) for state in states])


def _running(by: ProcessIdentity | None) -> ColumnElement[bool]:
    running = RunRow.state == State.RUNNING
    return running if by is None else running & _is(by)


def _is(process: ProcessIdentity) -> ColumnElement[bool]:
    same = (RunRow.host == process.host) & (RunRow.pid == process.pid)
    return same & (func.abs(RunRow.process_started - process.started) < TOLERANCE)


def _read(row: RunRow) -> Run | UnreadableRun:
    try:
        return read(row)
    except RunError as error:
        return UnreadableRun(row.id, str(error))


def _readable(row: RunRow) -> Run | None:
    found = _read(row)
    if isinstance(found, Run):
        return found
    _log.warning("%s", found.why)
    return None
