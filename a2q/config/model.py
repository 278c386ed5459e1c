"""The network's shape, the same for FP32 and quantized training."""

from typing import Literal

from pydantic import Field

from a2q.config.base import Config


class ModelConfig(Config):
    """A graph neural network: ``layers`` convolutions, ``hidden`` wide, dropout between them."""

    name: Literal["gcn"] = Field("gcn", title="Model", description="GCN: sum of neighbours, scaled by degrees.")
    layers: int = Field(
        2,
        ge=2,
        le=8,
        title="Layers",
        description="Convolutions; each reaches one hop further. "
        "Presets are tuned for 2; with more, lower the weight decay.",
    )
    hidden: int = Field(16, ge=1, le=1024, title="Hidden width", description="Features per node between layers.")
    dropout: float = Field(
        0.5, ge=0, le=0.95, title="Dropout", description="Share of hidden features dropped in training."
    )
