"""Tells of runs that were recorded before summaries did whether their bits equal their start."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from a2q.experiments.store.run import Run
from a2q.experiments.store.schema import EpochRow
from a2q.reports.unmoved import unmoved_bits


def with_unmoved(session: Session, runs: Sequence[Run]) -> list[Run]:
    """The runs, those whose average bits equal their start with what the history of their best epoch says of it.

    An average alone does not tell: nodes may have moved up and down in equal numbers.
    """
    asked = {(run.id, (run.summary or {})["best_epoch"]): run for run in runs if _may_be_unmoved(run)}
    if not asked:
        return list(runs)
    rows = select(EpochRow.run_id, EpochRow.bit_counts).where(tuple_(EpochRow.run_id, EpochRow.epoch).in_(asked))
    counts = {run_id: counts for run_id, counts in session.execute(rows) if _is_whole(counts)}
    told = []
    for run in runs:
        if run.id in counts:
            bits = unmoved_bits(run.config.quantization.start_bits, counts[run.id])
            run = replace(run, summary={**(run.summary or {}), "unmoved_bits": bits})
        told.append(run)
    return told


def _may_be_unmoved(run: Run) -> bool:
    summary, start = run.summary or {}, run.config.quantization.start_bits
    known = summary.get("unmoved_bits") is not None or not isinstance(summary.get("best_epoch"), int)
    return not known and start is not None and summary.get("average_bits") in (start, max(start, 2))


def _is_whole(counts: object) -> bool:
    """Whether a row holds counts; databases keep whatever they are given."""
    return isinstance(counts, list) and all(
        isinstance(layer, list) and all(isinstance(count, int) for count in layer) for layer in counts
    )
