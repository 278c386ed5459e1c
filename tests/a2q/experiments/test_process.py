import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from a2q.experiments import process
from a2q.experiments.process import ProcessIdentity, identify, this_host


def test_this_process_is_here_and_alive() -> None:
    own = identify()
    assert own.pid == os.getpid()
    assert own.is_here
    assert own.is_alive


def test_a_reused_process_id_is_another_process() -> None:
    assert not replace(identify(), started=identify().started - 100).is_alive


def test_a_process_that_never_was() -> None:
    free = next(pid for pid in range(4_000_000, 4_100_000) if not psutil.pid_exists(pid))
    assert not ProcessIdentity(this_host(), free, 0.0).is_alive
    with pytest.raises(psutil.NoSuchProcess):
        identify(free)


def test_a_zombie_is_dead() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    identity = identify(child)
    try:
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        assert psutil.Process(child).status() == psutil.STATUS_ZOMBIE
        assert not identity.is_alive
    finally:
        os.waitpid(child, 0)
    assert not identity.is_alive


def test_a_killed_process_is_dead() -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as child:
        identity = identify(child.pid)
        assert identity.is_alive
        child.kill()
        child.wait()
        assert not identity.is_alive


@pytest.fixture
def sleeping() -> Iterator[subprocess.Popen[bytes]]:
    """A process that does nothing for long."""
    with subprocess.Popen(["sleep", "600"]) as child:
        yield child
        child.kill()


@pytest.mark.skipif(not psutil.LINUX, reason="elsewhere processes keep the time of day they started at")
@pytest.mark.parametrize("seconds", [-3600.0, -1.0, 3.0, 3600.0])
def test_a_clock_that_is_set_makes_no_other_process(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    before, booted = identify(), psutil.boot_time()
    created = psutil.Process().create_time()
    # Linux reckons both from the time of day and how long it runs.
    monkeypatch.setattr(psutil._pslinux, "boot_time", lambda: booted + seconds)
    assert psutil.Process().create_time() == pytest.approx(created + seconds)
    assert before.is_alive
    assert identify().started == pytest.approx(before.started, abs=0.1)


def test_a_start_time_since_1970_is_still_known() -> None:
    assert replace(identify(), started=psutil.Process().create_time()).is_alive


@pytest.mark.parametrize("end", [ProcessIdentity.terminate, ProcessIdentity.kill])
def test_a_stopped_process_can_be_ended(
    sleeping: subprocess.Popen[bytes], end: Callable[[ProcessIdentity], None], wait
) -> None:
    identity = identify(sleeping.pid)
    os.kill(sleeping.pid, signal.SIGSTOP)
    wait(lambda: psutil.Process(sleeping.pid).status() == psutil.STATUS_STOPPED)
    assert identity.is_alive
    end(identity)
    wait(lambda: not identity.is_alive)


def test_only_the_process_itself_is_ended(sleeping: subprocess.Popen[bytes]) -> None:
    other = replace(identify(sleeping.pid), started=1.0)
    other.terminate()
    other.kill()
    assert identify(sleeping.pid).is_alive
    assert sleeping.poll() is None


def test_another_machine_is_not_here() -> None:
    assert not replace(identify(), host="elsewhere").is_here


@pytest.mark.parametrize("part", ["_boot", "_namespace"])
def test_another_boot_or_namespace_of_the_same_name_is_not_here(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_boot", lambda: "one")
    monkeypatch.setattr(process, "_namespace", lambda: "pid:[1]")
    own = identify()
    assert own.is_here
    monkeypatch.setattr(process, part, lambda: "another")
    assert not own.is_here
    assert own.machine == identify().machine == socket.gethostname()


@pytest.mark.parametrize("part", ["_boot", "_namespace"])
def test_without_linux_the_name_alone_counts(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, part, lambda: None)
    assert this_host() == socket.gethostname()
    assert identify().is_here


def test_runs_stored_by_the_name_alone_are_still_here() -> None:
    stored = replace(identify(), host=socket.gethostname())
    assert stored.is_here
    assert stored.machine == identify().machine


@pytest.mark.skipif(not Path("/proc/self/ns/pid").exists(), reason="needs Linux")
def test_linux_tells_boot_and_namespace() -> None:
    assert process._boot()
    assert process._namespace()
