"""What a step of the lesson is made of."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from a2q_studio.pages.learn.lesson.teaching import Teaching

State = Mapping[str, Any]
"""Values of the step's widgets, by key."""


@dataclass(frozen=True)
class Prediction:
    """A question to answer before anything may be moved.

    Attributes:
        question: what will happen?
        options: the answers to choose from.
        answer: the right one's position, computed from the very runs on the page.
        told: what really happens, with its numbers.
    """

    question: str
    options: tuple[str, ...]
    answer: Callable[[Teaching], int]
    told: Callable[[Teaching], str]


@dataclass(frozen=True)
class Step:
    """One question of the lesson.

    Attributes:
        name: in the keys of its widgets and of the session.
        title, words: what it is about; at most 90 words. [x], [s] and [b] become coloured symbols.
        formula: LaTeX with symbols \\X, \\S and \\B in the colours of the charts.
        prediction: asked first.
        interactive: draws the controls and figures; before the prediction (True) only what does not give the answer
            away.
        demo: states that "Show me" plays one after the other, the last one stays.
        takeaway: one line to remember.
        why: for those who ask.
        role: which run "Open in Explore" opens; None where the step is on a toy.
    """

    name: str
    title: str
    words: str
    formula: str
    prediction: Prediction
    interactive: Callable[[Teaching, bool], None]
    demo: Callable[[Teaching], Sequence[State]]
    takeaway: str
    why: str
    role: str | None = None


def nearest(value: float, candidates: tuple[float, ...]) -> int:
    """Position of the candidate that is nearest to a value."""
    return int(np.argmin([abs(value - candidate) for candidate in candidates]))


_SYMBOLS = {"X": "x", "S": "s", "B": "b"}
_PHRASES = {"R": "rounding", "C": "clipping"}


def coloured(text: str, roles: Mapping[str, str]) -> str:
    """A step's formula or words with their symbols in the colours of the charts.

    In formulas \\X, \\S and \\B are the symbols x, s and b, and \\R{…} and \\C{…} colour what speaks of rounding and
    clipping; in words [x], [s] and [b] are the symbols.

    Args:
        text: LaTeX or Markdown.
        roles: the palette's colours.
    """

    def symbol(name: str) -> str:
        return rf"{{\textcolor{{{roles[name]}}}{{{name}}}}}"

    text = re.sub(r"\\([XSB])(?![A-Za-z])", lambda found: symbol(_SYMBOLS[found[1]]), text)
    text = re.sub(r"\\([RC])\{", lambda found: rf"\textcolor{{{roles[_PHRASES[found[1]]]}}}{{", text)
    return re.sub(r"\[([xsb])\]", lambda found: f"${symbol(found[1])}$", text)
