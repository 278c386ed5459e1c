"""Texts of others on a page as they are, never as Markdown."""

import re

_MARKS = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~$:&])")
# What makes a link, a picture, markup or a block of one line; a sentence's stops and hyphens stay as they are.
_IN_LINE = re.compile(r"([\\`*_\[\]<>|~$&@]|:(?=\S)|(?<=www)\.|^[#+-])", re.IGNORECASE)
MOST_CHARACTERS = 300


def literal(text: str) -> str:
    """The text with every mark of Markdown escaped."""
    return _MARKS.sub(r"\\\1", text)


def message(text: str) -> str:
    """An error or reason in one line, cut at 300 characters, which Markdown draws as it is."""
    line = " ".join(text.split())
    return _IN_LINE.sub(r"\\\1", line if len(line) <= MOST_CHARACTERS else f"{line[: MOST_CHARACTERS - 1]}…")
