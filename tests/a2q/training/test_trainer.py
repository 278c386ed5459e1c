import dataclasses
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.testing import assert_close
from torch_geometric.data import Data

from a2q import EpochMetrics, Graph, Quantizer, RunConfig, Trainer, prepare
from a2q.datasets import DatasetConfig, load
from a2q.experiments.presets import preset
from a2q.quantize import learned_features, memory_penalty
from a2q.tasks import Task
from a2q.training import TrainingDivergedError
from a2q.training import trainer as trainer_module

MakeConfig = Callable[..., RunConfig]
MakeTrainer = Callable[..., Trainer]

# Settings under which bits, steps and weights all move much in few epochs.
_LIVELY = ("model.layers=3", "quantization.min_bits=0", "quantization.penalty=20", "training.lr_bits=0.3")


def _untimed(metrics: EpochMetrics) -> dict[str, Any]:
    return {name: value for name, value in vars(metrics).items() if name != "seconds"}


def _history(trainer: Trainer, epochs: int | None = None) -> list[dict[str, Any]]:
    found = []
    while not trainer.finished and (epochs is None or len(found) < epochs):
        found.append(_untimed(trainer.run_epoch()))
    return found


def _bits(trainer: Trainer) -> Tensor:
    return torch.stack([quantizer.bits.detach().flatten() for quantizer in _learned(trainer)])


def _learned(trainer: Trainer) -> list[Quantizer]:
    return [quantizer for _, quantizer in learned_features(trainer.model).values()]


def _same_state(first: Trainer, second: Trainer) -> bool:
    ours, theirs = first.model.state_dict(), second.model.state_dict()
    return ours.keys() == theirs.keys() and all(torch.equal(values, theirs[name]) for name, values in ours.items())


@pytest.mark.parametrize("name", ["a2q", "a2q-paper", "fp32", "fp32-textbook"])
@pytest.mark.parametrize("layers", [2, 3])
def test_every_preset_learns(citations: Graph, make_config: MakeConfig, name: str, layers: int) -> None:
    # Three layers under Cora's weight decay shrink to nothing on so small a graph, so it is set to the textbook's.
    settings = ("training.epochs=40", f"model.layers={layers}", "training.weight_decay=0.0005")
    history = _history(Trainer(citations, make_config(name, *settings)))
    assert [metrics["epoch"] for metrics in history] == list(range(1, 41))
    assert history[-1]["loss"] < 0.9 * history[0]["loss"]
    assert max(metrics["train_score"] for metrics in history) > 0.6
    assert all(len(metrics["bit_counts"]) == (layers - 1 if "a2q" in name else 0) for metrics in history)


@pytest.mark.parametrize("name", ["a2q", "a2q-paper", "fp32"])
def test_a_seed_repeats_exactly_and_another_differs(citations: Graph, make_config: MakeConfig, name: str) -> None:
    first, again, other = (Trainer(citations, make_config(name, f"seed={seed}")) for seed in (4, 4, 5))
    torch.manual_seed(0)
    history = _history(first)
    torch.manual_seed(99)
    assert _history(again) == history
    assert _same_state(first, again)
    assert _history(other) != history
    assert not _same_state(first, other)


@pytest.mark.parametrize("stop", [0, 7, 11])
@pytest.mark.parametrize("settings", [(), _LIVELY], ids=["calm", "lively"])
def test_resumed_equals_uninterrupted(
    citations: Graph, make_config: MakeConfig, stop: int, settings: tuple[str, ...]
) -> None:
    config = make_config("a2q-paper", *settings)
    whole, stopped, resumed = (Trainer(citations, config) for _ in range(3))
    expected = _history(whole)
    history = _history(stopped, stop)
    checkpoint = stopped.checkpoint()
    _history(stopped)
    _history(resumed, 3)
    resumed.resume(checkpoint)
    assert resumed.epoch == stop
    assert history + _history(resumed) == expected
    assert _same_state(whole, resumed)
    assert _untimed(resumed.best.metrics) == _untimed(whole.best.metrics)
    assert _untimed(resumed.best.by_test) == _untimed(whole.best.by_test)
    for trainer in (whole, resumed):
        trainer.restore_best()
    assert _same_state(whole, resumed)


def _equal_when_resumed(task: Graph | Task, config: RunConfig) -> Trainer:
    """Train to the end, once straight and once with a stop at half, and hold the two against each other."""
    whole, stopped, resumed = (Trainer(task, config) for _ in range(3))
    expected = _history(whole)
    history = _history(stopped, config.training.epochs // 2)
    resumed.resume(stopped.checkpoint())
    assert history + _history(resumed) == expected
    assert _same_state(whole, resumed)
    assert whole._schedule.state_dict() == resumed._schedule.state_dict()
    return whole


@pytest.mark.parametrize("name", ["a2q", "uniform", "degree-quant", "degree-bits", "fixed-bits", "binary", "fp32"])
@pytest.mark.parametrize("model", ["gcn", "gin", "gat", "sage"])
def test_every_method_resumes_on_nodes_bit_for_bit(
    citations: Graph, make_config: MakeConfig, name: str, model: str
) -> None:
    drops = ("model.dropout=0.3", "model.input_dropout=0.3", "model.attention_dropout=0.3")
    # Masks of Degree-Quant are random: with a chance this high they matter in every epoch.
    protected = ("quantization.protect_high=0.9",) if name == "degree-quant" else ()
    small = (f"model.name={model}", "model.hidden=4", "model.heads=2", "training.epochs=2")
    _equal_when_resumed(citations, make_config(name, *small, *drops, *protected))


@pytest.mark.parametrize("name", ["a2q", "uniform", "degree-quant", "binary", "fp32"])
@pytest.mark.parametrize("model", ["gcn", "gin", "gat", "sage"])
def test_every_method_resumes_on_graphs_bit_for_bit(
    make_task: Callable[..., Task], make_graph_config: MakeConfig, name: str, model: str
) -> None:
    drops = ("model.dropout=0.3", "model.input_dropout=0.3", "model.attention_dropout=0.3")
    _equal_when_resumed(make_task(batch_size=11), make_graph_config(name, *drops, "training.epochs=2", model=model))


@pytest.mark.parametrize("regression", [False, True])
def test_taught_graphs_resume_bit_for_bit_under_a_schedule(
    make_task: Callable[..., Task], make_graph_config: MakeConfig, monkeypatch: pytest.MonkeyPatch, regression: bool
) -> None:
    taught = ("training.warm_start=true", "training.distillation=2", "model.dropout=0.3", "training.epochs=6")
    moved = ("training.schedule=plateau", "training.patience=1", "training.lr=0.5")
    task = make_task(regression, 11)
    evaluate = task.evaluate
    # A loss that stays the same stands on a plateau from the second epoch on, whatever is learned.
    monkeypatch.setattr(task, "evaluate", lambda model: dataclasses.replace(evaluate(model), validation_loss=1.0))
    trainer = _equal_when_resumed(task, make_graph_config("a2q", *taught, *moved))
    # Halved after epochs 3 and 5, each the second in a row that was no better.
    assert trainer.optimizer.param_groups[0]["lr"] == 0.5 / 4


def test_the_best_weights_survive_a_stop(
    citations: Graph, make_config: MakeConfig, spoil: Callable[[Trainer], None]
) -> None:
    config = make_config("a2q", "training.epochs=30", "training.lr=0.05")
    stopped, resumed = Trainer(citations, config), Trainer(citations, config)
    _history(stopped, 29)
    spoil(stopped)
    _history(stopped)
    assert stopped.best.metrics.epoch < 30
    resumed.resume(stopped.checkpoint())
    assert _same_state(stopped, resumed)
    last = {name: values.clone() for name, values in resumed.model.state_dict().items()}
    for trainer in (stopped, resumed):
        trainer.restore_best()
    assert _same_state(stopped, resumed)
    assert any(not torch.equal(values, last[name]) for name, values in resumed.model.state_dict().items())


def test_among_equal_epochs_the_first_is_best(citations: Graph, make_config: MakeConfig) -> None:
    trainer = Trainer(citations, make_config("fp32", "training.epochs=3", "training.lr=1e-30"))
    _history(trainer)
    assert (trainer.best.metrics.epoch, trainer.best.by_test.epoch) == (1, 1)


def test_permuted_nodes_get_permuted_bits(make_config: MakeConfig) -> None:
    data = load(DatasetConfig(name="generated-citations", nodes=300, graph_seed=0)).data
    order = torch.randperm(300, generator=torch.Generator().manual_seed(1))
    place = order.argsort()
    permuted = Data(
        x=data.x[order],
        edge_index=place[data.edge_index],
        **{name: data[name][order] for name in ("y", "train_mask", "val_mask", "test_mask")},
    )
    slow = ("training.lr_feature_step=0.001", "training.lr_xw_step=0.001", "training.epochs=9")
    config = make_config("a2q", "model.dropout=0", *slow)
    plain, moved = Trainer(prepare(data), config), Trainer(prepare(permuted), config)
    histories = _history(plain), _history(moved)
    bits = _bits(plain)
    assert float(bits.std()) > 0.05
    # Sums over neighbours run in another order: a value on the edge between two codes may fall to either side, and
    # its node's bits, and in time those of its neighbours, go another way.
    assert float((_bits(moved) - bits[:, order]).abs().lt(1e-3).float().mean()) > 0.8
    assert float((_bits(moved) - bits).abs().lt(1e-3).float().mean()) < 0.2
    for ours, theirs in zip(*histories, strict=True):
        assert ours["loss"] == pytest.approx(theirs["loss"], rel=1e-2)


@pytest.mark.parametrize("name", ["a2q", "fp32"])
def test_best_is_the_first_of_the_highest_rank_and_its_weights_give_its_metrics(
    citations: Graph, make_config: MakeConfig, spoil: Callable[[Trainer], None], name: str
) -> None:
    trainer = Trainer(citations, make_config(name, "training.epochs=25", "training.lr=0.05"))
    history = [trainer.run_epoch() for _ in range(24)]
    spoil(trainer)
    history.append(trainer.run_epoch())
    best = max(history, key=trainer.best.rank)
    assert trainer.best.metrics is best
    assert trainer.best.by_test is max(history, key=lambda metrics: metrics.test_score)
    assert best.epoch < 25
    trainer.restore_best()
    scores = trainer.task.predict(trainer.model)
    validation = citations.validation
    assert cross_entropy(scores[validation], citations.labels[validation]).item() == best.validation_loss
    correct = (scores.argmax(1) == citations.labels).double()
    assert correct[citations.train].mean().item() == best.train_score
    assert correct[validation].mean().item() == best.validation_score
    assert correct[citations.test].mean().item() == best.test_score


def test_metrics_describe_the_bits(citations: Graph, make_config: MakeConfig) -> None:
    trainer = Trainer(citations, make_config("a2q", *_LIVELY))
    for _ in range(6):
        metrics = trainer.run_epoch()
    quantizers = _learned(trainer)
    for quantizer, counts in zip(quantizers, metrics.bit_counts, strict=True):
        assert counts == [int((quantizer.effective_bits == bits).sum()) for bits in range(9)]
        assert sum(counts) == 300
    means = [quantizer.effective_bits.double().mean().item() for quantizer in quantizers]
    assert metrics.average_bits == pytest.approx(sum(means) / 2)
    assert metrics.penalty > 0


@pytest.mark.parametrize(
    "settings",
    [(), ("training.warm_start=true", "training.distillation=5", "quantization.target_average_bits=2.5")],
    ids=["alone", "taught"],
)
def test_labels_of_test_nodes_change_nothing_but_the_test_accuracy(
    citations: Graph, make_config: MakeConfig, settings: tuple[str, ...]
) -> None:
    labels = torch.where(citations.test, (citations.labels + 1) % citations.num_classes, citations.labels)
    config = make_config("a2q", "training.epochs=25", *settings)
    plain, other = Trainer(citations, config), Trainer(dataclasses.replace(citations, labels=labels), config)
    histories = _history(plain), _history(other)
    assert plain.best.metrics.epoch == other.best.metrics.epoch
    assert _same_state(plain, other)
    for ours, theirs in zip(*histories, strict=True):
        assert ours["test_score"] + theirs["test_score"] <= 1
        assert ours | {"test_score": 0} == theirs | {"test_score": 0}
    for trainer in (plain, other):
        trainer.restore_best()
    assert _same_state(plain, other)


def test_labels_of_validation_nodes_never_reach_the_weights(citations: Graph, make_config: MakeConfig) -> None:
    labels = torch.where(citations.train, citations.labels, citations.labels.flip(0))
    config = make_config("a2q")
    plain, other = Trainer(citations, config), Trainer(dataclasses.replace(citations, labels=labels), config)
    assert _history(plain) != _history(other)
    assert _same_state(plain, other)


def test_divergence_is_reported_in_a_sentence(citations: Graph, make_config: MakeConfig) -> None:
    trainer = Trainer(citations, make_config("a2q"))
    trainer.run_epoch()
    best = trainer.best.metrics
    with torch.no_grad():
        trainer.model.convs[0].bias.fill_(math.nan)
    with pytest.raises(TrainingDivergedError, match="stopped being a number in epoch 2; lower the learning rates"):
        trainer.run_epoch()
    assert trainer.best.metrics is best


def test_a_step_into_nothing_is_reported_even_in_the_last_epoch(citations: Graph, make_config: MakeConfig) -> None:
    trainer = Trainer(citations, make_config("fp32", "training.epochs=1"))
    trainer.model.convs[0].lin.weight.register_hook(lambda gradient: gradient * math.nan)
    with pytest.raises(TrainingDivergedError, match="stopped being a number in epoch 1"):
        trainer.run_epoch()
    assert trainer.best.metrics is None


def test_bits_stay_in_bounds_and_steps_above_zero_under_wild_learning_rates(
    citations: Graph, make_config: MakeConfig
) -> None:
    wild = [f"training.{name}=1" for name in ("lr_bits", "lr_feature_step", "lr_xw_step", "lr_weight_step")]
    config = make_config("a2q", "quantization.max_bits=6", "quantization.min_bits=1", "quantization.penalty=100", *wild)
    trainer = Trainer(citations, config)
    for _ in range(12):
        metrics = trainer.run_epoch()
        (counts,) = metrics.bit_counts
        assert counts[0] == counts[7] == counts[8] == 0
        steps = [module.positive_step for module in trainer.model.modules() if isinstance(module, Quantizer)]
        assert len(steps) == 5
        assert all(float(step.detach().min()) > 0 for step in steps)


def test_a_step_without_learning_rates_changes_nothing_but_the_weights(
    citations: Graph, make_config: MakeConfig
) -> None:
    still = [f"training.{name}=0" for name in ("lr_bits", "lr_feature_step", "lr_xw_step", "lr_weight_step")]
    trainer = Trainer(citations, make_config("a2q", *still))
    before = {name: values.clone() for name, values in trainer.model.state_dict().items()}
    trainer.run_epoch()
    changed = {name for name, values in trainer.model.state_dict().items() if not torch.equal(values, before[name])}
    assert changed == {f"convs.{layer}.{kind}" for layer in (0, 1) for kind in ("lin.weight", "bias")}


def test_a_greater_penalty_leaves_fewer_bits(train: MakeTrainer) -> None:
    weak, strong = (train("a2q", f"quantization.penalty={weight}", "training.epochs=25") for weight in (0, 50))
    assert float(_bits(strong).mean()) < float(_bits(weak).mean()) - 0.5


def test_one_step_is_adam_on_the_sum_of_loss_and_penalty(citations: Graph, make_config: MakeConfig) -> None:
    trainer = Trainer(citations, make_config("a2q", "model.dropout=0"))
    loss, penalty = trainer.train_epoch()
    (quantizer,) = _learned(trainer)
    config = trainer.config.quantization
    assert penalty == pytest.approx(config.penalty * (16 * 300 * 4 / 8192) ** 2)
    assert loss == pytest.approx(math.log(7), rel=0.2)
    penalty = 2 * config.penalty * (16 * 300 * 4 / 8192) * 16 / 8192
    # Clipping can only raise bits, by a non-positive gradient; unclipped nodes feel the penalty alone.
    assert float(quantizer.bits.grad.max()) == pytest.approx(penalty, rel=1e-4)
    assert_close(
        quantizer.bits.detach(), 4 - trainer.config.training.lr_bits * quantizer.bits.grad.sign(), atol=1e-3, rtol=0
    )


def test_loss_and_penalty_of_an_epoch_are_means_over_its_steps(
    make_task: Callable[..., Task], make_graph_config: MakeConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = Trainer(make_task(), make_graph_config("a2q"))
    losses, penalties = [], []

    def noting(compute: Callable[..., Tensor], noted: list[float]) -> Callable[..., Tensor]:
        def noted_too(*given: Any) -> Tensor:
            value = compute(*given)
            noted.append(value.item())
            return value

        return noted_too

    monkeypatch.setattr(trainer.task, "loss", noting(trainer.task.loss, losses))
    monkeypatch.setattr(trainer_module, "memory_penalty", noting(memory_penalty, penalties))
    loss, penalty = trainer.train_epoch()
    assert len(losses) == len(penalties) == 3
    assert len({*losses}) == len({*penalties}) == 3
    assert (loss, penalty) == (sum(losses) / 3, sum(penalties) / 3)


def test_cora_keeps_its_accuracy_at_few_bits(published_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A2Q_DATA", str(published_data))
    cora = DatasetConfig(name="cora")
    trainer = Trainer(prepare(load(cora).data), preset("a2q", cora))
    while not trainer.finished:
        trainer.run_epoch()
    assert trainer.best.metrics.test_score >= 0.79
    assert trainer.best.metrics.average_bits <= 1.75
    # Aggregation awareness: nodes that gather from more neighbours keep more bits.
    trainer.restore_best()
    (bits,) = (quantizer.effective_bits.double() for quantizer in _learned(trainer))
    degree = trainer.task.graph.in_degree
    assert bits[degree > 10].mean() > bits[degree <= 2].mean()


@pytest.mark.parametrize(
    ("model", "target"), [("gcn", 1.5), ("gcn", 2.5), ("gcn", 3.4), ("gin", 2.5), ("sage", 2.5), ("gat", 2.5)]
)
def test_the_best_epoch_is_at_the_target(citations: Graph, make_config, model: str, target: float) -> None:
    settings = (f"model.name={model}", f"quantization.target_average_bits={target}", "model.heads=2")
    trainer = Trainer(citations, make_config("a2q", *settings, "training.epochs=30", "training.lr_bits=0.05"))
    history = [trainer.run_epoch() for _ in range(30)]
    assert target - 0.1 <= trainer.best.metrics.average_bits <= target + 0.05
    assert trainer.best.missed_target == ""
    # From three quarters on, whatever the controller reached.
    assert history[-1].average_bits == pytest.approx(target, abs=0.1)


@pytest.mark.parametrize("target", [1.7, 3.4])
def test_groups_of_many_graphs_are_at_the_target_too(make_task, make_graph_config, target: float) -> None:
    settings = (f"quantization.target_average_bits={target}", "training.epochs=8", "training.warm_start=false")
    trainer = Trainer(make_task(), make_graph_config("a2q", *settings))
    while not trainer.finished:
        trainer.run_epoch()
    assert target - 0.1 <= trainer.best.metrics.average_bits <= target + 0.05


def test_a_target_too_far_for_so_few_epochs_is_neared(citations: Graph, make_config) -> None:
    trainer = Trainer(citations, make_config("a2q", "quantization.target_average_bits=1.5", "training.epochs=100"))
    history = [trainer.run_epoch() for _ in range(3)]
    assert trainer.best.metrics.average_bits == min(metrics.average_bits for metrics in history) > 1.55
    assert trainer.best.missed_target.startswith("asked for 1.5 average bits, delivered ")
