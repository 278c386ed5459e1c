"""The optimizer's settings, and what training starts from and learns from."""

from collections.abc import Mapping
from typing import Any, Literal, Protocol, Self

from pydantic import Field, model_validator

from a2q.config import Config
from a2q.methods import Method, QuantizationConfig
from a2q.methods.a2q import A2QConfig
from a2q.models.config import ModelConfig


class TrainingConfig(Config):
    """Training with Adam, one group per kind of parameter: full batch on one graph, mini-batches on many."""

    epochs: int = Field(
        200,
        ge=1,
        le=10_000,
        title="Epochs",
        description="Passes over the whole training set; more → longer, and bits settle further.",
    )
    lr: float = Field(
        0.01,
        gt=0,
        le=1,
        title="Learning rate",
        description="For weights and biases; higher → faster, too high → unstable.",
    )
    weight_decay: float = Field(
        5e-4,
        ge=0,
        le=1,
        title="Weight decay",
        description="L2 penalty on weights and biases; higher → smaller weights, less overfitting.",
    )
    lr_weight_step: float = Field(
        0.005,
        ge=0,
        le=1,
        title="Learning rate, weight steps",
        description="For the step sizes of the weights; higher → they follow the weights faster.",
    )
    lr_xw_step: float = Field(
        0.005,
        ge=0,
        le=1,
        title="Learning rate, XW steps",
        description="For the step sizes of XW; higher → they follow the sums faster.",
    )
    lr_feature_step: float = Field(
        0.005,
        ge=0,
        le=1,
        title="Learning rate, node steps",
        description="For each node's step size; higher → it follows the node's values faster.",
    )
    lr_attention_step: float = Field(
        0.005, ge=0, le=1, title="Learning rate, attention steps", description="GAT: attention vector and logits."
    )
    lr_bits: float = Field(
        0.02,
        ge=0,
        le=1,
        title="Learning rate, bits",
        description="For each node's bitwidth; higher moves bits faster.",
    )
    batch_size: int = Field(
        128, ge=2, le=4096, title="Batch size", description="Graphs per training step; graph-level tasks only."
    )
    schedule: Literal["constant", "step", "plateau"] = Field(
        "constant",
        title="Learning-rate schedule",
        description="step: halved every 50 epochs. plateau: halved when the validation loss has not fallen for "
        "`patience` epochs. Both act on all groups.",
    )
    # Left out of what is stored where it is what all runs had before there was a choice: their fingerprints stay.
    metric: Literal["accuracy", "roc-auc", "f1"] = Field(
        "accuracy",
        title="Metric",
        description="What classes are scored by, and the best epoch is chosen by. f1: the mean over classes, rare ones "
        "count as much as frequent ones. roc-auc: two classes only.",
        exclude_if=lambda metric: metric == "accuracy",
    )
    patience: int = Field(10, ge=1, le=1000, title="Patience", description="Epochs the plateau schedule waits.")
    hide_test: bool = Field(
        False,
        title="Hide test nodes",
        description="Inductive: train on the graph without its test nodes and their edges. Node-level tasks only.",
    )
    warm_start: bool = Field(
        False,
        title="Warm start",
        description="Train the FP32 network of the same seed first and quantize it from there.",
    )
    teacher_weight_decay: float | None = Field(
        None,
        ge=0,
        le=1,
        title="Weight decay of the FP32 network",
        description="Of the network that is started from; empty: the same as above.",
    )
    teacher_dropout: float | None = Field(
        None,
        ge=0,
        le=0.95,
        title="Dropout of the FP32 network",
        description="Of the network that is started from; empty: the same as the quantized network's.",
    )
    distillation: float = Field(
        0.0,
        ge=0,
        le=100,
        title="Distillation weight",
        description="Also learn the FP32 network's class scores on all nodes or graphs; needs the warm start.",
    )
    temperature: float = Field(
        1.0,
        gt=0,
        le=20,
        title="Distillation temperature",
        description="Softens the scores that are learned from; higher → softer.",
    )

    @model_validator(mode="after")
    def _distillation_has_a_teacher(self) -> Self:
        if self.distillation and not self.warm_start:
            raise ValueError(
                f"The distillation weight is {self.distillation:g} but there is no warm start, whose FP32 network "
                "would teach; switch the warm start on or set the weight to 0."
            )
        return self


class TrainerConfig(Protocol):
    """What a trainer has to know: :class:`TrainerSettings`, or :class:`a2q.RunConfig`, which adds the dataset."""

    @property
    def model(self) -> ModelConfig:
        """The network's shape."""

    @property
    def quantization(self) -> Method:
        """The method with its settings."""

    @property
    def training(self) -> TrainingConfig:
        """Optimizer, warm start and distillation."""

    @property
    def seed(self) -> int:
        """Of weights, dropout and random starts."""

    def model_copy(self, *, update: Mapping[str, Any] | None = None) -> Self:
        """The same with some settings replaced."""


class TrainerSettings(Config):
    """Everything a trainer has to know where the graph is the user's own and has no name."""

    model: ModelConfig = ModelConfig()
    quantization: QuantizationConfig = A2QConfig()
    training: TrainingConfig = TrainingConfig()
    seed: int = Field(0, ge=0, lt=2**31, title="Seed", description="Weights, dropout and random starts follow it.")
