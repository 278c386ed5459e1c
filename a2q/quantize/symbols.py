"""Values that are not known: what a model's code computes is followed by them instead of by data."""

import dis
import inspect
import re
from collections.abc import Iterator
from types import FrameType
from typing import Any

from torch import Tensor
from torch.fx import Graph, Proxy
from torch.fx.proxy import TracerBase
from torch.utils._pytree import tree_leaves

# Where code that never ends is left.
_MOST_STEPS = 3_000


class Symbol(Proxy):
    """A value that is not known, only whether it was computed by a layer."""

    def __init__(self, tracer: "Tracer", hidden: bool) -> None:
        self.tracer: Any = tracer
        self.hidden = hidden

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Symbol(self.tracer, self.hidden)

    def __setitem__(self, place: Any, value: Any) -> None:
        self.hidden |= hidden(value)

    def __repr__(self) -> str:
        return "a symbol"

    def __len__(self) -> int:
        return 1

    __index__ = __int__ = __len__


class Tracer(TracerBase):
    """Makes the symbols of one run, and keeps what layers have read."""

    def __init__(self) -> None:
        self.graph = Graph()
        self.read: dict[str, list[bool]] = {}
        self._steps = 0

    def create_proxy(self, kind: str, target: Any, args: Any, kwargs: Any, *more: Any, **named: Any) -> Proxy:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise RecursionError("The code goes on and on.")
        return Symbol(self, hidden((args, kwargs)))

    def to_bool(self, obj: Proxy) -> bool:
        frame = inspect.currentframe()
        # This method, the symbol's, the code that asks.
        return frame is not None and _goes_on_if_true(frame.f_back.f_back)  # type: ignore[union-attr]

    def iter(self, obj: Proxy) -> Iterator[Any]:
        return iter([obj])


def _goes_on_if_true(frame: FrameType | None) -> bool:
    """Whether code that branches here raises an error unless the condition is met, as ``assert`` does."""
    code = [] if frame is None else list(dis.get_instructions(frame.f_code))
    here = next((place for place, step in enumerate(code) if frame and step.offset == frame.f_lasti), None)
    if here is not None and code[here].opname == "TO_BOOL":
        here += 1
    if here is None or not re.match(r"POP_JUMP_.*IF_(TRUE|FALSE)", code[here].opname):
        return False
    jumps_if_true = code[here].opname.endswith("TRUE")
    target = next((place for place, step in enumerate(code) if step.offset == code[here].argval), len(code))
    return _raises(code[here + 1 :]) if jumps_if_true else _raises(code[target:])


def _raises(code: list[dis.Instruction]) -> bool:
    """Whether these instructions, up to the first branch, end in an error."""
    ends = ("RAISE", "RETURN", "JUMP", "FOR_ITER", "SEND")
    last = next((step.opname for step in code if any(end in step.opname for end in ends)), "")
    return last.startswith("RAISE")


def hidden(values: Any) -> bool:
    """Whether any of these was computed by a layer or is a learned matrix; PyG's Data is looked into."""
    for value in tree_leaves(values):
        if type(value) is Symbol:
            found = value.hidden
        elif isinstance(value, Tensor):
            found = value.requires_grad and value.dim() >= 2
        else:
            found = hasattr(value, "to_dict") and hidden(value.to_dict())
        if found:
            return True
    return False
