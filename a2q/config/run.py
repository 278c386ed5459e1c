"""Everything that determines a run: what the form builds, the command line fills in and the store keeps."""

import hashlib
from typing import Literal, Self

from pydantic import Field, model_validator

from a2q.config.base import Config
from a2q.config.model import ModelConfig
from a2q.config.quantization import QuantizationConfig
from a2q.config.training import TrainingConfig
from data import DatasetConfig

Method = Literal["a2q", "fp32"]


class RunConfig(Config):
    """One training run: dataset, model, method, optimizer and seed; same object, same result."""

    # Raised when a stored run's JSON can no longer be read as it stands.
    schema_version: Literal[1] = 1
    dataset: DatasetConfig
    model: ModelConfig = ModelConfig()
    method: Method = Field("a2q", title="Method", description="a2q: learned bits per node. fp32: no quantization.")
    quantization: QuantizationConfig | None = QuantizationConfig()
    training: TrainingConfig = TrainingConfig()
    seed: int = Field(0, ge=0, lt=2**31, title="Seed", description="Weights, dropout and random starts follow it.")

    @model_validator(mode="after")
    def _method_and_quantization_agree(self) -> Self:
        if (self.method == "fp32") != (self.quantization is None):
            raise ValueError(
                f"The method is {self.method} but quantization is {'not ' if self.quantization is None else ''}given; "
                "give quantization settings for a2q and none for fp32."
            )
        return self

    @property
    def digest(self) -> str:
        """Fingerprint of all settings, seed included: equal digests mean equal runs."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]
