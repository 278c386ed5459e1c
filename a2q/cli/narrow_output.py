"""Output to terminals and files whose encoding lacks some of our characters."""

import codecs
import sys
import unicodedata
from io import TextIOWrapper

HANDLER = "a2q.ascii"
_SPELLED = {
    "–": "-",
    "—": "-",
    "−": "-",
    "·": "-",
    "×": "x",
    "→": "->",
    "≤": "<=",
    "≥": ">=",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "µ": "u",
    "μ": "u",
}


def allow_narrow_output() -> None:
    """Let standard output and error spell what their encoding lacks in ASCII, where they would raise an error."""
    codecs.register_error(HANDLER, _spelled)
    for stream in (sys.stdout, sys.stderr):
        # What replaces a stream in an embedding program may have no encoding at all.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=HANDLER)


def _spelled(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_ascii, error.object[error.start : error.end])), error.end


def _ascii(character: str) -> str:
    if character in _SPELLED:
        return _SPELLED[character]
    # Takes off accents and raises or lowers nothing: é is e, ² is 2, … is three dots.
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return plain or "?"
