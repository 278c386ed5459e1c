"""Faults of what is simulated that a user can do something about."""


class AcceleratorError(ValueError):
    """The message is one sentence for the user: what was given, what is allowed, what to do."""
