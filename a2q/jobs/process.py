"""The process that makes one result."""

import os
import signal
import sys
from collections.abc import Callable

from a2q.jobs.job import Job, write_whole

NICENESS = 10

Say = Callable[[float, str], None]
"""Called with the share done, from 0 to 1, and a sentence."""


def run(
    job: Job, work: Callable[[Say], bytes], failed: str, expected: type[Exception] | tuple[type[Exception], ...] = ()
) -> int:
    """Make the result of a job, or note why it cannot be made; returns the process's exit code.

    Args:
        job: what to make.
        work: returns the content of the result's file.
        failed: begins the sentence about an error that nobody expected.
        expected: errors whose message is a sentence for the user already.
    """
    try:
        write_whole(job.result, work(job.say))
        return 0
    except MemoryError as error:
        reason, kind = "The machine ran out of memory; choose a smaller graph.", type(error).__name__
    except expected as error:
        reason, kind = str(error), type(error).__name__
    except Exception as error:
        kind = type(error).__name__
        reason = f"{failed} ({kind}: {error})."
    finally:
        job.leave()
    job.fail(reason, kind)
    return 1


def as_process(main: Callable[[str], int], module: str) -> None:
    """Be the process of one job, ``python -m MODULE ARGUMENT``, and end with what ``main`` of the argument returns."""
    if hasattr(os, "nice"):
        # Pages stay quick while work is done in the background.
        os.nice(NICENESS)
    # Who is told to end cleans up behind itself.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if len(sys.argv) != 2:
        sys.exit(f"Usage: python -m {module} ARGUMENT")
    sys.exit(main(sys.argv[1]))
