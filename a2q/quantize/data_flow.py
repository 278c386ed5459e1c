"""Which layers read the dataset's own input: followed through the model's code by symbolic values, without any data."""

import copy
import inspect
from types import MethodType
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import is_lazy

from a2q.layers import QuantizedLayer
from a2q.quantize.symbols import Symbol, Tracer, hidden

_HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
# How many values a ``forward(*args)`` is given, in the order to try.
_POSITIONAL = (2, 3, 1, 4, 5)


def layers_on_input(model: nn.Module) -> set[str]:
    """Names of the layers whose input depends on no layer before them: they read what the dataset gives.

    Dropout, normalisation and arithmetic on the way leave it the dataset's; a layer that reads hidden features too, in
    another place or joined to it, does not count. Layers are modules with a matrix of their own, embeddings among them,
    and those that pass messages.

    The model's ``forward`` runs on symbols in place of values, on a copy of its modules in which layers are symbols
    too. A condition on a value counts as not met, unless an error is raised then. Code that cannot be followed is read
    as far as it can be, and where nothing is learned from it, the first layer by order of definition is the one.
    """
    outer: list[str] = []
    for name, module in model.named_modules():
        if _is_layer(module) and not any(name.startswith(f"{above}.") or above == "" for above in outer):
            outer.append(name)
    if "" in outer:
        return {""}
    read: dict[str, list[bool]] = {}
    with torch.random.fork_rng(devices=[]):
        for count in _POSITIONAL if _takes_any_number(model) else _POSITIONAL[:1]:
            seen, complete = _followed(model, count)
            read = seen if complete or len(seen) > len(read) else read
            if complete:
                break
    return {name for name, given in read.items() if all(given)} if read else set(outer[:1])


def _followed(model: nn.Module, positional: int) -> tuple[dict[str, list[bool]], bool]:
    """For each layer met whether each of its inputs was the dataset's, and whether the code was followed to its end."""
    tracer = Tracer()
    try:
        twin = _twin(model, "", tracer, {})
        given, named = _arguments(model, tracer, positional)
        twin(*given, **named)
    except Exception:
        # A user's code does with a symbol what it does with a value, and may raise anything.
        return tracer.read, False
    return tracer.read, True


def _is_layer(module: nn.Module) -> bool:
    from torch_geometric.nn import Linear, MessagePassing

    own = [parameter for parameter in module._parameters.values() if parameter is not None]
    matrix = any(is_lazy(parameter) or parameter.dim() >= 2 for parameter in own)
    return matrix or isinstance(module, QuantizedLayer | MessagePassing | Linear | nn.Linear | nn.Embedding)


class _Stand(nn.Module):
    """In the place of a module that is not looked into: its result is computed of what it is given."""

    def __init__(self, module: nn.Module, name: str | None, tracer: Tracer) -> None:
        super().__init__()
        self.__dict__.update(stands_for=module, layer=name, tracer=tracer)

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        # Code that asks which layer it is gets its answer.
        return type(self.__dict__["stands_for"])

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["stands_for"], name)

    def forward(self, *given: Any, **named: Any) -> Symbol:
        state = self.__dict__
        if state["layer"] is None:
            return Symbol(state["tracer"], hidden((given, named)))
        first = given[0] if given else named.get("x", next(iter(named.values()), None))
        state["tracer"].read.setdefault(state["layer"], []).append(first is not None and not hidden(first))
        return Symbol(state["tracer"], True)


def _twin(module: nn.Module, name: str, tracer: Tracer, made: dict[int, nn.Module]) -> nn.Module:
    """A copy of the modules above the layers that shares all parameters; what its code sets is not set in the model."""
    if id(module) in made:
        return made[id(module)]
    if _is_layer(module):
        made[id(module)] = _Stand(module, name, tracer)
    elif not any(_is_layer(part) for part in module.modules()) and type(module).forward is not nn.Module.forward:
        made[id(module)] = _Stand(module, None, tracer)
    else:
        twin = made[id(module)] = object.__new__(type(module))
        for key, value in module.__dict__.items():
            if isinstance(value, MethodType) and value.__self__ is module:
                # A forward of this very module, as torch_geometric.nn.Sequential writes for itself.
                twin.__dict__[key] = MethodType(value.__func__, twin)
            else:
                twin.__dict__[key] = copy.copy(value) if isinstance(value, list | dict | set) else value
        for kind in _HOOKS:
            twin.__dict__[kind] = type(module.__dict__[kind])()
        twin._buffers = {key: None if value is None else value.clone() for key, value in module._buffers.items()}
        twin._modules = {
            key: None if part is None else _twin(part, f"{name}.{key}".lstrip("."), tracer, made)
            for key, part in module._modules.items()
        }
    return made[id(module)]


def _takes_any_number(model: nn.Module) -> bool:
    try:
        parameters = inspect.signature(model.forward).parameters.values()
    except (TypeError, ValueError):
        return False
    return any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters)


def _arguments(model: nn.Module, tracer: Tracer, positional: int) -> tuple[list[Any], dict[str, Any]]:
    """Symbols for all that a model's ``forward`` needs; what has a default keeps it, but for the first."""
    given: list[Any] = []
    named: dict[str, Any] = {}
    for place, parameter in enumerate(inspect.signature(model.forward).parameters.values()):
        if parameter.kind is parameter.VAR_POSITIONAL:
            given += [Symbol(tracer, False) for _ in range(positional)]
        elif parameter.kind is parameter.KEYWORD_ONLY and parameter.default is parameter.empty:
            named[parameter.name] = Symbol(tracer, False)
        elif parameter.kind is not parameter.VAR_KEYWORD and (not place or parameter.default is parameter.empty):
            given.append(Symbol(tracer, False))
    return given, named
