"""Text of strangers in Streamlit's Markdown: shown as it is written, never as a picture, link or formula."""

import re

_MARKS = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~$:&])")


def literal(text: str) -> str:
    """The text with every mark of Markdown escaped."""
    return _MARKS.sub(r"\\\1", text)
