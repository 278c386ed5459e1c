"""The result of one run: what was reached, at which epoch, at what cost."""

import re
import statistics
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from a2q.models import Network
from a2q.reports.accounting import Accounts, account, compression
from a2q.reports.measurements import NodeArrays, measure_nodes, measured, run_over
from a2q.reports.network_record import NetworkRecord, record_network
from a2q.reports.notices import constant_score
from a2q.reports.unmoved import unmoved_bits
from a2q.reports.worth import WARM_START_PREDICTION
from a2q.tasks import NodeTask
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
        metric: what all scores are: "accuracy", "roc-auc" or "f1" (from 0 to 1), or "mae" (mean absolute error).
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
        test_items: nodes or graphs of the test part.
        constant_score: what one answer for all reaches on the test part (:func:`a2q.reports.notices.constant_score`).
        missed_target: what was asked for and delivered, where no epoch kept the target for the bits; else empty.
        unmoved_bits: bits that every node of every learned layer input has at the best epoch as at the start
            (:func:`a2q.reports.unmoved.unmoved_bits`); None where bits moved or are not learned.
        fp32_test_score: of the FP32 network that training started from, at its own best epoch; None without one.
            None of all three where an earlier version recorded the run.
        validation_loss: at the best epoch.
        distillation_loss: there, over all items and without its weight; None without a teacher.
        network: its linear maps, for a simulation; None of a run recorded before runs kept them, and of an own model.
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
    test_items: int | None = None
    constant_score: float | None = None
    fp32_test_score: float | None = None
    validation_loss: float | None = None
    distillation_loss: float | None = None
    missed_target: str = ""
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
        test_items=len(trainer.task.test_labels),
        constant_score=constant_score(trainer.task.test_labels.numpy(), trainer.task.metric),
        fp32_test_score=trainer.fp32_test_score,
        validation_loss=best.validation_loss,
        distillation_loss=trainer.distillation_loss(),
        missed_target=trainer.best.missed_target,
        unmoved_bits=unmoved_bits(trainer.config.quantization.start_bits, best.bit_counts),
        network=record_network(trainer.model, trainer.task) if isinstance(trainer.model, Network) else None,
    )
    arrays = measure_nodes(trainer.model, trainer.task)
    if trainer.fp32_predictions is not None and isinstance(trainer.task, NodeTask):
        arrays[WARM_START_PREDICTION] = trainer.fp32_predictions.numpy()
    return summary, arrays
