"""Layout by what nodes hold: the two directions in which their features differ most."""

import numpy as np


def principal_axes(values: np.ndarray) -> np.ndarray:
    """Coordinates on the first two principal components, float32 [num_nodes, 2].

    Signs are such that the largest loading is positive, which makes the picture repeatable.

    Args:
        values: features, [num_nodes, dim]; one column gives a line.

    Source: principal component analysis.
    """
    centred = values.astype(np.float64) - values.mean(axis=0, dtype=np.float64)
    _, axes = np.linalg.eigh(centred.T @ centred)
    leading = axes[:, ::-1][:, :2]
    leading = leading * np.sign(leading[np.abs(leading).argmax(axis=0), range(leading.shape[1])])
    projected: np.ndarray = centred @ leading
    if projected.shape[1] < 2:
        projected = np.column_stack([projected, np.zeros(len(projected))])
    return np.asarray(projected, dtype=np.float32)
