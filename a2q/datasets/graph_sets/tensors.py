"""Reading pickled tensors without running anything a file may ask to be run.

A pickle can name any function to call. PyTorch Geometric guards its reading of these files only in part (it reads
again without the guard when a file asks for more), and they may come over a connection it does not verify. So
here a file that names anything but what makes a tensor is refused.
"""

import pickle
from collections import OrderedDict
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from a2q.datasets.errors import DatasetError


def read_tensors(file: Path) -> Any:
    """Return what `torch.save` wrote: tensors in tuples, lists and dicts, nothing else.

    Raises:
        DatasetError: when the file holds anything else, or is damaged.
    """
    try:
        return torch.load(file, weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError) as error:
        raise DatasetError(_refused(file)) from error


class StoredTensor(NamedTuple):
    """A tensor still in the bytes it was pickled in: of 220,000 molecules only the 10,000 asked for are read."""

    storage: bytes
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]

    def read(self) -> Tensor:
        """Return the tensor. Raises what torch does when the bytes hold no tensor's values."""
        storage = torch.load(BytesIO(self.storage), weights_only=True)
        tensor: Tensor = torch._utils._rebuild_tensor_v2(storage, self.offset, self.size, self.stride, False, {})
        return tensor


def read_pickled_tensors(file: Path) -> Any:
    """Return what `pickle.dump` wrote: `StoredTensor`s, numbers and words in lists and dicts, nothing else.

    Raises:
        DatasetError: when the file holds anything else, or is damaged.
    """
    try:
        with file.open("rb") as stream:
            return _TensorsOnly(stream).load()
    except (pickle.UnpicklingError, EOFError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise DatasetError(_refused(file)) from error


def _stored(storage: bytes, offset: int, size: tuple[int, ...], stride: tuple[int, ...], *_: object) -> StoredTensor:
    return StoredTensor(storage, offset, size, stride)


def _latin1(text: str, _: str) -> bytes:
    # How a pickle of protocol 2 holds bytes.
    return text.encode("latin1")


_ALLOWED = {
    ("torch._utils", "_rebuild_tensor_v2"): _stored,
    ("torch.storage", "_load_from_bytes"): bytes,
    ("_codecs", "encode"): _latin1,
    ("collections", "OrderedDict"): OrderedDict,
}


class _TensorsOnly(pickle.Unpickler):
    """Knows four names, for which it calls functions of this file: none of the file's own choice."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} is not part of a tensor")
        return _ALLOWED[module, name]


def _refused(file: Path) -> str:
    return (
        f"{file.name} is damaged or holds more than tensors, so it is not read: "
        "put the published file in its place and load again."
    )
