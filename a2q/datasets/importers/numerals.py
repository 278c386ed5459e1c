"""How the numbers of a text table are written: with a point or a comma, thousands apart, or as True and False."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

_SPACES = (" ", "\u00a0", "\u2009", "\u202f", "'", "\u2019")


@dataclass(frozen=True)
class Notation:
    """One way to write numbers.

    Args:
        decimal: what comes before the fraction; none where numbers are yes and no, or as float() takes them.
        thousands: what may stand between groups of three digits.
        about: what to tell of it, "" where there is nothing to tell.
    """

    decimal: str = ""
    thousands: tuple[str, ...] = ()
    about: str = ""

    @property
    def pattern(self) -> str:
        """What a number looks like, as a regular expression of RE2."""
        if self is YES_NO:
            return "(?i)^(true|false)$"
        groups = "|".join(rf"\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+" for mark in self.thousands)
        mark = re.escape(self.decimal)
        return rf"^[+-]?(?:(?:{groups}|\d+)(?:{mark}\d*)?|{mark}\d+)(?:[eE][+-]?\d+)?$"

    def fits(self, text: str) -> bool:
        """Whether a cell is a number so written."""
        return is_plain(text) if self is PLAIN else re.match(self.pattern, text) is not None

    def parsed(self, text: pa.Array) -> pa.Array:
        """Cells as float64.

        Raises:
            pyarrow.ArrowInvalid: one is no number so written.
        """
        if self is PLAIN:
            return pc.cast(text, pa.float64())
        if pc.any(pc.invert(pc.match_substring_regex(text, self.pattern))).as_py():
            raise pa.ArrowInvalid("no number in this notation")
        if self is YES_NO:
            text = pc.cast(pc.utf8_lower(text), pa.bool_())
        else:
            for mark in self.thousands:
                text = pc.replace_substring(text, mark, "")
            text = pc.replace_substring(text, self.decimal, ".")
        return pc.cast(text, pa.float64())


PLAIN = Notation()
YES_NO = Notation(about="True is read as 1 and False as 0")
POINT = Notation(".", (",", *_SPACES), "marks between thousands are left out")
COMMA = Notation(",", (".", *_SPACES), "numbers are read with a decimal comma")
BY_NAME = {"point": POINT, "comma": COMMA}


def notations(cells: Sequence[str], decimal: str | None = None) -> list[Notation]:
    """The ways in which all of some cells are numbers; more than one only where they are different numbers then.

    Args:
        cells: text without spaces around, empty ones left out.
        decimal: "point" or "comma" where it is known which stands before fractions.
    """
    if not cells:
        return []
    if decimal != "comma" and all(map(is_plain, cells)):
        return [PLAIN]
    if all(map(YES_NO.fits, cells)):
        return [YES_NO]
    likely = [BY_NAME[decimal]] if decimal else [POINT, COMMA]
    found = [notation for notation in likely if all(map(notation.fits, cells))]
    if len(found) == 2 and found[0].parsed(pa.array(cells)).equals(found[1].parsed(pa.array(cells))):
        return found[:1]
    return [PLAIN] if not found and all(map(is_plain, cells)) else found


def is_float(text: str) -> bool:
    """Whether float() takes it, as "1e-3"."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def is_plain(cell: str) -> bool:
    """Whether float() takes it and no underscores are in it."""
    return is_float(cell) and "_" not in cell
