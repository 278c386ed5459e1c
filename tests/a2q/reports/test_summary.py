import json
from collections.abc import Callable
from dataclasses import asdict, replace

import numpy as np
import pytest

from a2q import Graph, RunConfig, Trainer, summarize
from a2q.reports import account

MakeTrainer = Callable[..., Trainer]


@pytest.mark.parametrize("name", ["a2q", "fp32"])
def test_a_summary_is_of_the_best_epoch(
    citations: Graph, make_config: Callable[..., RunConfig], spoil: Callable[[Trainer], None], name: str
) -> None:
    trainer = Trainer(citations, make_config(name, "training.epochs=25", "training.lr=0.05"))
    history = [trainer.run_epoch() for _ in range(24)]
    spoil(trainer)
    history.append(trainer.run_epoch())
    summary, nodes = summarize(trainer, [metrics.seconds for metrics in history])
    best = history[summary.best_epoch - 1]
    assert best is max(history, key=trainer.best.rank)
    assert summary.best_epoch < 25
    assert (summary.test_score, summary.validation_score) == (best.test_score, best.validation_score)
    assert summary.average_bits == best.average_bits
    assert summary.compression == 32 / best.average_bits
    assert summary.test_score_paper_protocol == max(metrics.test_score for metrics in history)
    at = history[summary.paper_protocol_epoch - 1]
    assert at.test_score == summary.test_score_paper_protocol >= summary.test_score
    test = citations.test.numpy()
    assert (nodes["prediction"] == nodes["label"])[test].mean() == summary.test_score
    if name == "a2q":
        assert nodes["layer2/bits"].mean() == pytest.approx(summary.average_bits)


@pytest.mark.parametrize(("rate", "unmoved"), [(0, 3), (0.5, None)])
def test_a_summary_says_whether_bits_moved(train: MakeTrainer, rate: float, unmoved: int | None) -> None:
    settings = ("quantization.initial_bits=3", f"training.lr_bits={rate}", "quantization.penalty=100")
    summary, nodes = summarize(train("a2q", *settings), [1.0])
    assert summary.unmoved_bits == unmoved
    assert (set(nodes["layer2/bits"]) == {3}) == (unmoved == 3)
    assert summarize(train("uniform"), [1.0])[0].unmoved_bits is None


def test_a_summary_holds_the_full_account_and_goes_to_json(train: MakeTrainer) -> None:
    trainer = train("a2q")
    summary, _ = summarize(trainer, [3.0, 1.0, 2.0, 100.0, 1.5])
    accounts = account(trainer.model, lambda: trainer.task.predict(trainer.model))
    assert summary.items == [asdict(item) for item in accounts.items]
    assert summary.full_compression == accounts.full_compression
    assert summary.full_bits_per_value == accounts.full_bits_per_value
    assert summary.seconds_per_epoch == 2
    assert json.loads(json.dumps(asdict(summary))) == asdict(summary)


def test_a_resumed_run_reports_the_same(
    citations: Graph, make_config: Callable[..., RunConfig], train: MakeTrainer
) -> None:
    stopped = Trainer(citations, make_config("a2q"))
    for _ in range(5):
        stopped.run_epoch()
    resumed = Trainer(citations, make_config("a2q"))
    resumed.resume(stopped.checkpoint())
    while not resumed.finished:
        resumed.run_epoch()
    (summary, nodes), (expected, arrays) = summarize(resumed, [1.0]), summarize(train("a2q"), [1.0])
    # What the process has held at most may grow between the two.
    assert replace(summary, peak_memory_mib=None) == replace(expected, peak_memory_mib=None)
    assert nodes.keys() == arrays.keys()
    for name, values in nodes.items():
        np.testing.assert_array_equal(values, arrays[name])


def test_nothing_trained_is_nothing_to_report(citations: Graph, make_config: Callable[..., RunConfig]) -> None:
    with pytest.raises(ValueError, match="Not one epoch was trained, so there is nothing to report; train at least"):
        summarize(Trainer(citations, make_config("a2q")), [])


@pytest.mark.parametrize("name", ["a2q", "a2q-paper", "uniform", "degree-quant", "binary", "fp32"])
@pytest.mark.parametrize("regression", [False, True])
def test_graphs_are_reported(make_task, make_graph_config, name: str, regression: bool) -> None:
    trainer = Trainer(make_task(regression), make_graph_config(name, "training.epochs=2"))
    history = [trainer.run_epoch() for _ in range(2)]
    summary, arrays = summarize(trainer, [metrics.seconds for metrics in history])
    better = min if regression else max
    assert summary.metric == ("mae" if regression else "accuracy")
    # With a target for the bits, the best epoch is not always that of the best score.
    best = max(history, key=trainer.best.rank)
    assert (summary.validation_score, summary.average_bits) == (best.validation_score, best.average_bits)
    assert summary.test_score_paper_protocol == better(metrics.test_score for metrics in history)
    assert (summary.average_bits < 32) == (name != "fp32")
    assert json.loads(json.dumps(asdict(summary))) == asdict(summary)
    # The score read off the arrays, one node of each graph: what the page shows is what was scored.
    _, first = np.unique(arrays["graph"], return_index=True)
    wrong = arrays["prediction"][first].astype(float) - arrays["label"][first]
    score = np.abs(wrong).mean() if regression else (wrong == 0).mean()
    assert score == pytest.approx(summary.test_score, rel=1e-4)


@pytest.mark.parametrize("name", ["a2q", "fp32"])
def test_hidden_nodes_are_scored_but_not_listed(citations: Graph, make_config, name: str) -> None:
    trainer = Trainer(citations, make_config(name, "training.hide_test=true", "training.epochs=2"))
    trainer.run_epoch()
    summary, arrays = summarize(trainer, [1.0])
    seen = (~citations.test).numpy()
    np.testing.assert_array_equal(arrays["label"], citations.labels.numpy()[seen])
    assert 0 <= summary.test_score <= 1
    validation = citations.validation.numpy()[seen]
    assert (arrays["prediction"] == arrays["label"])[validation].mean() == pytest.approx(summary.validation_score)
