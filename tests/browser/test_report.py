"""The report leaves the app: downloaded by one press, opened from disk with the network cut off."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from a2q.experiments.bundle.bundle import import_bundle
from a2q.experiments.store import RunStore
from a2q_studio.samples import read_sample
from tests.browser.waiting import PAGE_MS, TEST_SECONDS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(TEST_SECONDS)]


@pytest.fixture(scope="module")
def two(app) -> list[str]:
    """Ids of two sample runs."""
    app.home.mkdir(exist_ok=True)
    with RunStore(f"sqlite:///{app.home / 'runs.sqlite'}") as store:
        return [import_bundle(store, read_sample(name)).id for name in ("gin-lambda-0.02", "gin-lambda-0.5")]


def downloaded(page: Page, button: str, folder: Path) -> Path:
    """Press and keep what comes."""
    with page.expect_download(timeout=PAGE_MS) as waited:
        page.get_by_role("button", name=button).click()
    file = folder / waited.value.suggested_filename
    waited.value.save_as(file)
    return file


def test_one_press_brings_the_data_and_a_page_that_opens_without_a_network(
    two: list[str], open_page: Callable, browser: Browser, tmp_path: Path
) -> None:
    page, watch = open_page(f"compare?runs={','.join(two)}")
    expect(page.get_by_text(re.compile("A²Q Studio .* · Compare"))).to_be_visible(timeout=PAGE_MS)
    file = downloaded(page, "Report (HTML)", tmp_path)
    assert file.name == "a2q-report-2-runs.html"
    data = downloaded(page, "Data (ZIP)", tmp_path)
    with zipfile.ZipFile(data) as opened:
        assert "README.md" in opened.namelist()
        graph = nx.read_graphml(io.BytesIO(opened.read(f"A-{two[0]}/graph.graphml")))
    assert graph.number_of_nodes() == 1_500
    assert not watch.outside
    assert not watch.errors

    context = browser.new_context(offline=True, viewport={"width": 390, "height": 900})
    alone = context.new_page()
    asked: list[str] = []
    complained: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith(("data:", "blob:")):
            asked.append(request.url)

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            complained.append(message.text)

    alone.on("request", note)
    alone.on("console", listen)
    alone.on("pageerror", lambda error: complained.append(str(error)))
    alone.goto(file.as_uri())
    expect(alone.get_by_role("heading", name="A²Q Studio: 2 runs compared")).to_be_visible()
    figures = alone.locator(".drawing")
    assert figures.count() > 10
    figures.first.scroll_into_view_if_needed()
    figures.first.locator(".main-svg").first.wait_for(timeout=PAGE_MS)
    assert figures.last.locator(".main-svg").count() == 0, "what is out of sight waits"
    alone.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    for position in range(figures.count()):
        figures.nth(position).locator(".main-svg").first.wait_for(timeout=PAGE_MS)
    assert alone.evaluate("document.documentElement.scrollWidth") <= 390
    # Only what lies in the middle of the graph's drawing tells that points were drawn.
    graphs = alone.locator(".drawing[aria-label*='The same 1,500 nodes in 2 runs']")
    graphs.scroll_into_view_if_needed()
    assert graphs.locator(".scatterlayer .point").count() == 3_000
    assert asked == [file.as_uri()]
    assert complained == []
    context.close()
