"""Pages of the app in a real Chromium, in fresh profiles that wait as long as a busy machine needs."""

import contextlib
import re
from collections.abc import Iterator

from playwright.sync_api import Browser, BrowserContext, Page

PAGE_MS = 240_000


def fresh(browser: Browser) -> BrowserContext:
    """A fresh profile that waits as long as a busy machine needs."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(PAGE_MS)
    return context


@contextlib.contextmanager
def opened(browser: Browser) -> Iterator[Page]:
    """A page in a fresh profile."""
    context = fresh(browser)
    try:
        yield context.new_page()
    finally:
        context.close()


def whole(page: Page) -> None:
    """Wait for a page's last line and for its charts, as far as it has any."""
    page.get_by_text(re.compile(r"^A²Q Studio [\d.]+ · ")).wait_for(timeout=PAGE_MS)
    if page.locator("[data-testid=stPlotlyChart]").count():
        page.locator(".js-plotly-plot .main-svg").first.wait_for(timeout=PAGE_MS)


def node_count(page: Page) -> int:
    """How many nodes the table of Explore lists."""
    heading = page.get_by_role("heading", name=re.compile(r"Nodes \([\d,]+\)"))
    return int(re.sub(r"\D", "", heading.inner_text(timeout=PAGE_MS)))
