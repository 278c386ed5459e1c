"""Reading the figures of the lesson; nine nodes to draw."""

import numpy as np
import plotly.graph_objects as go
from plotly.basedatatypes import BaseTraceType

DEGREES = np.array([0, 1, 1, 2, 3, 4, 7, 12, 40])
BITS = np.array([1, 1, 2, 2, 3, 3, 4, 5, 8])


def title(figure: go.Figure) -> str:
    """The title in one line, as it is read."""
    return " ".join(figure.layout.title.text.replace("<br>", " ").replace("\u00a0", " ").split())


def named(figure: go.Figure, name: str) -> BaseTraceType:
    """The one trace of this name."""
    (trace,) = [trace for trace in figure.data if trace.name == name]
    return trace
