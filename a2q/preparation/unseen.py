"""A model trained on some nodes of a graph, run on all of them."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import Tensor, nn

from a2q.layers import quantized_layers
from a2q.quantizers import Quantizer, UnseenQuantizer, UnseenRule


@contextmanager
def with_unseen_nodes(model: nn.Module, seen: Tensor, topology: Tensor, rule: UnseenRule = "value") -> Iterator[None]:
    """For a while, let ``model`` take a graph that holds nodes it was not trained on.

    Every quantizer with a step size per node serves the seen nodes as before and gives the others step sizes and
    bits by ``rule``; all other quantizers need no rule.

    Args:
        model: prepared with one step size per seen node, and trained.
        seen: which nodes of the full graph it was trained on, in their order, int64 [seen].
        topology: :func:`a2q.quantizers.topology_index` of the full graph, [num_nodes, 2].
        rule: "value", "degree" or "topology"; see :class:`a2q.quantizers.UnseenQuantizer`.

    Source: "value" paper section 3.3; "topology" TopGQ (DAC 2026); "degree" ours.
    """
    replaced: list[tuple[nn.ModuleDict, str, Quantizer]] = []
    for layer in quantized_layers(model).values():
        for site, place in layer.sites.items():
            quantizer = layer.quantizer(site)
            if place.rows == "nodes" and isinstance(quantizer, Quantizer) and quantizer.granularity == "row":
                serving = UnseenQuantizer(quantizer, seen, topology, rule)
                layer.quantizers[site] = serving.train(model.training)
                replaced.append((layer.quantizers, site, quantizer))
    try:
        yield
    finally:
        for quantizers, site, quantizer in replaced:
            quantizers[site] = quantizer
