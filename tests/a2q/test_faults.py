import errno
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from a2q.faults import fault_in_words, machine_fault


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
