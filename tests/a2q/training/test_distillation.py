import pytest
import torch
from torch.nn.functional import cross_entropy, softmax
from torch.testing import assert_close

from a2q.training.distillation import distillation_loss


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0, 7.0])
def test_classes_learn_by_the_divergence_written_out(generator: torch.Generator, temperature: float) -> None:
    scores, teacher = (torch.randn(5, 4, generator=generator) for _ in range(2))
    given, found = softmax(teacher / temperature, 1), softmax(scores / temperature, 1)
    expected = temperature**2 * (given * (given.log() - found.log())).sum(1).mean()
    assert_close(distillation_loss(scores, teacher, temperature, "accuracy"), expected)


def test_values_learn_by_the_absolute_difference(generator: torch.Generator) -> None:
    scores, teacher = (torch.randn(5, 1, generator=generator) for _ in range(2))
    for temperature in (1.0, 3.0):
        found = distillation_loss(scores, teacher, temperature, "mae")
        assert_close(found, (scores - teacher).abs().mean())


@pytest.mark.parametrize("metric", ["accuracy", "mae"])
def test_equal_scores_have_nothing_to_learn(generator: torch.Generator, metric: str) -> None:
    scores = torch.randn(6, 3, generator=generator).requires_grad_()
    loss = distillation_loss(scores, scores.detach(), 2.0, metric)
    (gradient,) = torch.autograd.grad(loss, scores)
    assert loss.item() == pytest.approx(0, abs=1e-6)
    assert gradient.abs().max() < 1e-6


def test_a_sure_teacher_teaches_as_labels_do(generator: torch.Generator) -> None:
    scores, labels = torch.randn(6, 3, generator=generator), torch.tensor([0, 2, 1, 1, 0, 2])
    sure = 200.0 * torch.eye(3)[labels]
    assert_close(distillation_loss(scores, sure, 1.0, "accuracy"), cross_entropy(scores, labels))
