"""Taking one run apart in a real browser: a sample run, so that nothing is trained for it."""

import os
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from a2q.experiments.bundle.bundle import import_bundle
from a2q.experiments.store import RunStore
from a2q.version import VERSION
from a2q_studio.samples import read_sample
from tests.browser.gestures import lasso
from tests.browser.waiting import PAGE_MS, TEST_SECONDS, settled

pytestmark = [pytest.mark.browser, pytest.mark.timeout(TEST_SECONDS)]


@pytest.fixture(scope="module")
def sample_run(app) -> str:
    """The id of the first sample run, opened in the app's run store."""
    with RunStore(f"sqlite:///{app.home / 'runs.sqlite'}") as store:
        return import_bundle(store, read_sample("gin")).id


def test_a_lasso_and_a_cell_of_the_heatmap_filter_all_other_views(sample_run: str, open_page: Callable) -> None:
    page, watch = open_page(f"explore?run={sample_run}")
    ready(page)
    everyone = rows(page)
    lasso(page, plot(page, "graph"))
    chosen = rows(page, other_than=everyone)
    assert 0 < chosen < everyone
    bar = page.locator(".st-key-selection-bar")
    expect(bar).to_contain_text(f"{chosen:,} of {everyone:,} nodes selected")
    for chart in ("degree-to-magnitude", "magnitude-to-bits", "bits-by-degree"):
        expect(plot(page, chart).locator(".gtitle")).to_contain_text(f"{chosen:,}", timeout=PAGE_MS)
    assert marks(page) == 1, "the lasso stays where it was drawn"

    bar.get_by_role("button", name="Clear selection").click()
    assert rows(page, other_than=chosen) == everyone
    assert marks(page) == 0
    bar.get_by_role("button", name="Undo").click()
    assert rows(page, other_than=everyone) == chosen

    bar.get_by_role("button", name="Clear selection").click()
    assert rows(page, other_than=chosen) == everyone
    cell = plot(page, "errors").locator(".scatterlayer .point").first
    cell.scroll_into_view_if_needed()
    box = cell.bounding_box()
    assert box
    # By coordinates: Plotly lays a transparent sheet over its points that takes the click.
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert 0 < rows(page, other_than=everyone) < everyone
    expect(plot(page, "graph").locator(".gtitle")).to_contain_text("selected", timeout=PAGE_MS)
    assert not watch.outside
    assert not watch.errors


def test_the_epoch_moves_bits_and_errors(sample_run: str, open_page: Callable) -> None:
    page, watch = open_page(f"explore?run={sample_run}")
    ready(page)
    shown = "plot => JSON.stringify(plot.data[0].z ?? plot.data.map(one => one.y))"
    before = {chart: plot(page, chart).evaluate(shown) for chart in ("errors", "bits-by-degree")}
    page.get_by_role("slider", name="Epoch").press("Home")
    page.wait_for_url("**epoch=1**", timeout=PAGE_MS)
    expect(page.get_by_text("Errors as they were at epoch 1.")).to_be_visible(timeout=PAGE_MS)
    expect(page.get_by_text("Bits as they were at epoch 1;")).to_be_visible(timeout=PAGE_MS)
    settled(page)
    assert all(plot(page, chart).evaluate(shown) != old for chart, old in before.items())
    assert not watch.outside
    assert not watch.errors


def test_a_lasso_that_was_saved_is_shared_by_link(sample_run: str, open_page: Callable) -> None:
    page, watch = open_page(f"explore?run={sample_run}")
    ready(page)
    everyone = rows(page)
    lasso(page, plot(page, "graph"))
    chosen = rows(page, other_than=everyone)
    page.get_by_role("button", name="Save selection").click()
    page.get_by_role("textbox", name="Name").fill("Left half")
    page.keyboard.press("Enter")
    bar = page.locator(".st-key-selection-bar")
    expect(bar).to_contain_text("saved as Left half")
    page.wait_for_url("**selection=*", timeout=PAGE_MS)
    assert marks(page) == 1, "the lasso stays where it was drawn"

    elsewhere, _ = open_page(page.url.partition("://")[2].partition("/")[2], "dark", 390)
    ready(elsewhere)
    expect(elsewhere.locator(".st-key-selection-bar")).to_contain_text(f"{chosen:,} of {everyone:,} nodes selected")
    assert rows(elsewhere) == chosen
    assert elsewhere.evaluate("document.documentElement.scrollWidth") <= 390

    bar.get_by_role("button", name="Clear selection").click()
    page.wait_for_url(lambda url: "selection=" not in url, timeout=PAGE_MS)
    assert rows(page, other_than=chosen) == everyone
    page.go_back()
    assert rows(page, other_than=everyone) == chosen
    assert not watch.outside
    assert not watch.errors


def test_a_search_shows_the_node_and_its_neighbours(sample_run: str, open_page: Callable) -> None:
    page, watch = open_page(f"explore?run={sample_run}")
    ready(page)
    search = page.get_by_role("searchbox", name="Inspect a node")
    search.fill("3")
    search.press("Enter")
    expect(page.frame_locator(".st-key-ego-network iframe").locator("canvas")).to_be_visible(timeout=PAGE_MS)
    expect(page.get_by_text("Node 3", exact=True)).to_be_visible(timeout=PAGE_MS)
    page.wait_for_url("**node=3**", timeout=PAGE_MS)
    page.get_by_role("button", name="Next neighbour").click()
    expect(search).not_to_have_value("3", timeout=PAGE_MS)
    assert not watch.outside
    assert not watch.errors


LOOKS = [("light", 1400), ("dark", 390)]


# Where no pictures are wanted, one look is enough: the tests of all pages draw both.
@pytest.mark.parametrize(("theme", "width"), LOOKS if os.environ.get("A2Q_SCREENSHOTS") else LOOKS[:1])
def test_a_link_shows_the_same_view_elsewhere(
    theme: str, width: int, sample_run: str, open_page: Callable, screenshot: Callable
) -> None:
    page, watch = open_page(f"explore?run={sample_run}&layout=Degree+rings&node=5", theme, width)
    ready(page)
    marked = plot(page, "graph").evaluate("plot => plot.data.at(-1)")
    assert (marked["name"], list(marked["text"])) == ("inspected", ["5"])
    expect(page.get_by_role("combobox", name="Run")).to_have_value(re.compile(sample_run))
    expect(page.get_by_role("searchbox", name="Inspect a node")).to_have_value("5")
    expect(page.frame_locator(".st-key-ego-network iframe").locator("canvas")).to_be_visible(timeout=PAGE_MS)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    screenshot(page, f"explore-node-{theme}{'-phone' if width < 500 else ''}")
    assert not watch.outside
    assert not watch.errors


def ready(page: Page) -> None:
    """Wait until the page is complete and its graph is drawn."""
    expect(page.get_by_text(f"A²Q Studio {VERSION} · Explore")).to_be_visible(timeout=PAGE_MS)
    plot(page, "graph").locator(".main-svg").first.wait_for(timeout=PAGE_MS)
    plot(page, "errors").locator(".main-svg").first.wait_for(timeout=PAGE_MS)


def plot(page: Page, name: str) -> Locator:
    """A chart by its name."""
    return page.locator(f"[class*=st-key-{name}-] .js-plotly-plot").last


def marks(page: Page) -> int:
    """How many boxes and lassos the graph shows."""
    return plot(page, "graph").evaluate("plot => (plot.layout.selections ?? []).length")


def rows(page: Page, other_than: int | None = None) -> int:
    """How many nodes the table lists, by its heading; waits until that is another number."""
    heading = page.get_by_role("heading", name=re.compile(r"Nodes \([\d,]+\)"))
    if other_than is not None:
        expect(heading).not_to_have_text(re.compile(rf"\({other_than:,}\)"), timeout=PAGE_MS)
    return int(re.sub(r"\D", "", heading.inner_text(timeout=PAGE_MS)))
