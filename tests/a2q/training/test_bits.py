import pytest
import torch
from torch import Tensor

from a2q import Graph, NodeTask, Trainer
from a2q.layers import quantized_layers, watching
from a2q.quantize import learned_features
from a2q.tasks import GraphTask, forward
from a2q.training.bits import BitCounter


def _one_by_one(trainer: Trainer) -> list[list[int]]:
    """Bits of every row of features of every graph, each graph alone."""
    layers = quantized_layers(trainer.model)
    found: dict[str, list[int]] = {}

    def note(name: str, role: str, values: object) -> None:
        quantizer = layers[name].quantizer(role)
        if layers[name].roles[role].kind == "features" and quantizer is not None:
            assert isinstance(values, Tensor)
            found.setdefault(name, []).extend(quantizer.row_bits(values).tolist())

    assert isinstance(trainer.task, GraphTask)
    trainer.model.eval()
    with torch.no_grad(), watching(trainer.model, note):
        for number in range(trainer.task.items):
            forward(trainer.model, trainer.task.collate(torch.tensor([number])))
    return [[rows.count(bits) for bits in range(9)] for name in layers if (rows := found.get(name)) is not None]


@pytest.mark.parametrize("model", ["gcn", "gin", "gat", "sage"])
def test_bits_of_groups_are_counted_over_every_node_of_every_graph(
    make_task, make_graph_config, generator: torch.Generator, model: str
) -> None:
    trainer = Trainer(make_task(), make_graph_config("a2q", model=model))
    trainer.run_epoch()
    for _, quantizer in learned_features(trainer.model).values():
        with torch.no_grad():
            quantizer.bits.uniform_(1, 8, generator=generator)
    counter = BitCounter(trainer.model)
    trainer.task.evaluate(trainer.model)
    expected = _one_by_one(trainer)
    # That second look was counted too: once more as many.
    assert counter.counts == [[2 * count for count in counts] for counts in expected]
    counter.reset()
    trainer.task.evaluate(trainer.model)
    assert counter.counts == expected
    assert sum(count > 0 for counts in expected for count in counts) > len(expected) + 2
    means = [sum(bits * count for bits, count in enumerate(counts)) / sum(counts) for counts in expected]
    assert counter.average == pytest.approx(sum(means) / len(means))


def test_passes_in_training_are_not_counted(make_task, make_graph_config) -> None:
    trainer = Trainer(make_task(), make_graph_config("a2q"))
    counter = BitCounter(trainer.model)
    trainer.train_epoch()
    assert not any(map(any, counter.counts))
    trainer.task.evaluate(trainer.model)
    assert all(map(any, counter.counts))


@pytest.mark.parametrize("name", ["a2q", "uniform", "degree-quant", "degree-bits", "fixed-bits", "binary"])
@pytest.mark.parametrize("hide_test", [False, True])
def test_every_node_in_training_is_counted_once(citations: Graph, make_config, name: str, hide_test: bool) -> None:
    config = make_config(name, f"training.hide_test={hide_test}", "training.epochs=2", "model.layers=3")
    trainer = Trainer(citations, config)
    metrics = trainer.run_epoch()
    seen = citations.num_nodes - (int(citations.test.sum()) if hide_test else 0)
    assert {sum(counts) for counts in metrics.bit_counts} == {seen}
    # Methods that quantize the dataset's own features count them too.
    assert len(metrics.bit_counts) == (3 if name in ("degree-quant", "binary") else 2)


def test_groups_of_hidden_nodes_do_not_count(citations: Graph, make_config) -> None:
    config = make_config("a2q", "training.hide_test=true", "quantization.groups=10", "training.epochs=2")
    metrics = Trainer(citations, config).run_epoch()
    assert [sum(counts) for counts in metrics.bit_counts] == [300 - int(citations.test.sum())]


def test_nothing_quantized_is_32_bits(citations: Graph, make_config) -> None:
    trainer = Trainer(citations, make_config("fp32"))
    counter = BitCounter(trainer.model)
    NodeTask(citations).evaluate(trainer.model)
    assert (counter.average, counter.counts) == (32, [])
