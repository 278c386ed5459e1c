"""Aggregation-aware quantization: its settings, and where it puts which quantizer."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from a2q import quantizers
from a2q.config import ConfigError
from a2q.layers.roles import TensorRole
from a2q.methods.method import Method
from a2q.methods.nodes import Nodes
from a2q.methods.paper_starts import PAPER_STARTS, Start

if TYPE_CHECKING:
    import torch

Gradient = Literal["local", "task"]

UnseenRule = Literal["value", "degree", "topology"]
Learned = Literal["both", "steps", "bits", "nothing"]

StepBits = Literal[32, 8]

# Attention vectors and logits stay at the paper's width; no option of its code changes them.
ATTENTION_BITS = 4

_QUANTIZED = ("features", "weight", "combination", "attention", "logits")


def _is_empty(value: int | None) -> bool:
    # A setting that came in later and is not used is not written: the run's digest stays what it was.
    return value is None


class A2QConfig(Method):
    """Aggregation-aware quantization: a learned step size and bitwidth for every node and layer input.

    Source: paper (Zhu et al., ICLR 2023) sections 3.1 to 3.3; defaults that differ are ours and
    explained in docs/method.md.
    """

    learns_steps: ClassVar[bool] = True
    learns_bits: ClassVar[bool] = True

    method: Literal["a2q"] = Field("a2q", title="Method")
    start: Start = Field(
        "data",
        title="Step-size start",
        description="data: from the first batch, 2·mean|x|/√Q for each row and column (ours). "
        "paper-…: random, as the paper's code does for that model or setting.",
    )
    initial_bits: int = Field(4, ge=1, le=8, title="Initial bits", description="Effective bits every node starts with.")
    min_bits: int = Field(1, ge=0, le=8, title="Minimum bits", description="0 allows pruned nodes (all codes 0).")
    max_bits: int = Field(8, ge=1, le=8, title="Maximum bits", description="No node may exceed this.")
    weight_bits: int = Field(4, ge=2, le=8, title="Weight bits", description="Fixed, one step size per output channel.")
    xw_bits: int = Field(4, ge=2, le=8, title="XW bits", description="Fixed, one step size per column of XW.")
    learn: Learned = Field(
        "both",
        title="What is learned",
        description="Of each node's step size and bitwidth; the paper's ablation.",
    )
    gradient: Gradient = Field(
        "local",
        title="Gradient of node features",
        description="local: each node's own quantization error supervises it (Local Gradient). "
        "task: the loss does, which reaches few nodes when few are labelled. With groups task where nothing is chosen.",
    )
    straight_through: Literal["identity", "clipped"] = Field(
        "clipped",
        title="Straight-through estimator",
        description="identity: clipped values still pass their gradient (as the paper's code does). "
        "clipped: they do not.",
    )
    groups: int = Field(
        0,
        ge=0,
        le=100_000,
        title="Groups",
        description="Nearest Neighbor Strategy: learned pairs of step size and bitwidth that nodes of any graph "
        "choose from by their largest value. 0 gives every node of one graph its own pair.",
    )
    group_search: Literal["exact", "paper-code"] = Field(
        "exact",
        title="Clipping range compared",
        description="exact: s·(2^(b-1) - 1), where the quantizer clips. paper-code: s·2^(b-1).",
    )
    step_bits: StepBits = Field(
        32, title="Bits of a node's step size", description="8 stores step sizes as powers of 2^(1/8)."
    )
    unseen: UnseenRule = Field(
        "value",
        title="Rule for unseen nodes",
        description="When test nodes are hidden in training. value: the seen node whose clipping range is nearest "
        "(the paper). degree: seen nodes of the same in-degree. topology: those alike in their own and their "
        "neighbours' degrees.",
    )
    first_input: Literal["keep", "learn"] = Field(
        "keep",
        title="First layer's input",
        description="keep: as the dataset gives it (0/1 features are 1 bit already). learn: bits per node.",
    )
    target_average_bits: float | None = Field(
        None,
        ge=0.5,
        le=8,
        title="Target average bits",
        description="Reached by adapting the penalty's weight in training. Empty: a fixed penalty.",
    )
    target_kib: float | None = Field(
        None,
        gt=0,
        title="Target memory (KiB)",
        description="Of all node features with learned bits; reached in the same way. Empty: a fixed penalty.",
    )
    penalty: float = Field(
        0.1,
        ge=0,
        le=10_000,
        title="Memory penalty λ",
        description="Weight of a fixed memory penalty; higher → fewer bits. Not used with a target.",
    )
    penalty_above_kib: float = Field(
        0.0,
        ge=0,
        title="Penalised above (KiB)",
        description="The fixed penalty acts while quantized features need more; the paper's code has 5.",
    )
    priced_bits: Literal["effective", "code"] = Field(
        "effective",
        title="Bits the penalty counts",
        description="effective: what storage needs. code: one more per unsigned value, as the paper's code counts.",
    )
    priced_width: int | None = Field(
        None,
        ge=1,
        le=65_536,
        title="Columns the penalty counts",
        description="For every layer input alike, as the paper's code has it. Empty: each input's own.",
        exclude_if=_is_empty,
    )
    priced_xw_width: int | None = Field(
        None,
        ge=1,
        le=65_536,
        title="Columns of XW the penalty counts",
        description="Adds the fixed bits of every layer's XW, as the paper's code does for GAT and ogbn-arxiv. "
        "Empty: none.",
        exclude_if=_is_empty,
    )

    @model_validator(mode="before")
    @classmethod
    def _groups_learn_from_the_loss(cls, values: Any) -> Any:
        """Groups learn from the loss, as in the paper, unless a gradient is chosen."""
        if not isinstance(values, Mapping) or "gradient" in values or values.get("groups") in (None, 0, "0"):
            return values
        return {**values, "gradient": "task"}

    @model_validator(mode="after")
    def _bits_in_order(self) -> Self:
        if not self.min_bits <= self.initial_bits <= self.max_bits:
            raise ValueError(
                f"Minimum, initial and maximum bits are {self.min_bits}, {self.initial_bits} and {self.max_bits}; "
                "they must rise in this order."
            )
        return self

    @model_validator(mode="after")
    def _target_can_be_reached(self) -> Self:
        bits, kib = self.target_average_bits, self.target_kib
        if bits is not None and kib is not None:
            raise ValueError(f"Both {bits:g} average bits and {kib:g} KiB are given as targets; give one of them.")
        if bits is not None and not self.min_bits <= bits <= self.max_bits:
            raise ValueError(
                f"The target is {bits:g} average bits, which nodes of {self.min_bits} to {self.max_bits} bits "
                "cannot reach; change the target or the bounds."
            )
        if (bits is not None or kib is not None) and self.learn in ("steps", "nothing"):
            raise ValueError(
                "There is a target for the bits but bits are not learned; learn both or bits, or leave the target out."
            )
        if kib is not None and self.groups:
            raise ValueError(
                f"The target is {kib:g} KiB, but memory of unseen graphs is not known; give a target for the average "
                "bits instead."
            )
        return self

    def quantizer(self, role: TensorRole, nodes: Nodes) -> "quantizers.FakeQuantizer | None":
        """The quantizer A²Q puts for a role, or None.

        Node features that enter a linear map get a learned step size and bitwidth per node (or per group: Nearest
        Neighbor Strategy); weights a step size per output channel; what is aggregated one per column, under
        attention one per node; the attention vector one per head, its logits one per head or group.

        Raises:
            ConfigError: neither the number of nodes nor groups are given.

        Source: paper sections 3.1 and 3.3, the paper's code for attention; the first input's treatment and that
        of one-column features, whose step size would take as many bits as the value, are ours.
        """
        if (role.raw and self.first_input == "keep") or (role.kind == "features" and role.dim == 1):
            return None
        match role.kind:
            case "features":
                quantizer = _for_rows(self, nodes, self.initial_bits, self.gradient, bits_learned=True)
            case "weight":
                quantizer = _for_columns(role.dim, self.weight_bits, self, signed=True, gradient="task")
            case "combination" if role.attends:
                quantizer = _for_rows(self, nodes, self.xw_bits, self.gradient, bits_learned=False)
            case "combination":
                quantizer = _for_columns(role.dim, self.xw_bits, self, signed=None, gradient="local")
            case "attention":
                assert role.count is not None  # The layer knows its heads.
                quantizer = quantizers.Quantizer(role.count, "row", signed=True, bits=ATTENTION_BITS, gradient="task")
            case "logits" if self.groups:
                quantizer = _for_rows(self, nodes, ATTENTION_BITS, "task", bits_learned=False)
            case "logits":
                quantizer = _for_columns(role.dim, ATTENTION_BITS, self, signed=None, gradient="task")
            case "norm" | "messages" | "aggregation" | "output":
                return None
        _randomize(quantizer, self, role, nodes.generator)
        return quantizer

    @property
    def start_bits(self) -> int | None:
        """The initial bits, where bits are learned."""
        return self.initial_bits if self.learn in ("both", "bits") else None

    @property
    def brief(self) -> str:
        """What the bits are trained to: "trained to 2 average bits" or "trained to 10 KiB"; else "λ 0.1"."""
        if self.target_average_bits is not None:
            return f"trained to {self.target_average_bits:g} average bits"
        if self.target_kib is not None:
            return f"trained to {self.target_kib:g} KiB"
        return f"λ {self.penalty:g}"


def quantized_by_a2q(role: TensorRole) -> bool:
    """Whether a tensor of the network's own is one that A²Q quantizes.

    Methods that quantize the same tensors differ from it in their bits only.
    """
    return role.kind in _QUANTIZED and not (role.kind == "features" and role.dim == 1)


def _for_rows(
    config: A2QConfig, nodes: Nodes, bits: int, gradient: Gradient, *, bits_learned: bool
) -> "quantizers.Quantizer | quantizers.NearestQuantizer":
    learn_bits = bits_learned and config.learn in ("both", "bits")
    learn_step = config.learn in ("both", "steps")
    low, high = (config.min_bits, config.max_bits) if bits_learned else (1, 8)
    if config.groups:
        return quantizers.NearestQuantizer(
            config.groups,
            signed=None,
            bits=bits,
            learn_bits=learn_bits,
            learn_step=learn_step,
            min_bits=low,
            max_bits=high,
            gradient=gradient,
            straight_through=config.straight_through,
            convention=config.group_search,
        )
    if nodes.count is None:
        raise ConfigError(
            "The number of nodes is not given, so no node can have a step size of its own; give num_nodes for one "
            "graph, or set groups (such as 1000) to quantize many graphs by the Nearest Neighbor Strategy."
        )
    return quantizers.Quantizer(
        nodes.count,
        "row",
        signed=None,
        bits=bits,
        learn_bits=learn_bits,
        learn_step=learn_step,
        min_bits=low,
        max_bits=high,
        gradient=gradient,
        straight_through=config.straight_through,
        step_bits=config.step_bits,
    )


def _for_columns(
    dim: int, bits: int, config: A2QConfig, *, signed: bool | None, gradient: Gradient
) -> "quantizers.Quantizer":
    return quantizers.Quantizer(
        dim,
        "column",
        signed=signed,
        bits=bits,
        gradient=gradient,
        straight_through=config.straight_through,
    )


def _randomize(
    quantizer: "quantizers.Quantizer | quantizers.NearestQuantizer",
    config: A2QConfig,
    role: TensorRole,
    generator: "torch.Generator | None",
) -> None:
    start = PAPER_STARTS.get(config.start, {}).get(role.kind)
    if start is not None:
        quantizer.randomize(start.mean, start.std, generator)
