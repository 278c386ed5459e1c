"""Components side by side on one sheet."""

from collections.abc import Sequence

import numpy as np

_MARGIN = 1.0


def packed(pieces: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Move each component's coordinates, [nodes, 2], so that none overlaps another.

    The first stays where it is, its lower left corner at the origin; the others fill columns to its right, in the
    order given, as high as the first is or, where they need more room together, as a square sheet.

    Source: shelf packing.
    """
    boxes = [np.ptp(piece, axis=0) + _MARGIN for piece in pieces]
    if not pieces:
        return []
    area = sum(float(width * height) for width, height in boxes)
    limit = max(float(boxes[0][1]), np.sqrt(area))
    x, y, column = 0.0, 0.0, 0.0
    moved = []
    for piece, (width, height) in zip(pieces, boxes, strict=True):
        if y > 0 and y + height > limit:
            x, y, column = x + column, 0.0, 0.0
        moved.append(piece - piece.min(axis=0) + (x, y))
        y, column = y + float(height), max(column, float(width))
    return moved
