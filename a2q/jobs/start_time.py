"""When a process started, by a clock that nobody sets."""

import psutil

TOLERANCE = 1.5
"""Seconds: Linux tells the time of its boot in whole seconds, and adjusting the clock may move it by one."""


def start_time(process: psutil.Process) -> float:
    """On Linux in seconds since the machine's boot, which setting the clock does not change; elsewhere, where a process
    keeps the time it started at, in seconds since 1970.

    Raises:
        psutil.NoSuchProcess: it is gone.
    """
    created = process.create_time()
    return float(created - psutil.boot_time() if psutil.LINUX else created)
