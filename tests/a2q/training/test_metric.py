from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from a2q import ConfigError, Graph, RunConfig, Trainer, summarize
from a2q.datasets import CATALOGUE, DatasetConfig
from a2q.experiments.presets import preset
from a2q.experiments.settings import change

MakeConfig = Callable[..., RunConfig]


def _scored(config: RunConfig, metric: str) -> RunConfig:
    """The same by another metric, also where the dataset of this name has too many classes for it."""
    return config.model_copy(update={"training": config.training.model_copy(update={"metric": metric})})


def test_the_best_epoch_is_that_of_the_chosen_metric(citations: Graph, make_config: MakeConfig) -> None:
    graph = replace(citations, labels=(citations.labels == 0).long(), num_classes=2)
    for metric in ("roc-auc", "f1"):
        trainer = Trainer(graph, _scored(make_config("a2q", "training.warm_start=true"), metric))
        history = [trainer.run_epoch() for _ in range(6)]
        summary, _ = summarize(trainer, [1.0])
        assert summary.metric == metric
        assert summary.validation_score == max(metrics.validation_score for metrics in history)
        assert summary.test_score == history[summary.best_epoch - 1].test_score
        assert 0 <= summary.test_score <= 1
        assert summary.fp32_test_score is not None


def test_unseen_nodes_and_graphs_are_scored_by_it_too(
    citations: Graph, make_config: MakeConfig, make_task, make_graph_config
) -> None:
    graph = replace(citations, labels=(citations.labels == 0).long(), num_classes=2)
    hidden = Trainer(graph, _scored(make_config("a2q", "training.hide_test=true"), "roc-auc"))
    assert 0 <= hidden.run_epoch().test_score <= 1
    of_graphs = Trainer(make_task(metric="f1"), make_graph_config("fp32", "training.metric=f1"))
    assert of_graphs.task.metric == "f1"
    assert 0 <= of_graphs.run_epoch().validation_score <= 1


def test_a_run_without_a_choice_keeps_its_fingerprint() -> None:
    config = preset("a2q", DatasetConfig(name="karate-club"))
    assert "metric" not in config.model_dump_json()
    chosen = change(config, ["training.metric=f1"])
    assert chosen.digest != config.digest
    assert RunConfig.model_validate_json(chosen.model_dump_json()) == chosen
    assert change(chosen, ["training.metric=accuracy"]).digest == config.digest


def test_sets_are_scored_as_their_authors_do() -> None:
    for dataset, known in CATALOGUE.items():
        assert preset("a2q", DatasetConfig(name=dataset)).training.metric == known.metric
    assert CATALOGUE["tolokers"].metric == "roc-auc"


@pytest.mark.parametrize(
    ("dataset", "metric", "told"),
    [
        ("cora", "roc-auc", "The metric is roc-auc, which needs two classes, but Cora has 7; choose accuracy or f1."),
        ("zinc", "f1", "The metric is f1, but ZINC has values, no classes; leave it at accuracy."),
        ("cora", "f2", "training metric is 'f2'; it must be 'accuracy', 'roc-auc' or 'f1'."),
    ],
)
def test_a_metric_that_cannot_be_had_is_refused(dataset: str, metric: str, told: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        change(preset("fp32", DatasetConfig(name=dataset)), [f"training.metric={metric}"])
    assert str(refusal.value) == told


def test_a_graph_of_one_class_in_a_part_is_refused(citations: Graph, make_config: MakeConfig) -> None:
    graph = replace(citations, labels=torch.zeros_like(citations.labels), num_classes=2)
    with pytest.raises(ValueError, match="ROC AUC needs both classes in each part, and the train part has one"):
        Trainer(graph, _scored(make_config("fp32"), "roc-auc"))
