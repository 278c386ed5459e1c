"""A graph of 170,000 nodes: when it is drawn, and how long the page does not answer meanwhile."""

import time
from typing import Any

from playwright.sync_api import Browser

from a2q.experiments.store import RunStore
from browsing.browser import PAGE_MS, opened, whole
from browsing.runs import wanted
from tests.browser.serving import App

# Gaps between two frames of the page, while nobody asks for anything else of it.
_GAPS = """() => {
    window.longest = 0
    let last = performance.now()
    const tick = now => {
        window.longest = Math.max(window.longest, now - last)
        last = now
        requestAnimationFrame(tick)
    }
    requestAnimationFrame(tick)
}"""


def large(browser: Browser, app: App, store: RunStore) -> dict[str, Any]:
    """The graph of 170,000 nodes on Explore: when it is drawn, and the longest time without a frame."""
    (config,) = wanted(["large"])
    run = store.find(config)
    assert run is not None
    with opened(browser) as page:
        page.add_init_script(f"({_GAPS})()")
        start = time.perf_counter()
        page.goto(f"{app.url}/explore?run={run.id}")
        page.locator("[class*=st-key-graph-] .js-plotly-plot .main-svg").first.wait_for(timeout=PAGE_MS)
        drawn = time.perf_counter() - start
        whole(page)
        longest = page.evaluate("window.longest") / 1000
        page.evaluate("window.longest = 0")
        page.wait_for_timeout(3000)
        return {
            "graph drawn s": drawn,
            "whole page s": time.perf_counter() - start - 3,
            "longest without a frame while drawing s": longest,
            "longest without a frame afterwards s": page.evaluate("window.longest") / 1000,
        }
