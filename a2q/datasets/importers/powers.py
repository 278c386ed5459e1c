"""Whole numbers written with a power of ten, as 3.000000e+00 by numpy.savetxt and 1.23457E+15 by spreadsheets."""

import re

import pyarrow as pa
import pyarrow.compute as pc

POWER = re.compile(r"(\d)(?:\.(\d+))?[eE]\+?(\d{1,2})")
_POWER = r"^\d(\.\d+)?[eE]\+?\d{1,2}$"


def without_power(text: pa.Array) -> pa.Array:
    """3 for 3.000000e+00; what is no whole number so written stays as it is."""
    written = pc.match_substring_regex(text, _POWER)
    if not pc.any(written).as_py():
        return text
    values = pc.cast(pc.if_else(written, text, "0"), pa.float64())
    whole = pc.and_(written, pc.and_(pc.equal(pc.floor(values), values), pc.less(values, 2.0**53)))
    numbers = pc.cast(pc.if_else(whole, values, 0.0), pa.int64())
    return pc.if_else(whole, pc.cast(numbers, pa.string()), text)


def rounded(text: str) -> bool:
    """Whether a number with a power has fewer digits than the number it stands for: others are written alike."""
    found = POWER.fullmatch(text)
    return found is not None and len(found[2] or "") < int(found[3])
