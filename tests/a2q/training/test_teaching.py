import pytest
import torch
from torch.nn.functional import softmax

from a2q import Graph, Trainer
from a2q.training.distillation import distillation_loss
from a2q.training.trainer import teacher_config


def test_distillation_is_the_divergence_by_hand(generator: torch.Generator) -> None:
    scores, teacher = (torch.randn(5, 4, generator=generator) for _ in range(2))
    given, found = softmax(teacher / 2, 1), softmax(scores / 2, 1)
    expected = 4 * (given * (given.log() - found.log())).sum(1).mean()
    assert distillation_loss(scores, teacher, 2.0, "accuracy").item() == pytest.approx(expected.item(), rel=1e-5)
    assert distillation_loss(teacher, teacher, 2.0, "accuracy").item() == pytest.approx(0, abs=1e-6)
    assert distillation_loss(scores, teacher, 2.0, "mae").item() == pytest.approx(
        (scores - teacher).abs().mean().item()
    )


def test_the_student_starts_from_its_teachers_best_weights(citations: Graph, make_config) -> None:
    settings = ("training.warm_start=true", "training.distillation=3", "training.epochs=5", "model.dropout=0.1")
    config = make_config("a2q", *settings, "training.teacher_dropout=0.4", "training.teacher_weight_decay=0.001")
    trainer, teacher = Trainer(citations, config), Trainer(citations, teacher_config(config))
    assert (teacher.config.model.dropout, teacher.config.training.weight_decay) == (0.4, 0.001)
    while not teacher.finished:
        teacher.run_epoch()
    teacher.restore_best()
    assert list(trainer.warm_up()) == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    weights = trainer.model.state_dict()
    assert all(torch.equal(weights[name], values) for name, values in teacher.model.state_dict().items())
    assert list(trainer.warm_up()) == []
    assert trainer.epoch == 0


def test_a_taught_run_resumes_bit_for_bit(citations: Graph, make_config) -> None:
    settings = ("training.warm_start=true", "training.distillation=3", "quantization.target_average_bits=2")
    config = make_config("a2q", *settings, "training.epochs=6")
    whole, stopped, resumed = (Trainer(citations, config) for _ in range(3))
    history = [whole.run_epoch() for _ in range(6)]
    for _ in range(2):
        stopped.run_epoch()
    resumed.resume(stopped.checkpoint())
    later = [resumed.run_epoch() for _ in range(4)]
    assert [vars(m) | {"seconds": 0} for m in later] == [vars(m) | {"seconds": 0} for m in history[2:]]


def test_only_epochs_that_keep_the_target_are_chosen(citations: Graph, make_config) -> None:
    settings = ("quantization.target_average_bits=2", "training.epochs=60", "training.lr_bits=0.1")
    trainer = Trainer(citations, make_config("a2q", *settings))
    history = [trainer.run_epoch() for _ in range(60)]
    assert history[0].average_bits > 2.05
    kept = [metrics for metrics in history if metrics.average_bits <= 2.05]
    assert trainer.best.metrics in kept
    assert trainer.best.metrics.validation_score == max(metrics.validation_score for metrics in kept)


@pytest.mark.parametrize(
    ("learn", "moved"), [("nothing", set()), ("steps", {"step"}), ("bits", {"bits"}), ("both", {"step", "bits"})]
)
def test_what_is_learned_is_what_moves(citations: Graph, make_config, learn: str, moved: set[str]) -> None:
    trainer = Trainer(citations, make_config("a2q", f"quantization.learn={learn}", "training.epochs=2"))
    quantizer = trainer.model.convs[1].lin.quantizer("input")
    before = {name: getattr(quantizer, name).clone() for name in ("step", "bits")}
    trainer.run_epoch()
    assert {name for name, values in before.items() if not torch.equal(values, getattr(quantizer, name))} == moved


def test_the_task_gradient_reaches_few_nodes_and_the_local_one_all(citations: Graph, make_config) -> None:
    reached = {}
    for gradient in ("task", "local"):
        config = make_config("a2q", f"quantization.gradient={gradient}", "quantization.penalty=0", "model.dropout=0")
        trainer = Trainer(citations, config)
        trainer.train_epoch()
        grad = trainer.model.convs[1].lin.quantizer("input").step.grad.flatten()
        reached[gradient] = grad != 0
    edges, train = citations.edges, citations.train.nonzero().flatten()
    near = (edges.convolution().to_dense()[train] > 0).any(0)
    assert not reached["task"][~near].any()
    assert reached["task"].sum() <= near.sum() < citations.num_nodes
    assert reached["local"].double().mean() > 0.9
