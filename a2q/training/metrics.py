"""What is known after one epoch."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class EpochMetrics:
    """One row of a run's history.

    Attributes:
        epoch: counted from 1.
        loss: task loss in training, dropout on.
        penalty: memory penalty added to it.
        train_score, validation_score, test_score: by the task's metric, such as accuracy (share of nodes or graphs
            classified correctly) or, for a regression, mean absolute error; dropout off. The test column serves the
            paper's protocol only; nothing is chosen by it.
        validation_loss: task loss on the validation part.
        average_bits: unweighted mean over quantized layer inputs of their nodes' mean effective bits
            (the paper's account); 32 where nothing is quantized.
        bit_counts: for each quantized layer input, how many nodes have 0, 1, …, 8 effective bits.
        seconds: wall time of the epoch, evaluation included.
    """

    epoch: int
    loss: float
    penalty: float
    train_score: float
    validation_score: float
    test_score: float
    validation_loss: float
    average_bits: float
    bit_counts: list[list[int]]
    seconds: float

    @property
    def diverged(self) -> bool:
        """Whether a loss, before or after the epoch's step, is no longer a number."""
        return not (math.isfinite(self.loss) and math.isfinite(self.validation_loss))
