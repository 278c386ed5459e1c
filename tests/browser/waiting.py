"""When a page may be looked at and worked with."""

from playwright.sync_api import Page

# The page while no script is at work for it; parts of Streamlit's own may still be on their way.
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
# Looks, half a second apart, that must find nothing at work before a page is taken for settled; and how many are tried.
QUIET_LOOKS, QUIET_TRIES = 5, 180


def settled(page: Page) -> None:
    """Wait until a page has stayed as it is for a moment: no place held open, no progress, no script at work."""
    busy = page.locator("[data-testid=stSkeleton], [data-testid=stProgress], [data-testid=stStatusWidget]")
    quiet = 0
    for _ in range(QUIET_TRIES):
        quiet = 0 if busy.count() else quiet + 1
        if quiet == QUIET_LOOKS:
            return
        page.wait_for_timeout(500)
