"""Bits that are fixed before training: given, by a rule, or by the loss's sensitivity."""

from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from a2q import quantizers
from a2q.config import ConfigError
from a2q.layers.roles import TensorRole
from a2q.methods.a2q import A2QConfig, Gradient, StepBits, UnseenRule
from a2q.methods.method import Method
from a2q.methods.nodes import Nodes
from a2q.methods.paper_starts import Start
from a2q.units import MOST_BITS

if TYPE_CHECKING:
    import torch

FILE = "file-"
"""What ``bits_of`` begins with where the bits are those of a file."""

Assignment = Literal["given", "permuted", "in-degree", "reversed", "value", "sensitivity"]


class FixedBitsConfig(Method):
    """Every node's bits are fixed before training and only step sizes learn: the control of learned bits.

    The bitwidths are those of another run or of a file, or two neighbouring widths that mix to an average; the
    assignment says which node gets which. "permuted" is the control of what an assignment is worth: the same widths,
    as often, on other nodes. Everything else is as A²Q has it, so that bits alone differ.

    Source: ours.
    """

    learns_steps: ClassVar[bool] = True
    one_graph_only: ClassVar[bool] = True

    method: Literal["fixed-bits"] = Field("fixed-bits", title="Method")
    assignment: Assignment = Field(
        "sensitivity",
        title="Which node gets which bits",
        description="given: as the run or file has them. permuted: the same bitwidths on other nodes, drawn at random. "
        "in-degree, value: sorted, most bits for the highest in-degree or mean |x|. reversed: fewest bits for the "
        "highest in-degree. sensitivity: where a quantization error changes the predictions most, under the average.",
    )
    bits_of: str = Field(
        "",
        max_length=80,
        title="Bits of run",
        description="Id of a finished run whose bits are taken, of its repeat with this run's seed; file-… for a file "
        "given to `a2q train --bits`. Empty: the average.",
    )
    average_bits: float = Field(
        1.0,
        ge=0,
        le=8,
        title="Average bits",
        description="Without a run or file: shared out by sensitivity, or by two neighbouring widths that mix to it.",
    )
    min_bits: int = Field(
        1,
        ge=0,
        le=8,
        title="Minimum bits",
        description="By sensitivity no node has fewer. 0 allows pruned nodes (all codes 0), which sums without weights "
        "(GIN) bear badly.",
    )
    permutation: int = Field(
        0, ge=0, lt=2**31, title="Permutation", description="Which random permutation; other numbers give others."
    )
    weight_bits: int = Field(4, ge=2, le=8, title="Weight bits", description="Fixed, one step size per output channel.")
    xw_bits: int = Field(4, ge=2, le=8, title="XW bits", description="Fixed, one step size per column of XW.")
    start: Start = Field(
        "data", title="Step-size start", description="As for A²Q.", exclude_if=lambda start: start == "data"
    )
    gradient: Gradient = Field(
        "local", title="Gradient of node features", description="What step sizes learn from, as for A²Q."
    )
    straight_through: Literal["identity", "clipped"] = Field(
        "clipped", title="Straight-through estimator", description="As for A²Q."
    )
    step_bits: StepBits = Field(
        32, title="Bits of a node's step size", description="8 stores step sizes as powers of 2^(1/8)."
    )
    first_input: Literal["keep", "learn"] = Field(
        "keep", title="First layer's input", description="keep: as the dataset gives it. learn: bits per node."
    )
    unseen: UnseenRule = Field(
        "value", title="Rule for unseen nodes", description="As for A²Q.", exclude_if=lambda rule: rule == "value"
    )

    @field_validator("bits_of", mode="before")
    @classmethod
    def _none_is_no_run(cls, given: Any) -> Any:
        # A command line empties a setting by giving nothing.
        return "" if given is None else given

    @model_validator(mode="after")
    def _bits_from_one_place(self) -> Self:
        if self.assignment == "given" and not self.takes_bits:
            raise ValueError(
                "The bits are to be used as given, but neither a run nor a file is given; give one, or choose another "
                "assignment."
            )
        if self.assignment == "sensitivity" and self.takes_bits:
            raise ValueError(
                "By sensitivity the bits are shared out under an average; leave the run or file out, or choose "
                "another assignment."
            )
        if self.assignment == "sensitivity" and self.average_bits < self.min_bits:
            raise ValueError(
                f"The average is {self.average_bits:g} bits, which nodes of at least {self.min_bits} bits cannot have; "
                "lower the minimum or raise the average."
            )
        return self

    @property
    def takes_bits(self) -> bool:
        """Whether the bitwidths come from a run or file."""
        return bool(self.bits_of)

    def quantizer(self, role: TensorRole, nodes: Nodes) -> "quantizers.FakeQuantizer | None":
        """Node features as A²Q has them, with bits that do not learn and are set after calibration.

        Raises:
            ConfigError: the number of nodes is not given.
        """
        if nodes.count is None:
            raise ConfigError(
                "Fixed bits are for the nodes of one graph, whose number is not given; give num_nodes, or choose a2q "
                "with groups for many graphs."
            )
        same = {name: getattr(self, name) for name in _AS_A2Q}
        return A2QConfig(learn="steps", initial_bits=2, min_bits=0, max_bits=MOST_BITS, **same).quantizer(role, nodes)

    @property
    def brief(self) -> str:
        """As in "1 average bits by sensitivity" or "bits of run 1f2e, permuted"."""
        if self.takes_bits:
            source = "a file" if self.bits_of.startswith(FILE) else f"run {self.bits_of[:4]}"
            return f"bits of {source}, {self.assignment}"
        return f"{self.average_bits:g} average bits {_BY[self.assignment]}"


# Settings that both have under the same name.
_AS_A2Q = (
    "start",
    "weight_bits",
    "xw_bits",
    "gradient",
    "straight_through",
    "step_bits",
    "first_input",
    "unseen",
)

_BY: dict[Assignment, str] = {
    "given": "",
    "permuted": "at random",
    "in-degree": "by in-degree",
    "reversed": "against in-degree",
    "value": "by mean |x|",
    "sensitivity": "by sensitivity",
}


def control_of(learned: Method, run: str, assignment: Assignment) -> FixedBitsConfig:
    """The settings that train a run's bits, assigned otherwise, as the run was trained but for its bits.

    Args:
        learned: the run's own settings.
        run: its id.
        assignment: which node gets which of its bits.

    Raises:
        ConfigError: the method has no bits per node of one graph.
    """
    if getattr(learned, "groups", 0) or not isinstance(learned, A2QConfig | FixedBitsConfig):
        raise ConfigError(
            f"A run of {learned.method} has no bits of its own for each node of one graph, so there is nothing to "
            "assign otherwise; choose a run of a2q or fixed-bits on one graph."
        )
    same = {name: getattr(learned, name) for name in _AS_A2Q}
    return FixedBitsConfig(assignment=assignment, bits_of=run, **same)


def mixed_bits(count: int, average: float) -> "torch.Tensor":
    """The two whole bitwidths next to an average, mixed to it within ``1 / count``; [count], rising."""
    import torch

    low = int(average)
    many = round(count * (average - low))
    return torch.tensor([low] * (count - many) + [low + 1] * many)
