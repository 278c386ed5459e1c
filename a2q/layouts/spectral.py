"""Spectral coordinates: a start for forces that is the same every time."""

import numpy as np
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import ArpackNoConvergence, eigsh

# A dense decomposition of fewer nodes is quicker and exact.
_FEW_NODES = 64


def spectral_start(links: csr_array) -> np.ndarray:
    """Two leading non-constant eigenvectors of the normalised adjacency matrix, scaled to [-1, 1], [num_nodes, 2].

    Args:
        links: symmetric, of one connected component with at least 3 nodes.

    Source: standard spectral embedding; signs are fixed by the largest entry, which makes it repeatable.
    """
    count = links.shape[0]
    scale = diags_array(1 / np.sqrt(np.maximum(links.sum(axis=1), 1)))
    normalised = scale @ links @ scale
    if count <= _FEW_NODES:
        vectors = np.linalg.eigh(normalised.toarray())[1][:, -3:]
    else:
        start = np.random.default_rng(0).standard_normal(count)
        try:
            vectors = eigsh(normalised, k=3, which="LA", v0=start, maxiter=300, tol=1e-3)[1]
        except ArpackNoConvergence:
            # Forces find their way from anywhere.
            vectors = np.random.default_rng(0).standard_normal((count, 3))
    coordinates = vectors[:, -2::-1][:, :2] * np.sqrt(np.maximum(links.sum(axis=1), 1))[:, None] ** -1
    largest = coordinates[np.abs(coordinates).argmax(axis=0), [0, 1]]
    coordinates = coordinates / np.where(largest == 0, 1, largest)
    # Nodes with the same neighbours have the same coordinates, and forces between them no direction.
    nudge = np.random.default_rng(1).standard_normal(coordinates.shape) * 0.01
    return np.asarray(coordinates + nudge)
