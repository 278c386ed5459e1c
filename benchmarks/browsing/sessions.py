"""How an interaction takes longer among 20 sessions while a run trains, and what a session takes of memory."""

import statistics
import time
from typing import Any

import psutil
from playwright.sync_api import Browser, Page

from a2q.experiments.store import RunStore, State
from a2q_studio.glossary import TERMS, found
from browsing.browser import PAGE_MS, opened, whole
from browsing.runs import training
from browsing.viewers import viewers
from tests.browser.serving import App

SESSIONS = 20
OTHERS = ("train", "help", "explore", "")
INTERACTIONS = 15
# Each finds another number of terms.
SEARCHES = ("bits", "hub", "step size", "clipping")


def sessions(browser: Browser, app: App, store: RunStore) -> dict[str, Any]:
    """One browser on an idle server, then among 19 other sessions while a run trains: median seconds, and memory."""
    with opened(browser) as page:
        page.goto(f"{app.url}/help")
        whole(page)
        idle = [interaction(page, number) for number in range(INTERACTIONS)][1:]
        # What is loaded once for everybody is not any one session's.
        with viewers(app.url, list(OTHERS)):
            pass
        before = memory(app)
        with training(store) as run:
            with viewers(app.url, [OTHERS[number % len(OTHERS)] for number in range(SESSIONS - 1)]) as redrawn:
                page.reload()
                whole(page)
                at_first = sum(redrawn)
                start = time.perf_counter()
                busy = [interaction(page, number) for number in range(INTERACTIONS * 2)][1:]
                redraws = (sum(redrawn) - at_first) / (time.perf_counter() - start)
                each = (memory(app) - before) / (SESSIONS - 1)
            still_training = store.get(run.id).state == State.RUNNING
    return {
        "sessions": SESSIONS,
        "trained meanwhile": still_training,
        "redraws a second": redraws,
        "idle median s": statistics.median(idle),
        "busy median s": statistics.median(busy),
        "ratio": statistics.median(busy) / statistics.median(idle),
        "server MiB a session": each,
    }


def interaction(page: Page, number: int) -> float:
    """Seconds from a search in the glossary until what it finds stands there."""
    words = SEARCHES[number % len(SEARCHES)]
    box = page.get_by_role("textbox", name="Search the glossary")
    box.fill(words)
    start = time.perf_counter()
    box.press("Enter")
    page.get_by_text(f"{len(found(words))} of {len(TERMS)} terms").wait_for(timeout=PAGE_MS)
    return time.perf_counter() - start


def memory(app: App) -> float:
    """What the server holds resident, in MiB."""
    return psutil.Process(app.pid).memory_info().rss / 2**20
