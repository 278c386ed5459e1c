"""How a load tells how far it has come."""

from collections.abc import Callable

Progress = Callable[[float, str], None]
"""Told how far a load has come (0 to 1) and a sentence that says what it does."""


def no_progress(fraction: float, sentence: str) -> None:
    """Take a report of progress that nobody asked for."""
