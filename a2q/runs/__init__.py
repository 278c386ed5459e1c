"""Runs: the store they live in, the process that does one, and how it gets started."""

from a2q.runs.dispatch import dispatch as dispatch
from a2q.runs.errors import RunError as RunError
from a2q.runs.errors import UnknownRunError as UnknownRunError
from a2q.runs.record import Run as Run
from a2q.runs.schema import State as State
from a2q.runs.store import RunStore as RunStore
