"""What users hung on the layers that ours stand in for: hooks move along, weights computed anew are refused."""

from typing import Any

from torch import nn
from torch.nn.utils import parametrize
from torch.nn.utils.prune import BasePruningMethod
from torch.nn.utils.spectral_norm import SpectralNorm
from torch.nn.utils.weight_norm import WeightNorm

from a2q.layers.from_pyg import UnsupportedLayerError

_CARRIED = (
    "_forward_hooks",
    "_forward_hooks_with_kwargs",
    "_forward_hooks_always_called",
    "_forward_pre_hooks",
    "_forward_pre_hooks_with_kwargs",
    "_backward_hooks",
    "_backward_pre_hooks",
)
# A place of PyG's between the sum over neighbours and its messages, which our layers do not have.
_NOT_CARRIED = ("propagate", "message", "aggregate", "message_and_aggregate", "edge_update")
_TIMES = ("forward_pre", "forward")


def carry_hooks(module: nn.Module, layer: nn.Module, name: str) -> None:
    """Give ``layer`` and its parts the hooks of ``module``, whose place it takes, and of its parts of the same name.

    Both share them: a handle that registering gave still removes its hook.

    Raises:
        UnsupportedLayerError: a hook is at a place that ``layer`` does not have.
    """
    parts = dict(layer.named_modules())
    for part_name, part in module.named_modules():
        full = ".".join(filter(None, (name, part_name))) or "The model"
        place = next((f"{kind}_{when}" for kind in _NOT_CARRIED for when in _TIMES if _hooks(part, kind, when)), None)
        if place is not None:
            raise UnsupportedLayerError(
                f"{full} has a {place} hook, which quantized layers do not call; remove it before quantizing, or "
                "register a forward hook."
            )
        ours = parts.get(part_name)
        if ours is part or not any(getattr(part, kind) for kind in _CARRIED):
            continue
        if ours is None:
            raise UnsupportedLayerError(
                f"{full} has a hook, but no part of the quantized layer takes its place; remove the hook before "
                "quantizing, or register it on the layer itself."
            )
        for kind in (*_CARRIED, "_is_full_backward_hook"):
            setattr(ours, kind, getattr(part, kind))


def _hooks(module: nn.Module, kind: str, when: str) -> Any:
    return getattr(module, f"_{kind}_{when}_hooks", None)


def refuse_computed_weights(module: nn.Module, name: str, parts: bool) -> None:
    """Refuse a layer whose weights are computed from others at each pass: pruned, normalised or parametrized ones.

    Args:
        module: the layer.
        name: what errors call it.
        parts: whether the modules below it are looked at too.

    Raises:
        UnsupportedLayerError: it has such weights; the message says how to keep their present values.
    """
    for part_name, part in module.named_modules() if parts else [("", module)]:
        full = ".".join(filter(None, (name, part_name))) or "The model"
        if parametrize.is_parametrized(part):
            tensor = next(iter(part.parametrizations))  # type: ignore[arg-type]
            raise _refusal(full, f"a parametrized {tensor}", "parametrize.remove_parametrizations", tensor)
        for hook in part._forward_pre_hooks.values():
            if isinstance(hook, BasePruningMethod):
                raise _refusal(full, f"a pruned {hook._tensor_name}", "prune.remove", hook._tensor_name)
            if isinstance(hook, WeightNorm):
                raise _refusal(full, f"a normalised {hook.name}", "remove_weight_norm", hook.name)
            if isinstance(hook, SpectralNorm):
                raise _refusal(full, f"a normalised {hook.name}", "remove_spectral_norm", hook.name)


def _refusal(name: str, what: str, remedy: str, tensor: str) -> UnsupportedLayerError:
    return UnsupportedLayerError(
        f"{name} has {what}, computed anew at each pass, which cannot be quantized; keep its values with "
        f"torch.nn.utils.{remedy}(layer, {tensor!r}) before quantizing."
    )
