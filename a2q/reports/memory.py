"""What a process needed at most."""

import re
from pathlib import Path

_STATUS = Path("/proc/self/status")


def peak_memory_mib() -> float | None:
    """Most memory this process ever held resident, in MiB; None where the system does not tell.

    Read from the kernel's own page on the process: ``getrusage`` of a worker would also count what its parent held
    when it started the worker. Source: ours.
    """
    try:
        found = re.search(r"^VmHWM:\s+(\d+) kB", _STATUS.read_text(encoding="ascii"), re.MULTILINE)
    except OSError:
        return None
    return int(found[1]) / 1024 if found else None
