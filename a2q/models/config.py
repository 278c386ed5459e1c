"""The network's shape, the same for FP32 and quantized training."""

from typing import Annotated, Literal

from pydantic import Field

from a2q.config import Config, OneOf
from a2q.layers import LAYERS

ModelName = Annotated[str, OneOf(LAYERS)]
"""A name in :data:`a2q.layers.LAYERS`."""


def _is_pyg(biases: str) -> bool:
    # A setting that came in later and is not used is not written: the run's digest stays what it was.
    return biases == "pyg"


class ModelConfig(Config):
    """A graph neural network: ``layers`` convolutions, ``hidden`` wide, dropout between them.

    For graph-level tasks the convolutions are followed by a pooling over each graph's nodes and a
    two-layer readout.
    """

    name: ModelName = Field("gcn", title="Model", description="Which convolution it stacks.")
    layers: int = Field(
        2,
        ge=2,
        le=8,
        title="Layers",
        description="Convolutions; each reaches one hop further. "
        "Presets for citation graphs are tuned for 2; with more, lower the weight decay.",
    )
    hidden: int = Field(
        16,
        ge=1,
        le=1024,
        title="Hidden width",
        description="Features per node between layers; per head for GAT. Higher → more memory.",
    )
    heads: int = Field(8, ge=1, le=64, title="Attention heads", description="GAT only; the last layer has one.")
    dropout: float = Field(
        0.5,
        ge=0,
        le=0.95,
        title="Dropout",
        description="Share of hidden features dropped in training; higher → less overfitting.",
    )
    input_dropout: float = Field(
        0.0, ge=0, le=0.95, title="Input dropout", description="Share of the dataset's features dropped in training."
    )
    attention_dropout: float = Field(
        0.0, ge=0, le=0.95, title="Attention dropout", description="Share of attention weights dropped; GAT only."
    )
    linears: int = Field(
        1, ge=1, le=4, title="Linear maps per convolution", description="GIN only; ReLU between and after them."
    )
    embedding: bool = Field(
        False, title="Embedding first", description="A linear map of each node's input before the first convolution."
    )
    batch_norm: bool = Field(False, title="Batch normalisation", description="After every hidden convolution.")
    residual: bool = Field(
        False, title="Residual connections", description="Add a layer's input to its output where both are as wide."
    )
    self_loops: bool = Field(True, title="Self-loops", description="GCN and GAT: every node hears itself.")
    biases: Literal["pyg", "paper-code"] = Field(
        "pyg",
        title="Biases",
        description="pyg: start at 0; GCN and GAT add them after aggregation. paper-code: inside the linear map, where "
        "they are quantized and aggregated, from random values.",
        exclude_if=_is_pyg,
    )
    pooling: Literal["mean", "sum", "max"] = Field(
        "mean", title="Pooling", description="Over the nodes of a graph; graph-level tasks only."
    )
