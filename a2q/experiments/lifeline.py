"""A worker's tie to the store while it is busy: heartbeat, progress, and the wish to stop."""

import logging
import os
import threading
import time
from types import TracebackType
from typing import Self

from sqlalchemy.exc import SQLAlchemyError

from a2q.experiments.launch.dispatch import dispatch_next
from a2q.experiments.process import ProcessIdentity
from a2q.experiments.store.errors import RunError
from a2q.experiments.store.run_store import RunStore
from a2q.experiments.store.schema import State

BEAT_SECONDS = 0.25
# A cancelled worker gets this long to reach the end of an epoch and save a checkpoint.
GRACE_SECONDS = 1.0

REASONS = {
    State.CANCELLED: "Cancelled; resume the run to go on from its last checkpoint.",
    State.INTERRUPTED: "The worker was told to end (SIGTERM); resume the run to go on from its last checkpoint.",
}

_log = logging.getLogger("a2q.worker")


class Stop(Exception):  # noqa: N818 - a request, not an error
    """The run shall end now, in ``state``."""

    def __init__(self, state: State) -> None:
        super().__init__(REASONS[state])
        self.state, self.reason = state, REASONS[state]


class Lifeline:
    """A thread that beats four times a second, writes ``progress`` and watches for a cancel request.

    A worker stuck in one long operation cannot look up from it; so if the work does not end within one
    second of a request, the thread closes the run itself and ends the process.

    Args:
        process: who does the work. Once the store names another, or says that the run has ended, it ends.
    """

    def __init__(self, store: RunStore, run_id: str, process: ProcessIdentity) -> None:
        self._store, self._run_id, self._process = store, run_id, process
        self.progress = (0.0, "Starting")
        self._wish: State | None = None
        self._wished_at = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="lifeline", daemon=True)

    def stop(self, state: State) -> None:
        """Ask the work to end in ``state``."""
        if self._wish is None:
            self._wish, self._wished_at = state, time.monotonic()

    def check(self) -> None:
        """Raise :class:`Stop` if the run shall end; called by the work between its steps."""
        if self._wish is not None:
            raise Stop(self._wish)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._done.wait(BEAT_SECONDS):
            try:
                self._once()
            except (SQLAlchemyError, RunError) as error:
                _log.warning("The run store did not answer: %s", error)

    def _once(self) -> None:
        fraction, stage = self.progress
        beat = {"heartbeat": time.time(), "progress": fraction, "stage": stage}
        if not self._store.note(self._run_id, by=self._process, **beat):
            self.stop(State.INTERRUPTED)
        elif self._store.get(self._run_id).cancel_requested:
            self.stop(State.CANCELLED)
        if self._wish is not None and time.monotonic() - self._wished_at > GRACE_SECONDS:
            self._end(self._wish)

    def _end(self, state: State) -> None:
        self._store.close_run(self._run_id, state, by=self._process, reason=REASONS[state])
        try:
            dispatch_next(self._store)
        finally:
            os._exit(0)
