"""Bytes and seconds to the first useful view of every page."""

import time
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from a2q.experiments.store import RunStore
from a2q_studio.samples import SAMPLES
from browsing.browser import PAGE_MS, opened, whole
from tests.browser.serving import App

_SAMPLE, _OTHER = SAMPLES["gin"].run_id, SAMPLES["gin-lambda-0.5"].run_id
# Of sample runs, 1,500 nodes, where a page shows runs.
PATHS = {
    "learn": "",
    "train": "train",
    "explore": f"explore?run={_SAMPLE}",
    "compare": f"compare?runs={_SAMPLE},{_OTHER}",
    "accelerator": f"accelerator?run={_SAMPLE}",
    "data": "data",
    "help": "help",
}


def pages(browser: Browser, app: App, _: RunStore) -> dict[str, Any]:
    """Kilobytes over HTTP and websocket, and seconds to the first useful view, of every page."""
    found = {}
    for name, path in PATHS.items():
        with opened(browser) as page:
            sent = {"http": 0, "websocket": 0}
            devtools = page.context.new_cdp_session(page)
            devtools.send("Network.enable")
            count(devtools, page, sent)
            start = time.perf_counter()
            page.goto(f"{app.url}/{path}")
            page.get_by_role("heading", level=1).wait_for(timeout=PAGE_MS)
            heading = time.perf_counter() - start
            whole(page)
            found[name] = {
                "heading s": heading,
                "useful view s": time.perf_counter() - start,
                "http KiB": sent["http"] / 1024,
                "websocket KiB": sent["websocket"] / 1024,
            }
    return found


def count(devtools: CDPSession, page: Page, sent: dict[str, int]) -> None:
    """Add up the bytes that come over HTTP and over websockets."""

    def add(name: str, size: int) -> None:
        sent[name] += size

    devtools.on("Network.loadingFinished", lambda event: add("http", event["encodedDataLength"]))
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: add("websocket", len(frame))))
