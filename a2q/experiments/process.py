"""Which operating-system process does the work, and whether it still does."""

import contextlib
import hashlib
import socket
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psutil

from a2q.jobs import TOLERANCE, start_time


@dataclass(frozen=True)
class ProcessIdentity:
    """A process for certain: ids are reused, so its start time belongs to it.

    Attributes:
        host: as :func:`this_host` gives it there; before that knew namespaces, the name of the machine alone.
        pid: process id there.
        started: when the process started: on Linux in seconds since the machine's boot, which setting the clock does
            not change; elsewhere, and as stored by earlier versions, in seconds since 1970.
    """

    host: str
    pid: int
    started: float

    @property
    def is_here(self) -> bool:
        """Whether the process belongs to this machine and PID namespace, so that it can be looked at."""
        return self.host in (this_host(), socket.gethostname())

    @property
    def machine(self) -> str:
        """Name of the machine."""
        return self.host.partition(_MARK)[0]

    @property
    def is_alive(self) -> bool:
        """Whether the process still works; a zombie (ended, but nobody asked how) does not.

        Only meaningful where :attr:`is_here` holds.
        """
        return self._found() is not None

    def resume(self) -> None:
        """Let a process that was stopped go on (SIGCONT)."""
        self._unless_gone(psutil.Process.resume)

    def terminate(self) -> None:
        """Ask the process to end (SIGTERM); one that was stopped goes on, so that it can save a checkpoint first."""
        self._unless_gone(psutil.Process.terminate, psutil.Process.resume)

    def kill(self) -> None:
        """End the process at once (SIGKILL), stopped or not."""
        self._unless_gone(psutil.Process.kill)

    def _unless_gone(self, *actions: Callable[[psutil.Process], None]) -> None:
        process = self._found()
        # One of another user is left to that user.
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            for act in actions if process is not None else ():
                act(process)

    def _found(self) -> psutil.Process | None:
        try:
            process = psutil.Process(self.pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return None
            times = (start_time(process), process.create_time())
        except psutil.NoSuchProcess:
            return None
        return process if any(abs(time - self.started) < TOLERANCE for time in times) else None


# No name of a machine has it.
_MARK = "#"


def this_host() -> str:
    """Where process ids mean the same processes as here: name of the machine and, on Linux, a mark for its boot and the
    PID namespace. Containers and clones of a machine may have one name, and each has a process 7 of its own.
    """
    boot, namespace = _boot(), _namespace()
    if boot is None or namespace is None:
        return socket.gethostname()
    return f"{socket.gethostname()}{_MARK}{hashlib.sha256(f'{boot} {namespace}'.encode()).hexdigest()[:12]}"


@cache
def _boot() -> str | None:
    """Linux's random id of this boot, None elsewhere."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None


def _namespace() -> str | None:
    """Linux's name of the PID namespace, as in "pid:[4026531836]"; None elsewhere."""
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except (OSError, NotImplementedError):
        return None


def identify(pid: int | None = None) -> ProcessIdentity:
    """Identity of a process of this machine, by default the calling one.

    Raises:
        psutil.NoSuchProcess: it is gone already.
    """
    process = psutil.Process(pid)
    return ProcessIdentity(this_host(), process.pid, start_time(process))
