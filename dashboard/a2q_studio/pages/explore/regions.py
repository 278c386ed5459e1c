"""Which nodes lie in what somebody has drawn."""

from collections.abc import Mapping, Sequence

import numpy as np

Region = Mapping[str, Sequence[float]]


def within_regions(coordinates: np.ndarray, boxes: Sequence[Region], lassos: Sequence[Region]) -> np.ndarray:
    """Numbers of the nodes inside any of the boxes and lassos, ascending.

    Args:
        coordinates: [num_nodes, 2]; a node without a place (NaN) lies nowhere.
        boxes: opposite corners, {"x": [x0, x1], "y": [y0, y1]}.
        lassos: corners in order, {"x": […], "y": […]}; the last is joined to the first.
    """
    inside = np.zeros(len(coordinates), dtype=bool)
    for box in boxes:
        low, high = (np.array([end(box["x"]), end(box["y"])], dtype=float) for end in (min, max))
        inside |= ((coordinates >= low) & (coordinates <= high)).all(axis=1)
    for lasso in lassos:
        inside |= _in_polygon(coordinates, np.column_stack([lasso["x"], lasso["y"]]).astype(float))
    return np.flatnonzero(inside)


def _in_polygon(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """The even-odd rule: a ray to the right of a point inside crosses an odd number of sides."""
    inside = np.zeros(len(points), dtype=bool)
    x, y = points[:, 0].astype(float), points[:, 1].astype(float)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        crosses = (y0 > y) != (y1 > y)
        if y0 != y1:
            inside ^= crosses & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return inside
