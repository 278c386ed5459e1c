"""Texts of NumPy, which holds any 32 bits for a character."""

import numpy as np

_MOST_CODE_POINT = 0x10FFFF
_SURROGATES = (0xD800, 0xDFFF)


def is_unicode(array: np.ndarray) -> bool:
    """Whether every character is one that can be written: within Unicode's numbers, and no half of a surrogate pair.

    Args:
        array: of texts, as NumPy's kind "U".
    """
    codes = np.ascontiguousarray(array).reshape(-1).view(f"{array.dtype.byteorder.replace('|', '=')}u4")
    first, last = _SURROGATES
    return not ((codes > _MOST_CODE_POINT) | ((codes >= first) & (codes <= last))).any()
