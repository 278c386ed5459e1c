"""Everything that determines a run: what the form builds, the command line fills in and the store keeps."""

import hashlib
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from a2q.config import Config
from a2q.datasets import DatasetConfig, known_card
from a2q.methods import QuantizationConfig
from a2q.methods.a2q import A2QConfig
from a2q.models.config import ModelConfig
from a2q.training.config import TrainingConfig

_MOVED_TO_QUANTIZATION = {"penalty": "penalty", "target_kib": "penalty_above_kib", "priced_bits": "priced_bits"}


def upgrade(values: dict[str, Any]) -> dict[str, Any]:
    """Settings of schema version 1 as version 2 writes them; anything else is returned as it is.

    Version 1 named the method beside the quantization, which was empty for FP32, and kept the penalty
    with the training; its one random start was that of the paper's GCN.
    """
    if values.get("schema_version") != 1:
        return values
    newer = {name: value for name, value in values.items() if name != "method"} | {"schema_version": 2}
    training = dict(values.get("training") or {})
    moved = {new: training.pop(old) for old, new in _MOVED_TO_QUANTIZATION.items() if old in training}
    quantization = values.get("quantization")
    newer["training"] = training
    if quantization is None:
        return newer | {"quantization": {"method": "fp32"}}
    start = "paper-gcn" if quantization.get("start") == "paper" else "data"
    return newer | {"quantization": quantization | moved | {"method": "a2q", "start": start}}


class RunConfig(Config):
    """One training run: dataset, model, quantization, optimizer and seed; same object, same result."""

    # Raised when a stored run's JSON can no longer be read as it stands; upgrade() then learns the step.
    schema_version: Literal[2] = 2
    dataset: DatasetConfig
    model: ModelConfig = ModelConfig()
    quantization: QuantizationConfig = A2QConfig()
    training: TrainingConfig = TrainingConfig()
    seed: int = Field(0, ge=0, lt=2**31, title="Seed", description="Weights, dropout and random starts follow it.")

    @model_validator(mode="before")
    @classmethod
    def _read_older(cls, values: Any) -> Any:
        return upgrade(values) if isinstance(values, dict) else values

    @model_validator(mode="after")
    def _nodes_to_hide(self) -> Self:
        # None for an own graph that is gone, of a run that was checked when it was stored.
        known = known_card(self.dataset.name) if self.training.hide_test else None
        if known is not None and known.graph_level:
            raise ValueError(
                f"Test nodes are to be hidden, but {self.dataset.name} is a set of graphs whose test graphs are "
                "never seen in training anyway; switch hide_test off."
            )
        return self

    @model_validator(mode="after")
    def _can_be_scored_so(self) -> Self:
        metric, known = self.training.metric, known_card(self.dataset.name)
        if metric == "accuracy" or known is None:
            return self
        if known.task.endswith("regression"):
            raise ValueError(f"The metric is {metric}, but {known.title} has values, no classes; leave it at accuracy.")
        if metric == "roc-auc" and known.classes not in (None, 2):
            raise ValueError(
                f"The metric is roc-auc, which needs two classes, but {known.title} has {known.classes}; choose "
                "accuracy or f1."
            )
        return self

    @property
    def method(self) -> str:
        """The method's name, as in ``quantization.method``."""
        return self.quantization.method

    @property
    def digest(self) -> str:
        """Fingerprint of all settings, seed included: equal digests mean equal runs."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]
