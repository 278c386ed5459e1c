"""Experiments: what determines a run, the store runs live in, the worker that trains one, and what they reach."""
