"""The result of one run: what was reached, at which epoch, at what cost."""

import statistics
from dataclasses import asdict, dataclass
from typing import Any

from a2q.reports.accounting import Accounts, account
from a2q.reports.measurements import NodeArrays, measure_nodes
from a2q.training import Trainer


@dataclass(frozen=True)
class Summary:
    """The numbers of a finished run.

    Attributes:
        test_accuracy: test accuracy at the epoch with the best validation accuracy, read once.
        validation_accuracy: at that epoch.
        best_epoch: that epoch, counted from 1.
        test_accuracy_paper_protocol: highest test accuracy over all epochs, as the paper's code reports.
        paper_protocol_epoch: the epoch of that maximum.
        average_bits, compression: the paper's account at the best epoch.
        full_bits_per_value, full_compression: the full account at the best epoch.
        items: the full account, item by item.
        seconds_per_epoch: median wall time of an epoch, evaluation included.
    """

    test_accuracy: float
    validation_accuracy: float
    best_epoch: int
    test_accuracy_paper_protocol: float
    paper_protocol_epoch: int
    average_bits: float
    compression: float
    full_bits_per_value: float
    full_compression: float
    items: list[dict[str, Any]]
    seconds_per_epoch: float


def report(trainer: Trainer, epoch_seconds: list[float]) -> tuple[Summary, NodeArrays]:
    """Summary and per-node arrays of a run at its best epoch, whose weights are put back into the model.

    Raises:
        ValueError: not one epoch was trained.
    """
    if trainer.best is None or trainer.best_test is None:
        raise ValueError("Not one epoch was trained, so there is nothing to report; train at least one.")
    trainer.restore_best()
    accounts: Accounts = account(trainer.model, trainer.graph)
    summary = Summary(
        test_accuracy=trainer.best.test_accuracy,
        validation_accuracy=trainer.best.validation_accuracy,
        best_epoch=trainer.best.epoch,
        test_accuracy_paper_protocol=trainer.best_test.test_accuracy,
        paper_protocol_epoch=trainer.best_test.epoch,
        average_bits=accounts.average_bits,
        compression=accounts.compression,
        full_bits_per_value=accounts.full_bits_per_value,
        full_compression=accounts.full_compression,
        items=[asdict(item) for item in accounts.items],
        seconds_per_epoch=statistics.median(epoch_seconds),
    )
    return summary, measure_nodes(trainer.model, trainer.graph)
