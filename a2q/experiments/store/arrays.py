"""Node arrays as bytes: NumPy's own compressed file, never a pickle."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Commands that look at no array do not wait for it.
    import numpy as np


def pack(array: np.ndarray) -> bytes:
    """A compressed ``.npz`` file holding one array.

    Raises:
        ValueError: it holds Python objects, which only a pickle could keep.
    """
    import numpy as np

    if array.dtype.hasobject:
        raise ValueError(f"An array of {array.dtype} holds Python objects; only numbers and texts are stored.")
    buffer = io.BytesIO()
    np.savez_compressed(buffer, values=array)
    return buffer.getvalue()


def unpack(payload: bytes) -> np.ndarray:
    """The array of :func:`pack`.

    Raises:
        ValueError: the bytes are damaged, or hold Python objects instead of numbers.
    """
    import numpy as np

    try:
        # Opened as a zip here, since NumPy leaves a damaged one open.
        with zipfile.ZipFile(io.BytesIO(payload)) as archive, archive.open("values.npy") as file:
            values: np.ndarray = np.lib.format.read_array(file, allow_pickle=False)
    except Exception as error:
        # ZIP and NumPy raise whatever they come across in damaged bytes: no common type.
        raise ValueError(f"A stored array is damaged ({error}).") from error
    return values
