"""What is known of the nodes when quantizers are made."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True)
class Nodes:
    """The nodes of the one graph a model is for; all None where it is for many graphs.

    Attributes:
        count: number of nodes.
        in_degree: incoming edges of each, [count], int64.
        generator: source of randomness for random starts and protective masks.
    """

    count: int | None = None
    in_degree: "Tensor | None" = None
    generator: "torch.Generator | None" = None
