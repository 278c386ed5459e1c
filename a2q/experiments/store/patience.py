"""Waiting for a store that does not answer now: another program holds it locked, or its server restarts."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from a2q.faults import is_passing

AGAIN_SECONDS = 0.5

_log = logging.getLogger(__name__)

Answer = TypeVar("Answer")


def patiently(step: Callable[[], Answer], seconds: float) -> Answer:
    """What ``step`` returns, which is tried again for so many seconds while the store does not answer.

    It is a whole transaction that may be done twice: a server that goes away may have kept what it did not confirm.

    Raises:
        DBAPIError: the store does not answer for longer, or has another fault.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            return step()
        except DBAPIError as error:
            if not is_passing(error) or time.monotonic() > end:
                raise
            _log.warning("The run store does not answer (%s); trying again.", str(error.orig).splitlines()[0])
        time.sleep(AGAIN_SECONDS)
