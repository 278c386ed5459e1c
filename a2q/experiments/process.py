"""Which operating-system process does the work, and whether it still does."""

import hashlib
import socket
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psutil


@dataclass(frozen=True)
class ProcessIdentity:
    """A process for certain: ids are reused, so its start time (seconds since 1970) belongs to it.

    Attributes:
        host: as :func:`this_host` gives it there; before that knew namespaces, the name of the machine alone.
        pid: process id there.
        started: when the process started, as the operating system reports it.
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
        try:
            process = psutil.Process(self.pid)
            return process.status() != psutil.STATUS_ZOMBIE and bool(abs(process.create_time() - self.started) < 1)
        except psutil.NoSuchProcess:
            return False


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
    return ProcessIdentity(this_host(), process.pid, process.create_time())
