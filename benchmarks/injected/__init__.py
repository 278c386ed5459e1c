"""Faults that are put in on purpose, and what came of them: one kind each."""
