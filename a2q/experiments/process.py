"""Which operating-system process does the work, and whether it still does."""

import socket
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class ProcessIdentity:
    """A process for certain: ids are reused, so its start time (seconds since 1970) belongs to it.

    Attributes:
        host: name of the machine.
        pid: process id there.
        started: when the process started, as the operating system reports it.
    """

    host: str
    pid: int
    started: float

    @property
    def is_here(self) -> bool:
        """Whether the process belongs to this machine, so that it can be looked at."""
        return self.host == this_host()

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


def this_host() -> str:
    """Name of this machine."""
    return socket.gethostname()


def identify(pid: int | None = None) -> ProcessIdentity:
    """Identity of a process of this machine, by default the calling one.

    Raises:
        psutil.NoSuchProcess: it is gone already.
    """
    process = psutil.Process(pid)
    return ProcessIdentity(this_host(), process.pid, process.create_time())
