"""When a page may be looked at and worked with."""

import time
from collections.abc import Callable

from playwright.sync_api import Page

# How long a page, a server or a worker may take, and a whole test. Only bounds on hanging: machines that test are busy,
# ten processes to a core, and what is awaited comes, if late.
PAGE_MS = 300_000
TEST_SECONDS = 1_800
# The page while no script is at work for it; parts of Streamlit's own may still be on their way.
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
# Looks that must find nothing at work before a page is taken for settled, and the time between two.
QUIET_LOOKS, LOOK_MS = 5, 500
# Resolves once nothing below the page's body has changed for so many milliseconds.
_UNCHANGED = """quiet => new Promise(resolve => {
    let timer
    const seen = new MutationObserver(wait)
    function wait() {
        clearTimeout(timer)
        timer = setTimeout(() => { seen.disconnect(); resolve() }, quiet)
    }
    seen.observe(document.body, {subtree: true, childList: true, attributes: true})
    wait()
})"""
UNCHANGED_MS = 300


def idle(page: Page) -> None:
    """Wait until no script is at work for a page and nothing in it is drawn anew."""
    page.locator(IDLE).wait_for(state="attached")
    page.evaluate(_UNCHANGED, UNCHANGED_MS)


def until(page: Page, holds: Callable[[], bool], most_ms: float = PAGE_MS) -> None:
    """Wait until something holds in a page."""
    end = time.monotonic() + most_ms / 1000
    while not holds():
        assert time.monotonic() < end, f"not so after {most_ms / 1000:.0f} seconds"
        page.wait_for_timeout(50)


def settled(page: Page) -> None:
    """Wait until a page has stayed as it is for a moment: no place held open, no progress, no script at work."""
    busy = page.locator("[data-testid=stSkeleton], [data-testid=stProgress], [data-testid=stStatusWidget]")
    quiet = 0
    for _ in range(PAGE_MS // LOOK_MS):
        quiet = 0 if busy.count() else quiet + 1
        if quiet == QUIET_LOOKS:
            return
        page.wait_for_timeout(LOOK_MS)
