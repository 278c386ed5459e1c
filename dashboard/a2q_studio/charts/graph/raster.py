"""What is too much to draw one by one, as one picture: edges, and the density of nodes."""

import base64
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image
from plotly.colors import find_intermediate_color, unlabel_rgb

PIXELS = 900
_MARGIN = 0.03
# Samples along edges are counted in pieces of so many, which bounds the memory.
_PIECE = 4_000_000
_MOST_ALPHA = 230
CELLS = 160
"""Cells of a density raster along its longer side."""


@dataclass(frozen=True)
class Raster:
    """A picture and where it lies in the plot.

    Attributes:
        source: the PNG as a data address.
        x, y: its left and upper end.
        width, height: in units of the coordinates.
    """

    source: str
    x: float
    y: float
    width: float
    height: float

    @property
    def image(self) -> dict[str, object]:
        """As Plotly draws it, beneath all else."""
        return {
            "source": self.source,
            "xref": "x",
            "yref": "y",
            "x": self.x,
            "y": self.y,
            "sizex": self.width,
            "sizey": self.height,
            "sizing": "stretch",
            "layer": "below",
        }


def edge_raster(coordinates: np.ndarray, edges: np.ndarray, colour: str, pixels: int = PIXELS) -> Raster:
    """All edges as straight lines, more opaque where many cross.

    Each edge is sampled once per pixel of its length; opacity grows with the logarithm of the count.

    Args:
        coordinates: [num_nodes, 2]; an edge whose end has no place (NaN) is left out.
        edges: source and target, [2, num_edges].
        colour: of the lines, hexadecimal.
        pixels: of the longer side.
    """
    low, high = bounds(coordinates)
    scale = (pixels - 1) / max(high - low)
    width, height = (int(side) + 1 for side in (high - low) * scale)
    starts, ends = ((coordinates[side] - low) * scale for side in edges)
    placed = np.isfinite(starts).all(axis=1) & np.isfinite(ends).all(axis=1)
    starts, ends = starts[placed], ends[placed]
    counts = np.zeros(width * height, dtype=np.int64)
    steps = np.ceil(np.abs(ends - starts).max(axis=1, initial=1)).astype(np.int64) + 1 if len(starts) else np.zeros(0)
    piece = np.cumsum(steps) // _PIECE
    for number in range(int(piece[-1]) + 1 if len(piece) else 0):
        some = piece == number
        repeats = steps[some]
        first = np.repeat(np.cumsum(repeats) - repeats, repeats)
        along = ((np.arange(len(first)) - first) / np.repeat(np.maximum(repeats - 1, 1), repeats))[:, None]
        begin, end = np.repeat(starts[some], repeats, axis=0), np.repeat(ends[some], repeats, axis=0)
        places = (begin + (end - begin) * along).round().astype(np.int64)
        counts += np.bincount(places[:, 1] * width + places[:, 0], minlength=width * height)
    shown = np.log1p(counts.reshape(height, width))
    # One line alone must still be seen on either ground.
    opacity = np.where(shown > 0, 0.4 + 0.6 * shown / max(shown.max(), 1), 0)
    picture = np.empty((height, width, 4), dtype=np.uint8)
    picture[..., :3] = _rgb(colour)
    picture[..., 3] = (opacity * _MOST_ALPHA).astype(np.uint8)
    return _raster(picture, low, high)


def density_raster(
    coordinates: np.ndarray, values: np.ndarray, scale: list[str], low_value: float, high_value: float
) -> Raster:
    """Where nodes stand, coloured by the mean of their values, more opaque where there are more.

    Args:
        coordinates: [num_nodes, 2].
        values: one number per node, [num_nodes].
        scale: colours from low to high, as "rgb(…)".
        low_value, high_value: what the ends of the scale stand for.
    """
    placed = np.isfinite(coordinates).all(axis=1)
    coordinates, values = coordinates[placed], values[placed]
    low, high = bounds(coordinates)
    step = max(high - low) / CELLS
    width, height = (int(side) + 1 for side in (high - low) / step)
    columns, rows = ((coordinates - low) / step).astype(np.int64).T
    cell = rows * width + columns
    counts = np.bincount(cell, minlength=width * height)
    means = np.bincount(cell, values, minlength=width * height) / np.maximum(counts, 1)
    position = np.clip((means - low_value) / max(high_value - low_value, 1e-12), 0, 1)
    steps = np.array([_mixed(scale, share) for share in np.linspace(0, 1, 64)], dtype=np.uint8)
    shown = np.log1p(counts)
    picture = np.empty((width * height, 4), dtype=np.uint8)
    picture[:, :3] = steps[(position * 63).round().astype(int)]
    picture[:, 3] = np.where(counts > 0, (0.25 + 0.5 * shown / max(shown.max(), 1)) * 255, 0)
    return _raster(picture.reshape(height, width, 4), low, high)


def bounds(coordinates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper corner with some room around, each [2]."""
    if not np.isfinite(coordinates).all(axis=1).any():
        return np.array([-1.0, -1.0]), np.array([1.0, 1.0])
    low, high = np.nanmin(coordinates, axis=0).astype(float), np.nanmax(coordinates, axis=0).astype(float)
    room = max(float((high - low).max()) * _MARGIN, 1e-3)
    return low - room, high + room


def _raster(picture: np.ndarray, low: np.ndarray, high: np.ndarray) -> Raster:
    buffer = io.BytesIO()
    # Row 0 of a picture is its top, row 0 of the counts the bottom.
    Image.fromarray(picture[::-1]).save(buffer, format="PNG", optimize=False, compress_level=6)
    source = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
    return Raster(source, float(low[0]), float(high[1]), float(high[0] - low[0]), float(high[1] - low[1]))


def _rgb(colour: str) -> tuple[int, int, int]:
    digits = colour.removeprefix("#")
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def _mixed(scale: list[str], share: float) -> tuple[int, ...]:
    position = share * (len(scale) - 1)
    lower = min(int(position), len(scale) - 2)
    mixed = find_intermediate_color(scale[lower], scale[lower + 1], position - lower, colortype="rgb")
    return tuple(round(part) for part in unlabel_rgb(mixed))
