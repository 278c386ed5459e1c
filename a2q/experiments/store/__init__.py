"""The run store: every run with its state, history, arrays, annotations and saved selections."""

from a2q.experiments.store.errors import DamagedRunError as DamagedRunError
from a2q.experiments.store.errors import RunError as RunError
from a2q.experiments.store.errors import UnknownRunError as UnknownRunError
from a2q.experiments.store.run import Run as Run
from a2q.experiments.store.run_store import RunStore as RunStore
from a2q.experiments.store.schema import State as State
