"""Faults of the run store that a user can do something about."""


class RunError(RuntimeError):
    """The message is one sentence for the user."""


class UnknownRunError(RunError):
    """No run, or more than one, fits the given id."""
