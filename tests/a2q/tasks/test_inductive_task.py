from dataclasses import replace

import pytest
import torch

from a2q import Graph, InductiveNodeTask, NodeTask, Trainer
from a2q.quantizers import UnseenQuantizer
from a2q.sparse.matrix import SparseMatrix
from a2q.tasks.inductive_task import seen_part


def test_seen_nodes_and_the_edges_among_them_are_kept(citations: Graph) -> None:
    seen = (~citations.test).nonzero().flatten()
    part = seen_part(citations, seen)
    assert part.num_nodes == len(seen)
    whole = citations.edges.sum.to_dense()[seen][:, seen]
    assert torch.equal(part.edges.sum.to_dense(), whole)
    assert torch.equal(part.features.to_dense(), citations.features.to_dense()[seen])
    assert not part.test.any()


@pytest.mark.parametrize("rule", ["value", "degree", "topology"])
def test_training_never_sees_a_test_node(citations: Graph, make_config, rule: str) -> None:
    config = make_config("a2q", "training.hide_test=true", f"quantization.unseen={rule}", "training.epochs=4")
    trainer = Trainer(citations, config)
    assert isinstance(trainer.task, InductiveNodeTask)
    history = [trainer.run_epoch() for _ in range(4)]
    assert 0 < history[-1].test_score < 1
    # Between evaluations the model is the one that was trained, for the seen nodes alone.
    assert not any(isinstance(module, UnseenQuantizer) for module in trainer.model.modules())
    changed = citations.features.to_dense().clone()
    changed[citations.test] = 1 - changed[citations.test]
    # Sparse as before, so that what is trained on is summed in the same order.
    other = Trainer(replace(citations, features=SparseMatrix(changed)), config)
    again = [other.run_epoch() for _ in range(4)]
    assert [metrics.loss for metrics in again] == [metrics.loss for metrics in history]
    assert [metrics.test_score for metrics in again] != [metrics.test_score for metrics in history]


def test_fp32_needs_no_rule(citations: Graph, make_config) -> None:
    trainer = Trainer(citations, make_config("fp32", "training.hide_test=true", "training.epochs=3"))
    assert trainer.run_epoch().average_bits == 32


def test_fp32_is_scored_on_the_whole_graph_by_plain_rows(citations: Graph, make_config) -> None:
    trainer = Trainer(citations, make_config("fp32", "training.hide_test=true", "training.epochs=3"))
    found = [trainer.run_epoch() for _ in range(3)][-1]
    whole = NodeTask(citations).evaluate(trainer.model)
    # Test nodes stand among all others; seen ones are scored without them, as training saw the graph.
    assert found.test_score == whole.test
    alone = NodeTask(seen_part(citations, (~citations.test).nonzero().flatten())).predict(trainer.model)
    right = (alone.argmax(1) == citations.labels[~citations.test])[citations.validation[~citations.test]]
    assert found.validation_score == right.double().mean().item()


@pytest.mark.parametrize("name", ["a2q", "degree-quant", "degree-bits", "fixed-bits", "binary"])
@pytest.mark.parametrize("model", ["gin", "gat", "sage"])
def test_every_method_can_hide_nodes(citations: Graph, make_config, name: str, model: str) -> None:
    small = (f"model.name={model}", "model.hidden=4", "model.heads=2", "training.epochs=1")
    trainer = Trainer(citations, make_config(name, *small, "training.hide_test=true"))
    before = [id(module) for module in trainer.model.modules()]
    metrics = trainer.run_epoch()
    assert 0 <= metrics.test_score <= 1
    assert [id(module) for module in trainer.model.modules()] == before
