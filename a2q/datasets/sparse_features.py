"""Features of which nearly all are 0, kept without them."""

import warnings

import numpy as np
import torch
from scipy.sparse import csr_matrix
from torch import Tensor


def as_csr(features: Tensor | csr_matrix) -> Tensor:
    """Return features [nodes, dim] as `torch.sparse_csr` float32, int64 indices."""
    matrix = csr_matrix(features.numpy()) if isinstance(features, Tensor) else features
    with warnings.catch_warnings():
        # torch calls its CSR layout "beta"; the product with a dense matrix, all that is used, is settled.
        warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta state")
        return torch.sparse_csr_tensor(
            torch.from_numpy(matrix.indptr.astype(np.int64)),
            torch.from_numpy(matrix.indices.astype(np.int64)),
            torch.from_numpy(matrix.data.astype(np.float32)),
            size=matrix.shape,
            check_invariants=True,
        )
