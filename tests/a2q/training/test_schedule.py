import pytest
import torch
from torch import nn
from torch.optim import SGD

from a2q import TrainingConfig
from a2q.training.schedule import Schedule


def _optimizer() -> SGD:
    groups = [nn.Parameter(torch.zeros(1)) for _ in range(3)]
    return SGD([{"params": [group], "lr": lr} for group, lr in zip(groups, (0.1, 1e-3, 5e-5), strict=True)])


def _rates(config: TrainingConfig, losses: list[float], stop: int | None = None) -> list[list[float]]:
    """Learning rates in use in each epoch; with ``stop`` by two schedules, the second taking up the first's state."""
    optimizer = _optimizer()
    schedule = Schedule(optimizer, config)
    found = []
    for epoch, loss in enumerate(losses):
        if epoch == stop:
            kept, moved = schedule.state_dict(), optimizer.state_dict()
            optimizer = _optimizer()
            schedule = Schedule(optimizer, config)
            optimizer.load_state_dict(moved)
            schedule.load_state_dict(kept)
        found.append([group["lr"] for group in optimizer.param_groups])
        optimizer.step()
        schedule.step(loss)
    return found


def test_constant_rates_stay() -> None:
    assert _rates(TrainingConfig(), [1.0] * 5) == [[0.1, 1e-3, 5e-5]] * 5
    assert Schedule(_optimizer(), TrainingConfig()).state_dict() == {}


@pytest.mark.parametrize("stop", [None, 1, 50, 70])
def test_steps_halve_every_rate_every_50_epochs(stop: int | None) -> None:
    found = _rates(TrainingConfig(schedule="step"), [0.0] * 120, stop)
    for epoch, rates in enumerate(found):
        assert rates == pytest.approx([rate * 0.5 ** (epoch // 50) for rate in (0.1, 1e-3, 5e-5)])


def _plateau_by_hand(losses: list[float], patience: int) -> list[list[float]]:
    rates, best, waited, found = [0.1, 1e-3, 5e-5], float("inf"), 0, []
    # A rate below the least one stays where it is.
    lowest = [1e-4, 1e-4, 5e-5]
    for loss in losses:
        found.append(list(rates))
        better = loss < best * (1 - 1e-4)
        best, waited = (loss, 0) if better else (best, waited + 1)
        if waited > patience:
            rates, waited = [max(rate / 2, least) for rate, least in zip(rates, lowest, strict=True)], 0
    return found


@pytest.mark.parametrize("patience", [1, 3])
@pytest.mark.parametrize("stop", [None, 7, 20])
def test_a_plateau_halves_every_rate_down_to_the_least(patience: int, stop: int | None) -> None:
    drawn = torch.rand(60, generator=torch.Generator().manual_seed(0))
    losses = (drawn + torch.linspace(1, 0.5, 60)).tolist()
    found = _rates(TrainingConfig(schedule="plateau", patience=patience), losses, stop)
    for rates, expected in zip(found, _plateau_by_hand(losses, patience), strict=True):
        assert rates == pytest.approx(expected)
    assert found[-1][1] == pytest.approx(1e-4) or patience == 3
    assert found[0] != found[-1]
