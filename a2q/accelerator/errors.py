"""Faults of what is simulated that a user can do something about."""

from a2q.config import ConfigError


class AcceleratorError(ConfigError):
    """The message is one sentence for the user: what was given, what is allowed, what to do."""
