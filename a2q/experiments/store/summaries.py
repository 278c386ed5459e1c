"""Reads the summaries that an older version stored."""

from typing import Any

_RENAMED = {
    "test_accuracy": "test_score",
    "validation_accuracy": "validation_score",
    "test_accuracy_paper_protocol": "test_score_paper_protocol",
}


def upgraded(summary: dict[str, Any] | None) -> dict[str, Any] | None:
    """A stored summary with today's names: once, every score was an accuracy."""
    if summary is None or "metric" in summary:
        return summary
    return {"metric": "accuracy"} | {_RENAMED.get(name, name): value for name, value in summary.items()}
