"""Features of too many cells: a sparse matrix stays one from the file to training."""

import io

import numpy as np
import pytest
import scipy.io
import scipy.sparse as sp
import torch

from a2q import Graph, RunConfig, Trainer, prepare
from a2q.datasets import DatasetConfig, DatasetError, import_data, load
from a2q.datasets.importers import import_store as keeping
from a2q.datasets.importers import limits
from a2q.datasets.memory import training_memory
from a2q.methods.a2q import A2QConfig
from a2q.sparse.matrix import SparseMatrix
from a2q.tasks.inductive_task import seen_part
from a2q.training.config import TrainingConfig


def _matrix() -> sp.csr_array:
    """[12, 40], with a zero that is listed and a place that comes twice."""
    rng = np.random.default_rng(0)
    row, column = np.repeat(np.arange(12), 3), rng.integers(0, 40, 36)
    values = rng.integers(1, 5, 36) / 4
    values[7], row[9], column[9] = 0, row[8], column[8]
    return sp.csr_array(sp.coo_array((values, (row, column)), shape=(12, 40)))


def _files(small, form: str, matrix: sp.csr_array) -> tuple[tuple[str, bytes] | None, ...]:
    stream = io.BytesIO()
    if form == "mtx":
        scipy.io.mmwrite(stream, sp.coo_array(matrix))
    else:
        sp.save_npz(stream, matrix)
    return ("e.csv", small.csv()), ("n.csv", small.nodes_csv()), None, (f"x.{form}", stream.getvalue())


@pytest.fixture
def few_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if 100 cells were the most that are kept dense."""
    monkeypatch.setattr(limits, "FEATURE_VALUES", 100)


@pytest.mark.usefixtures("few_cells")
@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support is in beta")
def test_a_sparse_matrix_of_many_cells_stays_sparse(small, take, monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = _matrix()
    found = take(*_files(small, "npz", matrix))
    x = load(found.card.name).data.x
    assert x.layout == torch.sparse_csr and np.array_equal(x.to_dense().numpy(), matrix.toarray().astype(np.float32))
    wanted = np.count_nonzero(matrix.toarray())
    assert found.card.entries == len(x.values()) == wanted and found.card.features == 40
    keeping.arrays_of(found.card.name)
    data = load(found.card.name).data
    assert import_data(data, "mine").card.name == found.card.name
    # The same values kept dense are another content, since training sees them in another form.
    monkeypatch.setattr(limits, "FEATURE_VALUES", 1000)
    dense = take(*_files(small, "npz", matrix))
    assert dense.card.entries is None and torch.equal(load(dense.card.name).data.x, x.to_dense())


@pytest.mark.usefixtures("few_cells")
def test_of_matrix_market_too(small, take) -> None:
    matrix = _matrix()
    matrix.sum_duplicates()
    assert take(*_files(small, "mtx", matrix)).card.name == take(*_files(small, "npz", matrix)).card.name


@pytest.mark.usefixtures("few_cells")
def test_what_is_too_much_or_no_number_is_told(small, take, monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = _matrix()
    matrix.sum_duplicates()
    spoilt = matrix.copy()
    row, column = 5, int(spoilt.indices[spoilt.indptr[5]])
    spoilt.data[spoilt.indptr[5]] = np.inf
    with pytest.raises(DatasetError, match=rf"^x.npz holds inf in row {row + 1}, column {column + 1}; put a finite"):
        take(*_files(small, "npz", spoilt))
    monkeypatch.setattr(limits, "FEATURE_ENTRIES", 10)
    with pytest.raises(DatasetError, match=r"^x.npz has 3\d entries of 12 nodes and 40 features, and at most 10"):
        take(*_files(small, "npz", matrix))
    dense = io.BytesIO()
    np.savez(dense, x=matrix.toarray())
    edges, nodes, *_ = _files(small, "npz", matrix)
    with pytest.raises(DatasetError, match="at most 100 values are read; choose fewer columns, or give"):
        take(edges, nodes, None, ("x.npz", dense.getvalue()))
    graphs = small.nodes_frame.assign(graph=0).to_csv(index=False).encode()
    with pytest.raises(DatasetError):
        take(edges, ("n.csv", graphs), None, _files(small, "npz", matrix)[3], graph="graph")


@pytest.mark.usefixtures("few_cells")
def test_a_changed_byte_of_sparse_features_is_told(small, take) -> None:
    name = take(*_files(small, "npz", _matrix())).card.name
    file = keeping.folder() / name / "graph.npz"
    with np.load(file) as stored:
        arrays = dict(stored)
    arrays["x_data"][3] += 1
    np.savez(file, **arrays)
    with pytest.raises(DatasetError, match="is damaged; delete"):
        keeping.arrays_of(name)


@pytest.mark.usefixtures("few_cells")
@pytest.mark.parametrize("hide_test", [False, True])
def test_training_on_sparse_features_never_makes_them_dense(
    small, take, monkeypatch: pytest.MonkeyPatch, hide_test: bool
) -> None:
    name = take(*_files(small, "npz", _matrix())).card.name
    monkeypatch.setattr(SparseMatrix, "to_dense", lambda matrix: pytest.fail("The features are made dense."))
    dataset = DatasetConfig(name=name)
    training = TrainingConfig(epochs=2, hide_test=hide_test)
    trainer = Trainer(
        prepare(load(dataset).data), RunConfig(dataset=dataset, training=training, quantization=A2QConfig())
    )
    assert trainer.run_epoch().epoch == 1


def test_seen_rows_of_sparse_features_are_those_of_dense_ones(citations: Graph) -> None:
    assert isinstance(citations.features, SparseMatrix)
    seen = (~citations.test).nonzero().flatten()
    rows = seen_part(citations, seen).features
    assert isinstance(rows, SparseMatrix)
    wanted = SparseMatrix(citations.features.to_dense()[seen])
    assert torch.equal(rows.csr.to_dense(), wanted.csr.to_dense()) and torch.equal(rows.values, wanted.values)


@pytest.mark.usefixtures("few_cells")
def test_memory_is_estimated_by_entries(small, take) -> None:
    known = take(*_files(small, "npz", _matrix())).card
    many = known.model_copy(update={"nodes": 1_000_000, "features": 1000, "entries": 5_000_000})
    config = DatasetConfig(name=known.name)
    sparse, dense = (training_memory(made, config) for made in (many, many.model_copy(update={"entries": None})))
    assert sparse is not None and dense is not None and sparse < dense / 4
