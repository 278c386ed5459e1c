"""Sets in files of arrays: what is read is what was written."""

import zipfile
from pathlib import Path

import pytest
import torch
from torch_geometric.data import Data

from a2q.datasets.files.made_set import MadeSet, read_set, write_set
from a2q.datasets.sparse_features import as_csr

_EDGES = torch.tensor([[0, 1, 2], [1, 2, 0]])
_ONE = Data(x=torch.rand(3, 2), edge_index=_EDGES, y=torch.tensor([0, 1, 0]), train_mask=torch.eye(3).bool())
_OTHER = Data(x=torch.rand(1, 2), edge_index=_EDGES[:, :0], y=torch.tensor([1]), train_mask=torch.ones(1, 3).bool())
_BARE = [Data(edge_index=_EDGES, y=torch.tensor(0.5), num_nodes=count) for count in (3, 7)]


def alike(one: MadeSet, other: MadeSet) -> bool:
    if isinstance(one, list):
        return isinstance(other, list) and len(one) == len(other) and all(map(alike, one, other))
    left, right = one.to_dict(), other.to_dict()
    return left.keys() == right.keys() and all(_same(left[name], right[name]) for name in left)


def _same(one: object, other: object) -> bool:
    if not isinstance(one, torch.Tensor):
        return type(one) is type(other) and one == other
    assert isinstance(other, torch.Tensor)
    kept = (one.dtype, one.shape, one.layout) == (other.dtype, other.shape, other.layout)
    return kept and torch.equal(one.to_dense(), other.to_dense())


@pytest.mark.parametrize(
    "made",
    [
        _ONE,
        Data(x=as_csr(torch.eye(3, 5)), edge_index=_EDGES, y=torch.tensor([0, 1, 0])),
        [_ONE, _OTHER],
        [_ONE],
        _BARE,
        [[_ONE], [_OTHER, _ONE], [_OTHER]],
        [[_ONE], [], [_OTHER]],
    ],
)
def test_what_is_read_is_what_was_written(made: MadeSet, tmp_path: Path) -> None:
    write_set(made, tmp_path)
    assert alike(read_set(tmp_path), made)
    with zipfile.ZipFile(tmp_path / "set.npz") as archive:
        assert not any(b"|O" in archive.read(name)[:100] for name in archive.namelist())


def test_a_changed_file_is_not_read(tmp_path: Path) -> None:
    write_set(_ONE, tmp_path)
    content = bytearray((tmp_path / "set.npz").read_bytes())
    content[-200] ^= 4
    (tmp_path / "set.npz").write_bytes(content)
    with pytest.raises(ValueError, match="was changed since it was written"):
        read_set(tmp_path)


@pytest.mark.parametrize("made", [[_ONE, _BARE[0]], Data(x=torch.eye(2), name="a text")])
def test_what_arrays_cannot_hold_is_refused(made: MadeSet, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="attribute"):
        write_set(made, tmp_path)
