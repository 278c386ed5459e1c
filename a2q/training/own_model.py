"""A model of the user's in place of one that the settings describe."""

import copy

import torch
from torch import Tensor, nn

from a2q.config import ConfigError
from a2q.models import Network
from a2q.quantize import replace_layers
from a2q.tasks import Batch, Task, forward


def trainable_copy(model: nn.Module) -> nn.Module:
    """A copy of the model with our layers in place of PyG's, whose parameters have the same names in every method.

    Raises:
        ConfigError: it is no model, or a network of ours.
        UnsupportedLayerError: a layer cannot be quantized.
    """
    if not isinstance(model, nn.Module):
        given = f"the class {model.__name__}" if isinstance(model, type) else f"a {type(model).__name__}"
        raise ConfigError(f"The model is {given}; give an instance of torch.nn.Module.")
    if isinstance(model, Network):
        raise ConfigError("The model is a network of a2q's own; leave it out, and describe it in the settings' model.")
    replaced, _ = replace_layers(copy.deepcopy(model), lambda name: False)
    return replaced


def check_output(model: nn.Module, task: Task, batch: Batch) -> None:
    """Whether the model takes what the task gives, and gives one row of scores for each node or graph.

    Raises:
        ConfigError: it does not.
    """
    wanted = (len(batch.items), task.shape.outputs)
    columns = int(batch.x.shape[1]) if len(batch.x.shape) > 1 else 1
    try:
        given = forward(model, batch)
    except (RuntimeError, TypeError, IndexError) as error:
        reason = " ".join(str(error).split())[:300]
        arguments = "x, edge_index" if batch.graph_of_node is None else "x, edge_index, batch"
        raise ConfigError(
            f"{type(model).__name__} cannot be called as model({arguments}) with {columns:,} features of "
            f"{batch.edges.num_nodes:,} nodes ({reason}); make its first layer as wide as x, or change its forward."
        ) from error
    shape = tuple(given.shape) if isinstance(given, Tensor) else None
    if shape != wanted:
        what = f"a {type(given).__name__}" if shape is None else f"shape {list(shape)}"
        meant = "one value each" if task.metric == "mae" else f"a score for each of {wanted[1]} classes"
        items = "nodes" if batch.graph_of_node is None else "graphs"
        raise ConfigError(
            f"{type(model).__name__} gives {what} for {wanted[0]:,} {items}; it must give {list(wanted)}: {meant}."
        )


def seeded_forward(model: nn.Module, batch: Batch, generator: torch.Generator) -> Tensor:
    """Output rows in training: dropout of torch's own follows ``generator``, so that a resumed run is the same run."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(torch.randint(2**62, (), generator=generator)))
        return forward(model, batch)
