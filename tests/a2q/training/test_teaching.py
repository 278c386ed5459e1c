import pytest
import torch
from torch.testing import assert_close
from torch_geometric.data import Data

from a2q import Graph, Trainer, prepare
from a2q.quantize import learned_features
from a2q.quantize.param_groups import quantizers
from a2q.tasks import forward
from a2q.training.distillation import distillation_loss
from a2q.training.trainer import teacher_config


def test_the_student_starts_from_its_teachers_best_weights(citations: Graph, make_config, spoil) -> None:
    settings = ("training.warm_start=true", "training.epochs=10", "training.lr=0.2", "model.dropout=0.1")
    config = make_config("a2q", *settings, "training.teacher_dropout=0.4", "training.teacher_weight_decay=0.001")
    trainer, teacher = Trainer(citations, config), Trainer(citations, teacher_config(config))
    assert (teacher.config.model.dropout, teacher.config.training.weight_decay) == (0.4, 0.001)
    for _ in range(9):
        teacher.run_epoch()
    spoil(teacher)
    teacher.run_epoch()
    assert teacher.best.metrics.epoch < 10
    teacher.restore_best()
    shares = []
    for share in trainer.warm_up():
        shares.append(share)
        if len(shares) == 9:
            spoil(trainer._teacher)
    assert shares == pytest.approx([share / 10 for share in range(1, 11)])
    weights = trainer.model.state_dict()
    assert all(torch.equal(weights[name], values) for name, values in teacher.model.state_dict().items())
    assert list(trainer.warm_up()) == []
    assert trainer.epoch == 0
    assert all(quantizer.started for quantizer in quantizers(trainer.model))


@pytest.mark.parametrize("name", ["uniform", "degree-quant", "binary", "a2q"])
@pytest.mark.parametrize("model", ["gcn", "gin", "gat", "sage"])
def test_every_student_takes_every_weight_of_its_teacher(make_task, make_graph_config, name: str, model: str) -> None:
    settings = ("training.warm_start=true", "training.epochs=1", "model.batch_norm=true", "model.embedding=true")
    trainer = Trainer(make_task(), make_graph_config(name, *settings, model=model))
    teacher = trainer._teacher
    list(trainer.warm_up())
    weights = trainer.model.state_dict()
    taken = teacher.model.state_dict()
    assert len(taken) > 10
    assert all(torch.equal(weights[name], values) for name, values in taken.items())


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
    kept = [metrics for metrics in history if 1.9 <= metrics.average_bits <= 2.05]
    assert trainer.best.metrics in kept
    assert trainer.best.metrics.validation_score == max(metrics.validation_score for metrics in kept)


@pytest.mark.parametrize("done", [0, 1, 4, 5])
def test_a_run_stopped_while_its_teacher_learns_goes_on_as_if_never_stopped(
    citations: Graph, make_config, done: int
) -> None:
    settings = ("training.warm_start=true", "training.distillation=3", "training.epochs=5")
    config = make_config("a2q", *settings)
    whole, stopped, resumed = (Trainer(citations, config) for _ in range(3))
    history = [vars(whole.run_epoch()) | {"seconds": 0} for _ in range(5)]
    shares = stopped.warm_up()
    for _ in range(done):
        next(shares)
    # Whatever the other one has done before, even all of its own warm-up, counts no more.
    resumed.run_epoch()
    resumed.resume(stopped.checkpoint())
    assert len(list(resumed.warm_up())) == 5 - done
    assert [vars(resumed.run_epoch()) | {"seconds": 0} for _ in range(5)] == history


@pytest.mark.parametrize("level", ["nodes", "graphs"])
def test_the_distillation_term_is_added_by_its_weight(
    citations: Graph, make_config, make_task, make_graph_config, level: str
) -> None:
    settings = ("training.warm_start=true", "training.distillation=3", "training.temperature=2", "model.dropout=0")
    if level == "nodes":
        trainer = Trainer(citations, make_config("uniform", *settings, "training.epochs=2"))
    else:
        trainer = Trainer(make_task(batch_size=30), make_graph_config("uniform", *settings))
    list(trainer.warm_up())
    trainer.model.train()
    (batch,) = trainer.task.batches(torch.Generator().manual_seed(0))
    scores, task = forward(trainer.model, batch), trainer.task
    taught = distillation_loss(scores, trainer._teacher_scores[batch.items], 2.0, "accuracy")
    labelled = scores if batch.labelled is None else scores[batch.labelled]
    weight = next(parameter for parameter in trainer.model.parameters() if parameter.dim() == 2)
    (expected,) = torch.autograd.grad(task.loss(labelled, batch.labels) + 3 * taught, weight)
    assert taught.item() > 0
    trainer.train_epoch()
    assert_close(weight.grad, expected, rtol=1e-3, atol=1e-6)


def test_a_target_in_kib_is_kept_as_one_in_bits_is(citations: Graph, make_config) -> None:
    # 2 bits of every value, of 300 nodes and 16 columns.
    kib = 2 * 300 * 16 / 8192
    settings = ("training.epochs=60", "training.lr_bits=0.1", "training.lr=0.03")
    trainer = Trainer(citations, make_config("a2q", f"quantization.target_kib={kib}", *settings))
    history = [trainer.run_epoch() for _ in range(60)]
    kept = [metrics for metrics in history if 1.9 <= metrics.average_bits <= 2.05]
    assert 0 < len(kept) < 60
    assert trainer.best.metrics in kept
    assert trainer.best.metrics.validation_score == max(metrics.validation_score for metrics in kept)


def test_without_an_epoch_that_keeps_the_target_the_best_of_all_is_chosen(citations: Graph, make_config) -> None:
    still = ("quantization.target_average_bits=1.5", "training.lr_bits=0", "training.epochs=8")
    trainer = Trainer(citations, make_config("a2q", *still))
    # Bits are moved onto the target in the last quarter only.
    history = [trainer.run_epoch() for _ in range(6)]
    assert all(metrics.average_bits == 4 for metrics in history)
    assert trainer.best.metrics.validation_score == max(metrics.validation_score for metrics in history)


@pytest.mark.parametrize(
    ("learn", "moved"), [("nothing", set()), ("steps", {"step"}), ("bits", {"bits"}), ("both", {"step", "bits"})]
)
def test_what_is_learned_is_what_moves(citations: Graph, make_config, learn: str, moved: set[str]) -> None:
    trainer = Trainer(citations, make_config("a2q", f"quantization.learn={learn}", "training.epochs=2"))
    quantizer = trainer.model.convs[1].lin.quantizer("input")
    before = {name: getattr(quantizer, name).clone() for name in ("step", "bits")}
    trainer.run_epoch()
    assert {name for name, values in before.items() if not torch.equal(values, getattr(quantizer, name))} == moved


# Nodes of a path 0 - 1 - … whose quantizer the loss reaches when node 0 alone is labelled, by layer input.
_REACHED = {
    "gcn": {"convs.1.lin": {0, 1}},
    "gat": {"convs.1.lin": {0, 1}},
    "gin": {"convs.0.nn.0": {0, 1}, "convs.1.nn.0": {0}},
    "sage": {"convs.0.lin_l": {0, 1}, "convs.1.lin_l": {0}, "convs.1.lin_r": {0}},
}


@pytest.mark.parametrize("name", _REACHED)
def test_the_task_gradient_reaches_few_nodes_and_the_local_one_all(
    make_config, generator: torch.Generator, name: str
) -> None:
    nodes = torch.arange(9)
    path = torch.stack([nodes[:-1], nodes[1:]])
    data = Data(x=torch.rand(9, 5, generator=generator), edge_index=torch.cat([path, path.flip(0)], 1), y=nodes % 3)
    graph = prepare(data.update({"train_mask": nodes == 0, "val_mask": nodes == 4, "test_mask": nodes == 8}))
    for gradient in ("task", "local"):
        config = make_config(
            "a2q",
            f"quantization.gradient={gradient}",
            "quantization.penalty=0",
            "model.dropout=0",
            f"model.name={name}",
        )
        trainer = Trainer(graph, config)
        trainer.train_epoch()
        reached = {
            layer: set(quantizer.step.grad.flatten().nonzero().flatten().tolist())
            for layer, (_, quantizer) in learned_features(trainer.model).items()
        }
        everyone = {layer: set(range(9)) for layer in _REACHED[name]}
        assert reached == (_REACHED[name] if gradient == "task" else everyone)
