"""The result of one run: what was reached, at which epoch, at what cost."""

import re
import statistics
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from a2q.reports.accounting import Accounts, account, compression
from a2q.reports.measurements import NodeArrays, measure_nodes, measured, run_over
from a2q.reports.network_record import NetworkRecord, record_network
from a2q.reports.unmoved import unmoved_bits
from a2q.training import Trainer

_STATUS = Path("/proc/self/status")


def peak_memory_mib() -> float | None:
    """Most memory this process ever held resident, in MiB; None where the system does not tell.

    Read from the kernel's own page on the process: ``getrusage`` of a worker would also count what its parent held
    when it started the worker.
    """
    try:
        found = re.search(r"^VmHWM:\s+(\d+) kB", _STATUS.read_text(encoding="ascii"), re.MULTILINE)
    except OSError:
        return None
    return int(found[1]) / 1024 if found else None


@dataclass(frozen=True)
class Summary:
    """The numbers of a finished run.

    Attributes:
        metric: "accuracy" (share from 0 to 1) or "mae" (mean absolute error), which all scores are.
        test_score: on the test part at the epoch with the best validation score, read once.
        validation_score: at that epoch.
        best_epoch: that epoch, counted from 1.
        test_score_paper_protocol: best test score over all epochs, as the paper's code reports.
        paper_protocol_epoch: the epoch of that maximum.
        average_bits, compression: the paper's account at the best epoch.
        full_bits_per_value, full_compression: the full account at the best epoch.
        items: the full account, item by item.
        seconds_per_epoch: median wall time of an epoch, evaluation included.
        peak_memory_mib: most memory of the process that trained, in MiB; None where the system does not tell.
        unmoved_bits: bits that every node of every learned layer input has at the best epoch as at the start
            (:func:`a2q.reports.unmoved.unmoved_bits`); None where bits moved or are not learned.
        network: its linear maps, for a simulation; None of a run recorded before runs kept them.
    """

    metric: str
    test_score: float
    validation_score: float
    best_epoch: int
    test_score_paper_protocol: float
    paper_protocol_epoch: int
    average_bits: float
    compression: float
    full_bits_per_value: float
    full_compression: float
    items: list[dict[str, Any]]
    seconds_per_epoch: float
    peak_memory_mib: float | None = None
    unmoved_bits: int | None = None
    network: NetworkRecord | None = None


def summarize(trainer: Trainer, epoch_seconds: list[float]) -> tuple[Summary, NodeArrays]:
    """Summary and per-node arrays of a run at its best epoch, whose weights are put back into the model.

    Raises:
        ValueError: not one epoch was trained.
    """
    best, by_test = trainer.best.metrics, trainer.best.by_test
    if best is None or by_test is None:
        raise ValueError("Not one epoch was trained, so there is nothing to report; train at least one.")
    trainer.restore_best()
    batches = measured(trainer.task)
    accounts: Accounts = account(trainer.model, lambda: run_over(trainer.model, batches))
    summary = Summary(
        metric=trainer.task.metric,
        test_score=best.test_score,
        validation_score=best.validation_score,
        best_epoch=best.epoch,
        test_score_paper_protocol=by_test.test_score,
        paper_protocol_epoch=by_test.epoch,
        average_bits=best.average_bits,
        compression=compression(best.average_bits),
        full_bits_per_value=accounts.full_bits_per_value,
        full_compression=accounts.full_compression,
        items=[asdict(item) for item in accounts.items],
        seconds_per_epoch=statistics.median(epoch_seconds),
        peak_memory_mib=peak_memory_mib(),
        unmoved_bits=unmoved_bits(trainer.config.quantization.start_bits, best.bit_counts),
        network=record_network(trainer.model, trainer.task),
    )
    return summary, measure_nodes(trainer.model, trainer.task)
