"""Seconds from a selection on Explore until every linked view shows it."""

import re
import statistics
import time
from typing import Any

from playwright.sync_api import Browser, Page, expect

from a2q.experiments.store import RunStore
from browsing.browser import PAGE_MS, node_count, opened, whole
from browsing.runs import wanted
from tests.browser.gestures import lasso
from tests.browser.serving import App


def selection(browser: Browser, app: App, store: RunStore) -> dict[str, Any]:
    """Seconds from the end of a lasso until all linked views show the selection."""
    found = {}
    for config in wanted(["selection"]):
        run = store.find(config)
        assert run is not None
        with opened(browser) as page:
            page.goto(f"{app.url}/explore?run={run.id}")
            whole(page)
            everyone = node_count(page)
            # The first may meet cold caches.
            seconds = [lasso_seconds(page, everyone) for _ in range(4)]
            found[config.dataset.name] = {"first s": seconds[0], "median s": statistics.median(seconds[1:])}
    return found


def lasso_seconds(page: Page, everyone: int) -> float:
    """Draw round the left half of the graph, wait for all views, then clear again."""
    lasso(page, page.locator("[class*=st-key-graph-]").first)
    start = time.perf_counter()
    heading = page.get_by_role("heading", name=re.compile(r"Nodes \([\d,]+\)"))
    expect(heading).not_to_have_text(re.compile(rf"\({everyone:,}\)"), timeout=PAGE_MS)
    chosen = f"{node_count(page):,}"
    for chart in ("degree-to-magnitude", "magnitude-to-bits", "bits-by-degree"):
        title = page.locator(f"[class*=st-key-{chart}-] .js-plotly-plot").last.locator(".gtitle")
        expect(title).to_contain_text(chosen, timeout=PAGE_MS)
    seconds = time.perf_counter() - start
    page.get_by_role("button", name="Clear selection").click()
    expect(heading).to_have_text(re.compile(rf"\({everyone:,}\)"), timeout=PAGE_MS)
    page.wait_for_timeout(1500)
    return seconds
