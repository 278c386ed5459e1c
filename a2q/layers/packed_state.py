"""The state of a layer that only infers, in few bytes: all codes, step sizes and bits as one compressed tensor."""

import zlib
from typing import Any

import torch
from torch import Tensor, nn

PACKED = "packed"
"""Name of that tensor in a state, after the layer's own."""
_OURS = ("quantizers.", "weight_codes", "weight_step")


def pack(layer: nn.Module, state: dict[str, Tensor], prefix: str, _metadata: dict[str, Any]) -> None:
    """Replace what ``layer`` and its quantizers hold in ``state`` by one tensor; a hook of ``state_dict()``.

    The bytes of all values, those of equal place in their numbers side by side, are compressed by zlib: whole numbers
    of few bits then take few, and the many scalars of quantizers no more than they hold.
    """
    names = _names(state, prefix)
    if names:
        planes = b"".join(_bytes(state.pop(name)) for name in names)
        state[prefix + PACKED] = torch.frombuffer(bytearray(zlib.compress(planes, 9)), dtype=torch.uint8)


def unpack(
    layer: nn.Module,
    state: dict[str, Any],
    prefix: str,
    _metadata: dict[str, Any],
    _strict: bool,
    _missing: list[str],
    _unexpected: list[str],
    errors: list[str],
) -> None:
    """Undo :func:`pack` in ``state``; a hook of ``load_state_dict()``. A state that is not packed stays as it is.

    Which tensors there are, and how large, is what ``layer`` itself holds; of another layer's state an error says so.
    """
    if prefix + PACKED not in state:
        return
    packed = state.pop(prefix + PACKED)
    holds = dict((*layer.named_buffers(prefix.removesuffix(".")), *layer.named_parameters(prefix.removesuffix("."))))
    names = _names(holds, prefix)
    size = sum(holds[name].nbytes for name in names)
    inflate = zlib.decompressobj()
    try:
        planes = inflate.decompress(packed.cpu().numpy().tobytes(), size + 1)
    except (AttributeError, TypeError, zlib.error):
        planes = b""
    if len(planes) != size:
        errors.append(
            f"{prefix}{PACKED} is not the state of such a layer; prepare and convert the model with the settings, the "
            "nodes and the kind of weights of the one that was saved."
        )
        # Nothing is missing besides, and the layer keeps what it has.
        state.update((name, holds[name]) for name in names)
        return
    for name in names:
        of_name, planes = planes[: holds[name].nbytes], planes[holds[name].nbytes :]
        state[name] = _tensor(of_name, holds[name])


def _names(state: dict[str, Any], prefix: str) -> list[str]:
    """What is packed of a state: only what all layers of a kind have, in an order that depends on names alone."""
    return sorted(name for name in state if name.startswith(prefix) and name[len(prefix) :].startswith(_OURS))


def _bytes(values: Tensor) -> bytes:
    flat = values.detach().cpu().contiguous().reshape(-1)
    return flat.view(torch.uint8).reshape(-1, values.element_size()).t().contiguous().numpy().tobytes()


def _tensor(planes: bytes, like: Tensor) -> Tensor:
    if not planes:
        return torch.empty_like(like)
    flat = torch.frombuffer(bytearray(planes), dtype=torch.uint8).reshape(like.element_size(), -1)
    return flat.t().contiguous().view(-1).view(like.dtype).reshape(like.shape)
