"""The node table as it leaves the app: with places and colours, so that other tools draw the same picture."""

import re

import pandas as pd

from a2q.reports.node_table import COLUMNS
from a2q_studio.charts.palette import Palette
from a2q_studio.comparison.compared import Compared
from a2q_studio.run_report.contents import Places

MORE_COLUMNS = {
    "x": "horizontal place in the picture",
    "y": "vertical place in the picture, upwards",
    "colour": "colour of the node's bits in the app's light theme, hexadecimal; grey for 0 bits and for FP32",
}
"""Columns that the file has beside those of :data:`a2q.reports.node_table.COLUMNS`."""

LAYER_COLUMNS = (
    "bits",
    "step",
    "aggregation_fp32",
    "aggregation",
    "magnitude",
    "error",
    "relative_error",
    "clipped",
)
"""Columns that differ from layer to layer."""

COLUMN_MEANINGS = COLUMNS | MORE_COLUMNS


def exported_nodes(one: Compared, layer: int, places: Places | None, palette: Palette) -> pd.DataFrame:
    """One row per node of a layer's input, with ``x``, ``y`` and ``colour``.

    Args:
        one: the run.
        layer: counted from 1; a run without bits has the columns that do not need them.
        places: where the nodes stand; without, ``x`` and ``y`` are left out.
        palette: colours of the bits.
    """
    table = one.table(layer).copy()
    if places is not None:
        table["x"], table["y"] = places.coordinates.T
    bits = table["bits"] if "bits" in table else pd.Series(0, index=table.index)
    table["colour"] = [hexadecimal(palette.of_bits(width)) for width in bits]
    return table


def layers_to_export(one: Compared) -> list[int]:
    """Layers with bits; of a run without any, the last, whose aggregation values remain."""
    if one.layers or not one.graph:
        return list(one.layers)
    return [one.run.config.model.layers]


def hexadecimal(colour: str) -> str:
    """A colour as six hexadecimal digits, which every tool reads."""
    if colour.startswith("#"):
        return colour
    red, green, blue = (int(part) for part in re.findall(r"\d+", colour)[:3])
    return f"#{red:02x}{green:02x}{blue:02x}"
