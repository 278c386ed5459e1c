"""How learning rates change over a run."""

from typing import Any

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau, StepLR

from a2q.training.config import TrainingConfig

HALVED_EVERY = 50
LOWEST_RATE = 1e-4


class Schedule:
    """A torch scheduler chosen by the config, stepped once an epoch; all groups follow it.

    Args:
        optimizer: whose learning rates change.
        config: "constant", "step" (halved every 50 epochs) or "plateau".

    Source: the paper's graph-level commands.
    """

    def __init__(self, optimizer: Optimizer, config: TrainingConfig) -> None:
        self._scheduler: LRScheduler | None = None
        match config.schedule:
            case "step":
                self._scheduler = StepLR(optimizer, HALVED_EVERY, gamma=0.5)
            case "plateau":
                lowest = [min(LOWEST_RATE, group["lr"]) for group in optimizer.param_groups]
                self._scheduler = ReduceLROnPlateau(optimizer, factor=0.5, patience=config.patience, min_lr=lowest)

    def step(self, validation_loss: float) -> None:
        """One epoch is over."""
        if isinstance(self._scheduler, ReduceLROnPlateau):
            self._scheduler.step(validation_loss)
        elif self._scheduler is not None:
            self._scheduler.step()

    def state_dict(self) -> dict[str, Any]:
        """Plain values."""
        return self._scheduler.state_dict() if self._scheduler is not None else {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up the values of :meth:`state_dict`."""
        if self._scheduler is not None:
            self._scheduler.load_state_dict(state)
