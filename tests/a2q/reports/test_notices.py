from collections.abc import Callable
from dataclasses import asdict

import numpy as np
import pytest

from a2q import Trainer, summarize
from a2q.reports.node_table import SPLITS
from a2q.reports.notices import ResultFacts, constant_score, notices, result_facts

MakeTrainer = Callable[..., Trainer]


def _facts(score: float, constant: float | None = None, items: int | None = 1000, **other: object) -> ResultFacts:
    return ResultFacts(**{"metric": "accuracy", "fp32": None, **other}, score=score, constant=constant, items=items)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (_facts(0.8, 0.612), []),
        (_facts(0.612, 0.612), ["No better than always answering the most frequent class, 61.2%."]),
        (_facts(0.3, 0.612), ["No better than always answering the most frequent class, 61.2%."]),
        (
            _facts(0.7, 0.612, items=37),
            ["Hardly better than always answering the most frequent class, 61.2%: 37 test answers tell scores to "
             "±8.0% only."],
        ),
        (_facts(0.7, None), []),
        (_facts(1.2, 1.1, metric="mae"), ["No better than always answering the median, 1.100."]),
        (_facts(0.4, 1.1, metric="mae", fp32=0.1), []),
        (
            _facts(0.72, fp32=0.842),
            ["12.2 points below the FP32 network it started from, 84.2%: give it more bits, or less weight decay and "
             "dropout."],
        ),
        (_facts(0.82, fp32=0.842), []),
        # 8 points of 100 answers are within what chance alone does.
        (_facts(0.76, items=100, fp32=0.84), []),
    ],
)  # fmt: skip
def test_what_must_be_said_is_said(facts: ResultFacts, told: list[str]) -> None:
    assert notices(facts) == told


def test_the_constant_answer_is_the_best_one() -> None:
    rng = np.random.default_rng(0)
    classes, values = rng.integers(0, 3, 100), rng.normal(size=100).astype(np.float32)
    assert constant_score(classes) == max((classes == answer).mean() for answer in range(3))
    assert constant_score(values, "mae") == pytest.approx(
        min(np.abs(values - answer).mean() for answer in values), rel=1e-6
    )


@pytest.mark.parametrize("name", ["a2q", "fp32"])
def test_what_a_summary_holds_and_what_an_earlier_one_lacks_agree(train: MakeTrainer, name: str) -> None:
    trainer = train(name, "training.warm_start=true") if name == "a2q" else train(name)
    summary, arrays = summarize(trainer, [1.0])
    graph = trainer.task.graph
    arrays["split"] = np.where(graph.test, SPLITS.index("test"), SPLITS.index("none")).astype(np.uint8)
    found = result_facts(asdict(summary), lambda name: None)
    earlier = {name: value for name, value in asdict(summary).items() if name not in ("test_items", "constant_score")}
    assert result_facts(earlier, arrays.get) == found
    assert found.items == int(graph.test.sum())
    assert (found.fp32 is None) == (name == "fp32")
    assert result_facts(earlier, lambda name: None).constant is None


def test_labels_of_graphs_count_once_each(make_task, make_graph_config) -> None:
    trainer = Trainer(make_task(), make_graph_config("fp32", "training.epochs=1"))
    trainer.run_epoch()
    summary, arrays = summarize(trainer, [1.0])
    assert summary.test_items == 7
    earlier = asdict(summary) | {"constant_score": None, "test_items": None}
    assert result_facts(earlier, arrays.get) == result_facts(asdict(summary), lambda name: None)


def test_a_resumed_run_knows_what_its_fp32_network_reached(citations, make_config) -> None:
    config = make_config("a2q", "training.warm_start=true", "training.epochs=3")
    stopped, resumed = (Trainer(citations, config) for _ in range(2))
    assert stopped.fp32_test_score is None
    stopped.run_epoch()
    resumed.resume(stopped.checkpoint())
    assert resumed.fp32_test_score == stopped.fp32_test_score is not None
