"""Faults of the run store that a user can do something about."""


class RunError(RuntimeError):
    """The message is one sentence for the user."""


class DamagedRunError(RunError):
    """What a run recorded is not what was written."""

    def __init__(self, run_id: str, what: str) -> None:
        super().__init__(f"{what} of run {run_id} cannot be read: it is damaged; delete the run, or restore a backup.")


class UnknownRunError(RunError):
    """No run, or more than one, fits the given id."""
