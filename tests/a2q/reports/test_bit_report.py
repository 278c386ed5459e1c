import pytest
import torch
from torch_geometric.data import Data

from a2q import A2QConfig, Graph, NodeTask, Trainer, bit_report
from a2q.layers import quantized_layers
from a2q.quantize import learned_features
from a2q.reports import account


@pytest.mark.parametrize("name", ["gcn", "gin", "gat", "sage"])
def test_a_report_says_what_account_and_quantizers_say(citations: Graph, make_config, name: str) -> None:
    trainer = Trainer(citations, make_config("a2q", f"model.name={name}", "training.epochs=1"))
    metrics = trainer.run_epoch()
    task = trainer.task
    assert isinstance(task, NodeTask)
    found = bit_report(trainer.model, Data(), lambda: task.predict(trainer.model))
    accounts = account(trainer.model, lambda: task.predict(trainer.model))
    assert found.accounts == accounts
    assert found.average_bits == accounts.average_bits == pytest.approx(metrics.average_bits)
    assert found.full_bits_per_value == accounts.full_bits_per_value
    assert found.layer_bits == {layer: bits.double().mean().item() for layer, bits in found.node_bits.items()}
    learned = learned_features(trainer.model)
    assert found.node_bits.keys() == learned.keys()
    assert all(
        torch.equal(found.node_bits[layer], quantizer.effective_bits) for layer, (_, quantizer) in learned.items()
    )


@pytest.mark.parametrize("training", [False, True])
def test_a_report_leaves_the_model_as_it_was(citations: Graph, make_config, training: bool) -> None:
    trainer = Trainer(citations, make_config("a2q"))
    trainer.model.train(training)
    before = {name: values.clone() for name, values in trainer.model.state_dict().items()}
    task = trainer.task
    assert isinstance(task, NodeTask)
    bit_report(trainer.model, Data(), lambda: task.whole and trainer.model(task.whole.x, task.whole.edges))
    assert trainer.model.training == training
    assert all(torch.equal(values, before[name]) for name, values in trainer.model.state_dict().items())
    assert all(layer._watcher is None for layer in quantized_layers(trainer.model).values())


def test_a_report_in_words(citations: Graph, make_config) -> None:
    trainer = Trainer(citations, make_config("a2q"))
    assert trainer.config.quantization == A2QConfig(penalty=1.8)
    task = trainer.task
    assert isinstance(task, NodeTask)
    found = bit_report(trainer.model, Data(), lambda: task.predict(trainer.model))
    full, ratio = found.accounts.full_bits_per_value, found.accounts.full_compression
    assert str(found) == (
        f"4.00 average bits (8.0× compression), {full:.2f} bits per value with everything stored ({ratio:.1f}×)"
    )
