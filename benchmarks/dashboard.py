"""The dashboard in a real Chromium: how much it sends, how soon it shows, how it answers alone and among many.

Runs are trained first (Cora and PubMed from the folder in $A2Q_DATA, a generated graph of 170,000 nodes); then, on
one server that only this machine reaches:

1. bytes and seconds to the first useful view of every page, in a fresh profile;
2. seconds from a selection on Explore until every linked view shows it, on Cora and PubMed;
3. the 170,000-node graph: seconds until it is drawn, and the longest time the page did not answer meanwhile;
4. 20 sessions while a run trains, one of them this Chromium, the others without a browser: the median interaction
   over the median of one session on an idle server;
5. memory of the server for each of these sessions.

Chromium draws in software here, on the same processors as the server: seconds are upper bounds, ratios and counts are
what to compare. Run as ``python benchmarks/dashboard.py [--home FOLDER] [--only pages …] [--json]``; a home is kept
and used again.
"""

import argparse
import contextlib
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psutil
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect, sync_playwright

from a2q.config import RunConfig
from a2q.config.changes import change
from a2q.config.presets import preset
from a2q.runs import RunError, RunStore, State, dispatch
from a2q.runs.bundle import import_bundle
from dashboard.samples import SAMPLES, read_sample
from data import DatasetConfig, is_ready
from tests.browser.serving import ARGUMENTS, ROOT, App
from viewers import viewers

LARGE_NODES = 170_000
SESSIONS = 20
OTHERS = ("train", "help", "explore", "")
INTERACTIONS = 15
PAGE_MS = 240_000
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


def main() -> None:
    """Measure what is asked for and print it."""
    parts: dict[str, Callable[[Browser, App, RunStore], dict[str, Any]]] = {
        "pages": pages,
        "selection": selection,
        "large": large,
        "sessions": sessions,
    }
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--home", type=Path, help="where runs are kept; a new folder by default")
    arguments.add_argument("--only", nargs="+", choices=parts, default=list(parts), help="parts to measure")
    arguments.add_argument("--json", action="store_true", help="print JSON")
    options = arguments.parse_args()
    home = options.home or Path(tempfile.mkdtemp(prefix="a2q-benchmark-"))
    home.mkdir(parents=True, exist_ok=True)
    os.environ |= {"A2Q_HOME": str(home), "OMP_NUM_THREADS": "1"}
    result: dict[str, Any] = {"load average at the start": os.getloadavg()[0]}
    with RunStore() as store, sync_playwright() as playwright:
        prepare(store, options.only)
        binary = shutil.which("chromium") or os.environ.get("CHROMIUM")
        browser = playwright.chromium.launch(executable_path=binary, args=list(ARGUMENTS))
        app = App(home)
        app.start()
        try:
            for name in options.only:
                result[name] = parts[name](browser, app, store)
                print(json.dumps({name: result[name]}) if options.json else said(name, result[name]), flush=True)
        finally:
            app.stop()
            browser.close()
    print(f"load average: {result['load average at the start']:.1f} at the start, {os.getloadavg()[0]:.1f} at the end")


def prepare(store: RunStore, parts: list[str]) -> None:
    """Put the sample runs into the store and train what the parts need and the store has not."""
    for name in SAMPLES:
        import_bundle(store, read_sample(name))
    for config in wanted(parts):
        if store.find(config) is None:
            run = store.submit(config)
            print(f"training {run.title}", file=sys.stderr)
            subprocess.run([sys.executable, "-m", "a2q.runs.worker", run.id], check=True, cwd=ROOT)


def wanted(parts: list[str]) -> list[RunConfig]:
    """Settings of the runs that are looked at: few epochs, since what is drawn does not depend on them."""
    found = []
    if "selection" in parts:
        found += [quick(DatasetConfig(name=name), 10) for name in ("cora", "pubmed") if is_ready(name)]
    if "large" in parts:
        found.append(quick(DatasetConfig(name="generated-citations", nodes=LARGE_NODES), 2))
    return found


def quick(dataset: DatasetConfig, epochs: int, seed: int = 0) -> RunConfig:
    """A²Q without a teacher for so many epochs."""
    settings = [f"training.epochs={epochs}", "training.warm_start=false", "training.distillation=0", f"seed={seed}"]
    return change(preset("a2q", dataset), settings)


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
    area = page.locator("[class*=st-key-graph-] .nsewdrag").first
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box
    corners = [(0.02, 0.02), (0.45, 0.02), (0.45, 0.97), (0.02, 0.97), (0.02, 0.02)]
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=5)
    page.mouse.up()
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
        run = store.submit(
            quick(DatasetConfig(name="generated-citations", nodes=60_000), 10_000, seed=int(time.time()))
        )
        dispatch(store)
        try:
            deadline = time.monotonic() + 180
            while store.get(run.id).progress == 0 and time.monotonic() < deadline:
                time.sleep(0.5)
            with viewers(app.url, [OTHERS[number % len(OTHERS)] for number in range(SESSIONS - 1)]) as redrawn:
                page.reload()
                whole(page)
                at_first = sum(redrawn)
                start = time.perf_counter()
                busy = [interaction(page, number) for number in range(INTERACTIONS * 2)][1:]
                redraws = (sum(redrawn) - at_first) / (time.perf_counter() - start)
                each = (memory(app) - before) / (SESSIONS - 1)
            still_training = store.get(run.id).state == State.RUNNING
        finally:
            with contextlib.suppress(RunError):
                store.cancel(run.id)
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
    """Seconds from opening another topic of Help until it stands there."""
    topics = (("Caveats", "One seed is one draw"), ("Server", "A2Q_HOME"), ("Keyboard", "what it does"))
    topic, words = topics[number % len(topics)]
    start = time.perf_counter()
    page.get_by_role("tab", name=topic).click()
    page.get_by_text(words).first.wait_for(timeout=PAGE_MS)
    return time.perf_counter() - start


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


def memory(app: App) -> float:
    """What the server holds resident, in MiB."""
    return psutil.Process(app.pid).memory_info().rss / 2**20


def count(devtools: CDPSession, page: Page, sent: dict[str, int]) -> None:
    """Add up the bytes that come over HTTP and over websockets."""

    def add(name: str, size: int) -> None:
        sent[name] += size

    devtools.on("Network.loadingFinished", lambda event: add("http", event["encodedDataLength"]))
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: add("websocket", len(frame))))


def said(name: str, found: dict[str, Any]) -> str:
    """A part's figures as lines."""
    lines = [f"{name}:"]
    for key, value in found.items():
        inner = value.items() if isinstance(value, dict) else [("", value)]
        lines.append(f"  {key}: " + ", ".join(f"{label} {number(one)}".strip() for label, one in inner))
    return "\n".join(lines)


def number(value: Any) -> str:
    """A figure with three digits."""
    if not isinstance(value, float):
        return str(value)
    return f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"


if __name__ == "__main__":
    main()
