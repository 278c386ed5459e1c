import errno
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from sqlalchemy.exc import OperationalError

from a2q import faults
from a2q.faults import MEMORY, fault_in_words, is_passing, machine_fault


def _raised(cause: Exception) -> Exception:
    try:
        raise ValueError("The files do not hold what they should.") from cause
    except ValueError as error:
        return error


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_found_behind_other_errors(number: int, cache_home: Path) -> None:
    told = f"The disk of $A2Q_HOME ({cache_home}) is full; free space there, then try again."
    full = OSError(number, "full")
    assert machine_fault(full) == machine_fault(_raised(full)) == told
    assert machine_fault(OperationalError("INSERT", {}, Exception("database or disk is full"))) == told
    assert fault_in_words("OSError: [Errno 28] No space left on device") == told


@pytest.mark.parametrize(
    "error", [OSError(errno.EACCES, "denied"), ValueError("full"), OperationalError("SELECT", {}, Exception("gone"))]
)
def test_other_errors_are_none_of_these(error: Exception) -> None:
    assert machine_fault(error) is None
    assert machine_fault(_raised(error)) is None


# What torch says on a CPU (one whole message), NumPy, and the operating system.
@pytest.mark.parametrize(
    "error",
    [
        RuntimeError(
            "[enforce fail at alloc_cpu.cpp:128] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to "
            "allocate 4000000000000000 bytes. Error code 12 (Cannot allocate memory)"
        ),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 4000000000000000 bytes."),
        RuntimeError("std::bad_alloc"),
        RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB."),
        MemoryError("Unable to allocate 7.28 TiB for an array with shape (1000000, 1000000)"),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
    ],
)
def test_memory_that_ran_out_is_told_as_that(error: Exception) -> None:
    assert machine_fault(error) == machine_fault(_raised(error)) == MEMORY
    assert fault_in_words(f"Traceback (most recent call last):\n{type(error).__name__}: {error}") == MEMORY


def test_torch_really_says_so() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**58, dtype=torch.uint8)
    assert machine_fault(caught.value) == MEMORY


@pytest.mark.parametrize(
    ("said", "passing"),
    [
        ("terminating connection due to administrator command", True),
        ('connection to server at "127.0.0.1", port 5432 failed: Connection refused', True),
        ("the database system is starting up", True),
        ("(2006, 'MySQL server has gone away')", True),
        ("database is locked", True),
        ("database or disk is full", False),
        ("no such table: runs", False),
    ],
)
def test_faults_that_pass_are_told_from_others(said: str, passing: bool) -> None:
    error = OperationalError("UPDATE", {}, Exception(said))
    assert is_passing(error) == passing
    if passing:
        assert "try again" in (machine_fault(error) or "")
    lost = OperationalError("UPDATE", {}, Exception("unheard of"), connection_invalidated=True)
    assert is_passing(lost)


def test_a_home_that_cannot_be_written_is_told(cache_home: Path) -> None:
    told = f"$A2Q_HOME ({cache_home}) cannot be written ("
    assert (machine_fault(OSError(errno.EROFS, "Read-only file system", "/x")) or "").startswith(told)
    denied = PermissionError(errno.EACCES, "Permission denied", str(cache_home / "imports"))
    assert machine_fault(denied) == f"{told}Permission denied); set A2Q_HOME to a folder that can, and try again."
    assert machine_fault(PermissionError(errno.EACCES, "Permission denied", "/elsewhere")) is None


@pytest.mark.parametrize(("free", "full"), [(0, True), (2**30, False)])
def test_sqlite_on_a_full_disk_says_disk_io_error(
    free: int, full: bool, cache_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults.shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    error = OperationalError("PRAGMA journal_mode=WAL", {}, Exception("disk I/O error"))
    assert (machine_fault(error) is not None) == full
