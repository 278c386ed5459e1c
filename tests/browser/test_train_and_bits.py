"""The main job in a real browser: train on the embedded default, then see every node's bits."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from a2q.version import VERSION

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

# Reading torch's modules takes 20 to 40 seconds of one core, training a few more.
TRAINING_MS = 240_000
PAGE_MS = 60_000


@pytest.fixture(scope="session")
def trained_run(browser, app) -> str:
    """Press "Train" on the embedded default as a newcomer does, wait for the end, and return the run's id."""
    page = browser.new_page()
    page.goto(f"{app.url}/train")
    ready(page, "Train")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text(re.compile(r"Reading torch's modules|Training, epoch")).first).to_be_visible(
        timeout=PAGE_MS
    )
    card = page.locator("[class*=st-key-card-]").first
    expect(card.get_by_text("finished")).to_be_visible(timeout=TRAINING_MS)
    found = re.search(r"st-key-card-([0-9a-f]{12})", card.get_attribute("class") or "")
    page.close()
    assert found, "the queue shows no card"
    return found[1]


def test_every_node_is_drawn_and_a_selection_filters_the_other_views(trained_run: str, open_page: Callable) -> None:
    page, watch = open_page(f"explore?run={trained_run}")
    ready(page, "Explore")
    drawn = points(page, "against-aggregation")
    assert drawn == rows(page) > 1_000

    bar = page.locator("[class*=st-key-by-degree] .barlayer .point path").last
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box
    # By coordinates: Plotly lays a transparent sheet over its bars that takes the click.
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    selected = rows(page, other_than=drawn)
    assert 0 < selected < drawn
    assert points(page, "against-aggregation", trace=1) == selected

    page.get_by_role("button", name="Clear selection").click()
    expect(page.get_by_role("heading", name=f"Nodes ({drawn:,})")).to_be_visible(timeout=PAGE_MS)
    assert not watch.outside
    assert not watch.errors


def test_a_box_drawn_over_points_selects_them(trained_run: str, open_page: Callable) -> None:
    page, watch = open_page(f"explore?run={trained_run}")
    ready(page, "Explore")
    everyone = rows(page)
    area = page.locator("[class*=st-key-against-aggregation] .nsewdrag").first
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.02 * box["width"], box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.6 * box["height"], steps=8)
    page.mouse.up()
    assert 0 < rows(page, other_than=everyone) < everyone
    assert not watch.errors


def test_the_address_shows_the_same_view_elsewhere(trained_run: str, open_page: Callable) -> None:
    page, _ = open_page("explore")
    ready(page, "Explore")
    page.get_by_role("radio", name="linear").click()
    page.wait_for_url("**scale=linear**", timeout=PAGE_MS)
    address = urlsplit(page.url)
    assert parse_qs(address.query)["run"] == [trained_run]

    elsewhere, watch = open_page(f"explore?{address.query}")
    ready(elsewhere, "Explore")
    expect(elsewhere.get_by_role("combobox", name="Run")).to_have_value(re.compile(trained_run))
    axis = elsewhere.locator("[class*=st-key-against-degree] .js-plotly-plot").first
    assert axis.evaluate("plot => plot.layout.xaxis.type") == "linear"
    assert not watch.errors


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 390], ids=["wide", "phone"])
@pytest.mark.parametrize("name", ["Learn", "Train", "Explore"])
def test_pages_fit_in_both_themes(
    name: str, theme: str, width: int, trained_run: str, open_page: Callable, screenshot: Callable
) -> None:
    page, watch = open_page("" if name == "Learn" else name.lower(), theme, width)
    ready(page, name)
    page.locator(".js-plotly-plot .main-svg").first.wait_for(timeout=PAGE_MS)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ground = page.locator("[data-testid=stApp]").evaluate("app => getComputedStyle(app).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") == (theme == "light")
    screenshot(page, f"{name.lower()}-{theme}{'-phone' if width < 500 else ''}")
    assert not watch.outside
    assert not watch.errors


def ready(page: Page, name: str) -> None:
    """Wait for the last line of a page."""
    expect(page.get_by_text(f"A²Q Studio {VERSION} · {name}")).to_be_visible(timeout=PAGE_MS)


def rows(page: Page, other_than: int | None = None) -> int:
    """How many nodes the table under the charts lists, by its heading; waits until that is another number."""
    heading = page.get_by_role("heading", name=re.compile(r"Nodes \([\d,]+\)"))
    if other_than is not None:
        expect(heading).not_to_have_text(re.compile(rf"\({other_than:,}\)"), timeout=PAGE_MS)
    return int(re.sub(r"\D", "", heading.inner_text(timeout=PAGE_MS)))


def points(page: Page, key: str, trace: int = 0) -> int:
    """How many points a trace of a chart draws."""
    plot = page.locator(f"[class*=st-key-{key}] .js-plotly-plot").first
    plot.wait_for(timeout=PAGE_MS)
    page.wait_for_timeout(1000)
    return plot.evaluate("(plot, trace) => plot._fullData[trace]._length ?? plot._fullData[trace].x.length", trace)
