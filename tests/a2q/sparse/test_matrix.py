import gc
import weakref

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from a2q.sparse.matrix import SparseMatrix, as_matrix


def _sparse_values(rows: int, columns: int, share: float) -> Tensor:
    generator = torch.Generator().manual_seed(rows * 100 + columns)
    values = torch.randn(rows, columns, generator=generator)
    return values * (torch.rand(rows, columns, generator=generator) < share)


_MATRICES = {
    "square": _sparse_values(8, 8, 0.3),
    "wide": _sparse_values(4, 11, 0.3),
    "tall": _sparse_values(13, 3, 0.3),
    "full": _sparse_values(5, 6, 1.0),
    "empty": torch.zeros(5, 4),
    "row": _sparse_values(1, 7, 0.5),
}


@pytest.mark.parametrize("name", _MATRICES)
def test_product_and_gradient_equal_the_dense_ones(name: str) -> None:
    matrix = _MATRICES[name]
    start = torch.randn(matrix.shape[1], 3, generator=torch.Generator().manual_seed(1))
    upstream = torch.randn(matrix.shape[0], 3, generator=torch.Generator().manual_seed(2))
    ours, dense = start.clone().requires_grad_(), start.clone().requires_grad_()
    product = SparseMatrix(matrix) @ ours
    expected = matrix @ dense
    product.backward(upstream)
    expected.backward(upstream)
    assert_close(product, expected)
    assert_close(ours.grad, dense.grad)


@pytest.mark.parametrize("name", _MATRICES)
@pytest.mark.parametrize("layout", [torch.strided, torch.sparse_coo, torch.sparse_csr, torch.sparse_csc], ids=str)
@pytest.mark.filterwarnings("ignore:Sparse CS[RC] tensor support is in beta")
def test_any_layout_gives_the_same_matrix(name: str, layout: torch.layout) -> None:
    matrix = _MATRICES[name]
    given = matrix if layout == torch.strided else matrix.to_sparse(layout=layout)
    sparse = SparseMatrix(given)
    assert sparse.shape == tuple(matrix.shape)
    assert torch.equal(sparse.to_dense(), matrix)
    assert torch.equal(sparse.transposed.to_dense(), matrix.T)
    assert torch.equal(sparse.values, matrix[matrix != 0])


def test_entries_given_twice_add_up() -> None:
    index = torch.tensor([[0, 0, 1], [1, 1, 0]])
    doubled = torch.sparse_coo_tensor(index, torch.tensor([1.0, 2.0, 4.0]), (2, 2), check_invariants=True)
    assert SparseMatrix(doubled).to_dense().tolist() == [[0, 3], [4, 0]]


def test_a_gradient_in_any_memory_order_is_taken() -> None:
    matrix = _MATRICES["wide"]
    dense = torch.ones(11, 3, requires_grad=True)
    upstream = torch.randn(3, 4, generator=torch.Generator().manual_seed(0)).T
    (SparseMatrix(matrix) @ dense).backward(upstream)
    assert_close(dense.grad, matrix.T @ upstream)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16], ids=str)
def test_other_precisions_give_the_product_and_gradient_of_their_own(dtype: torch.dtype) -> None:
    matrix = _MATRICES["wide"]
    dense = torch.randn(11, 3, generator=torch.Generator().manual_seed(1)).to(dtype).requires_grad_()
    product = SparseMatrix(matrix) @ dense
    product.sum().backward()
    assert product.dtype == dense.grad.dtype == dtype
    exact = matrix.double() @ dense.detach().double()
    # All but the result is in single precision at least.
    assert_close(product.double(), exact.to(dtype).double(), rtol=torch.finfo(dtype).eps, atol=1e-6)
    assert_close(dense.grad, matrix.t().sum(1, keepdim=True).to(dtype).expand(11, 3), rtol=1e-2, atol=1e-2)


def test_mixed_precision_leaves_the_product_in_single_precision() -> None:
    dense = torch.rand(11, 3, generator=torch.Generator().manual_seed(1))
    matrix = SparseMatrix(_MATRICES["wide"])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        product = matrix @ dense
    assert torch.equal(product, matrix @ dense)


def test_a_sparse_tensor_becomes_one_matrix_until_it_changes() -> None:
    given = _MATRICES["wide"].to_sparse_coo()
    matrix = as_matrix(given)
    assert as_matrix(given) is matrix
    assert torch.equal(matrix.to_dense(), _MATRICES["wide"])
    given.mul_(2)
    assert torch.equal(as_matrix(given).to_dense(), 2 * _MATRICES["wide"])
    gone = weakref.ref(as_matrix(given))
    del given
    gc.collect()
    assert gone() is None
    with pytest.raises(ValueError, match="a sparse tensor that requires a gradient"):
        as_matrix(_MATRICES["wide"].to_sparse_coo().requires_grad_())


def test_what_inference_mode_makes_serves_training() -> None:
    matrix = as_matrix(_MATRICES["wide"].to_sparse_coo())
    with torch.inference_mode():
        made = matrix.to_dense(), matrix.entries.values, matrix.entries.pattern.row
        fresh = as_matrix(_MATRICES["wide"].to_sparse_coo())
    assert not any(tensor.is_inference() for tensor in (*made, fresh.values))
