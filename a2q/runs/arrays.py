"""Node arrays as bytes: NumPy's own compressed file, never a pickle."""

import io

import numpy as np


def pack(array: np.ndarray) -> bytes:
    """A compressed ``.npz`` file holding one array."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, values=array)
    return buffer.getvalue()


def unpack(payload: bytes) -> np.ndarray:
    """The array of :func:`pack`.

    Raises:
        ValueError: the bytes hold Python objects instead of numbers.
    """
    with np.load(io.BytesIO(payload), allow_pickle=False) as archive:
        values: np.ndarray = archive["values"]
    return values
