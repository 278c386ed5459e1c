"""The numbers behind a figure as a table, for readers who cannot see it and for those who compute on."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go


def table_of(figure: go.Figure) -> pd.DataFrame:
    """Every value that a figure draws, one row each: series, x, y and, of heatmaps, the value of the cell.

    Columns are named after the axes; a column that is empty throughout is left out.
    """
    pieces = [piece for trace in figure.data if (piece := _rows(trace, figure)) is not None]
    if not pieces:
        return pd.DataFrame()
    table = pd.concat(pieces, ignore_index=True)
    return table.loc[:, [column for column in table if table[column].notna().any()]]


def _rows(trace: Any, figure: go.Figure) -> pd.DataFrame | None:
    across, up = (_title(figure, trace, axis) for axis in ("x", "y"))
    series = getattr(trace, "name", None)
    z = getattr(trace, "z", None)
    if z is not None:
        values = np.asarray(z)
        columns = _labels(trace.x, values.shape[1])
        rows = _labels(trace.y, values.shape[0])
        return pd.DataFrame(
            {
                across: np.tile(columns, len(rows)),
                up: np.repeat(rows, len(columns)),
                _colour_title(trace): values.reshape(-1),
            }
        )
    x, y = getattr(trace, "x", None), getattr(trace, "y", None)
    drawn = x if x is not None else y
    if drawn is None:
        return None
    count = len(drawn)
    return pd.DataFrame(
        {
            "series": [series] * count,
            across: list(x) if x is not None else range(count),
            up: list(y) if y is not None else [None] * count,
        }
    )


def _title(figure: go.Figure, trace: Any, axis: str) -> str:
    which = (getattr(trace, f"{axis}axis", None) or axis)[1:]
    return str(getattr(figure.layout, f"{axis}axis{which}").title.text or axis).replace("<br>", " ")


def _colour_title(trace: Any) -> str:
    bar = getattr(trace, "colorbar", None)
    return str(bar.title.text).replace("<br>", " ") if bar is not None and bar.title.text else "value"


def _labels(given: Sequence[Any] | None, count: int) -> np.ndarray:
    return np.arange(count) if given is None else np.asarray(given, dtype=object)
