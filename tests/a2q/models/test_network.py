from dataclasses import replace

import pytest
import torch
from torch.testing import assert_close

from a2q import A2QConfig, Edges, Graph, ModelConfig, Network, NodeTask, Shape, quantize_
from a2q.layers import LinearLayer
from a2q.models.network import pool
from a2q.sparse.matrix import SparseMatrix

MODELS = ("gcn", "gin", "gat", "sage")


def _network(graph: Graph, generator: torch.Generator, **settings: object) -> Network:
    return Network(NodeTask(graph).shape, ModelConfig(**settings), generator)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("layers", [2, 3])
def test_class_scores_of_every_node(citations: Graph, generator: torch.Generator, name: str, layers: int) -> None:
    network = _network(citations, generator, name=name, layers=layers, batch_norm=True, residual=True)
    scores = network(citations.features, citations.edges)
    assert scores.shape == (citations.num_nodes, citations.num_classes)
    assert torch.isfinite(scores).all()
    scores.sum().backward()
    assert all(parameter.grad is not None for parameter in network.parameters())


@pytest.mark.parametrize("name", MODELS)
def test_sparse_and_dense_features_give_the_same_scores(
    citations: Graph, generator: torch.Generator, name: str
) -> None:
    assert isinstance(citations.features, SparseMatrix)
    dense = replace(citations, features=citations.features.to_dense())
    network = _network(citations, generator, name=name).eval()
    assert_close(network(citations.features, citations.edges), network(dense.features, dense.edges))


@pytest.mark.parametrize("name", MODELS)
def test_a_seed_is_all_the_randomness_there_is(citations: Graph, name: str) -> None:
    scores = []
    for noise, seed in ((1, 0), (2, 0), (3, 1)):
        torch.manual_seed(noise)
        settings = {"name": name, "dropout": 0.5, "input_dropout": 0.3, "attention_dropout": 0.3}
        network = _network(citations, torch.Generator().manual_seed(seed), **settings)
        scores.append(network(citations.features, citations.edges))
    assert torch.equal(scores[0], scores[1])
    assert not torch.equal(scores[0], scores[2])


@pytest.mark.parametrize("name", MODELS)
def test_input_dropout_keeps_the_mean_and_acts_in_training_only(
    citations: Graph, generator: torch.Generator, name: str
) -> None:
    network = _network(citations, generator, name=name, dropout=0, input_dropout=0.5)
    plain = network.eval()(citations.features, citations.edges)
    assert torch.equal(network(citations.features, citations.edges), plain)
    network.train()
    if name in ("gcn", "sage"):
        # Linear in the input up to the ReLU: looked at before it.
        first = network.convs[0]
        seen = torch.stack([first(network._read(citations.features), citations.edges).detach() for _ in range(120)])
        expected = first(citations.features, citations.edges).detach()
        assert_close(seen.mean(0), expected, atol=0.15 * float(expected.abs().max()), rtol=0)
    assert not torch.equal(network(citations.features, citations.edges), plain)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("kind", ["mean", "sum", "max"])
def test_a_batch_of_graphs_is_each_graph_by_itself(generator: torch.Generator, name: str, kind: str) -> None:
    shape = Shape(5, 3, per_graph=True)
    settings = {"name": name, "hidden": 6, "heads": 2, "embedding": True, "linears": 2, "pooling": kind}
    network = Network(shape, ModelConfig(**settings), generator).eval()
    sizes = (4, 7, 3)
    xs = [torch.randn(size, 5, generator=generator) for size in sizes]
    indices = [torch.randint(size, (2, 3 * size), generator=generator) for size in sizes]
    offsets = (0, 4, 11)
    whole = torch.cat([index + offset for index, offset in zip(indices, offsets, strict=True)], dim=1)
    of_node = torch.repeat_interleave(torch.arange(3), torch.tensor(sizes))
    batch = network(torch.cat(xs), Edges(whole[0], whole[1], 14), of_node, 3)
    alone = [
        network(x, Edges(index[0], index[1], len(x)), torch.zeros(len(x), dtype=torch.int64), 1)
        for x, index in zip(xs, indices, strict=True)
    ]
    assert_close(batch, torch.cat(alone), atol=1e-5, rtol=1e-5)


def test_node_types_are_embedded(generator: torch.Generator) -> None:
    network = Network(Shape(1, 1, types=28, per_graph=True), ModelConfig(hidden=6), generator)
    x = torch.tensor([3, 27, 3])
    result = network(x, Edges(torch.tensor([0]), torch.tensor([1]), 3), torch.zeros(3, dtype=torch.int64), 1)
    assert result.shape == (1, 1)


@pytest.mark.parametrize(
    ("kind", "expected"), [("mean", [2.0, 5.0, 0.0]), ("sum", [4.0, 5.0, 0.0]), ("max", [3.0, 5, 0])]
)
def test_pooling_by_hand(kind: str, expected: list[float]) -> None:
    x = torch.tensor([[1.0], [5.0], [3.0]])
    assert pool(kind, x, torch.tensor([0, 1, 0]), 3).flatten().tolist() == expected


@pytest.mark.parametrize("name", MODELS)
def test_what_an_embedding_gives_is_quantized(generator: torch.Generator, name: str) -> None:
    config = ModelConfig(name=name, hidden=6, heads=2)
    types = Network(Shape(1, 1, types=28, per_graph=True), config, generator)
    quantize_(types, A2QConfig(groups=5))
    first = types.convs[0]
    holder = first.lin if name in ("gcn", "gat") else first
    assert "input" in holder.quantizers
    # Without one, the first convolution reads the dataset itself.
    features = Network(Shape(4, 1, per_graph=True), config, generator)
    quantize_(features, A2QConfig(groups=5))
    first = features.convs[0]
    assert "input" not in (first.lin if name in ("gcn", "gat") else first).quantizers


@pytest.mark.parametrize("name", MODELS)
def test_biases_of_the_papers_code_start_at_random(citations: Graph, generator: torch.Generator, name: str) -> None:
    """As ``torch.nn.Linear`` starts them; all that plain networks have starts as it does there."""
    network = _network(citations, generator, name=name, biases="paper-code")
    plain = dict(_network(citations, torch.Generator().manual_seed(0), name=name).named_parameters())
    maps = {key: module for key, module in network.named_modules() if isinstance(module, LinearLayer)}
    drawn = {f"{key}.bias": module.in_channels**-0.5 for key, module in maps.items() if module.bias is not None}
    assert len(drawn) == 2
    for key, value in network.named_parameters():
        if key in drawn:
            assert 0.3 * drawn[key] < value.abs().max() <= drawn[key]
        else:
            assert torch.equal(value, plain[key])


def test_a_bias_inside_of_the_map_passes_the_sum(citations: Graph, generator: torch.Generator) -> None:
    network = _network(citations, generator, name="gcn", biases="paper-code").eval()
    operator = citations.edges.convolution(True, False, True)
    first, second = (layer.lin for layer in network.convs)
    hidden = torch.relu(operator @ (citations.features @ first.weight.t() + first.bias))
    expected = operator @ (hidden @ second.weight.t() + second.bias)
    assert_close(network(citations.features, citations.edges), expected)
