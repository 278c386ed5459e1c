from pathlib import Path

import psutil
import pytest

from a2q.reports import summary as memory


def test_the_peak_is_never_below_what_is_held_now() -> None:
    peak = memory.peak_memory_mib()
    if peak is None:
        pytest.skip("this system does not tell a process's peak")
    # Both are read from the kernel, one after the other.
    assert peak > 0.5 * psutil.Process().memory_info().rss / 2**20


def test_a_system_that_does_not_tell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(memory, "_STATUS", tmp_path / "nowhere")
    assert memory.peak_memory_mib() is None
    (tmp_path / "status").write_text("Name:\tpython\n")
    monkeypatch.setattr(memory, "_STATUS", tmp_path / "status")
    assert memory.peak_memory_mib() is None
    (tmp_path / "status").write_text("Name:\tpython\nVmHWM:\t  2048 kB\n")
    assert memory.peak_memory_mib() == 2
