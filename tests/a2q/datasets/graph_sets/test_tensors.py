import pickle
from collections import OrderedDict
from pathlib import Path

import pytest
import torch

from a2q.datasets import DatasetError
from a2q.datasets.graph_sets.tensors import read_pickled_tensors, read_tensors

_CALLED: list[str] = []


class _Calls:
    """Pickles as a call of a function of the file's own choice."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return _CALLED.append, ("called",)


@pytest.mark.parametrize("protocol", [2, 4, 5])
@pytest.mark.parametrize("dtype", [torch.int8, torch.long, torch.float])
def test_pickled_tensors_come_back(protocol: int, dtype: torch.dtype, tmp_path: Path) -> None:
    file = tmp_path / "x.pickle"
    table = torch.arange(12).to(dtype).view(3, 4)
    file.write_bytes(pickle.dumps([{"a": table, "b": table.t()[1], "n": 3}], protocol))
    (read,) = read_pickled_tensors(file)
    assert torch.equal(read["a"].read(), table)
    assert torch.equal(read["b"].read(), table.t()[1])
    assert read["n"] == 3


@pytest.mark.parametrize("unwanted", [_Calls(), print, torch.nn.Linear(1, 1)])
def test_what_is_no_tensor_is_refused_and_not_called(unwanted: object, tmp_path: Path) -> None:
    file = tmp_path / "x.pickle"
    file.write_bytes(pickle.dumps([torch.ones(1), unwanted]))
    with pytest.raises(DatasetError, match=r"x\.pickle is damaged or holds more than tensors, so it is not read"):
        read_pickled_tensors(file)
    assert not _CALLED


def test_a_call_within_a_tensors_bytes_is_not_made(tmp_path: Path) -> None:
    file = tmp_path / "x.pickle"
    file.write_bytes(pickle.dumps(torch.ones(1), 2))
    forged = read_pickled_tensors(file)._replace(storage=pickle.dumps(_Calls(), 2))
    with pytest.raises(pickle.UnpicklingError):
        forged.read()
    assert not _CALLED


@pytest.mark.parametrize("content", [b"", b"no pickle", pickle.dumps([1])[:-1]])
def test_a_damaged_pickle_is_told(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "x.pickle"
    file.write_bytes(content)
    with pytest.raises(DatasetError, match="damaged"):
        read_pickled_tensors(file)


def test_saved_tensors_come_back_and_objects_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.pt"
    torch.save(([OrderedDict(x=torch.eye(2))],), file)
    assert torch.equal(read_tensors(file)[0][0]["x"], torch.eye(2))
    for unwanted in (_Calls(), torch.nn.Linear(1, 1)):
        torch.save([unwanted], file)
        with pytest.raises(DatasetError, match=r"x\.pt is damaged or holds more than tensors"):
            read_tensors(file)
    file.write_bytes(b"PK\x03\x04 cut short")
    with pytest.raises(DatasetError, match="damaged"):
        read_tensors(file)
    assert not _CALLED
