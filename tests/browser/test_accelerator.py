"""The accelerator's page in a real browser: sample runs, a slider, both themes, a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from a2q.version import VERSION
from tests.browser.waiting import PAGE_MS, TEST_SECONDS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(TEST_SECONDS)]


@pytest.fixture(scope="session")
def samples(browser, app) -> None:
    """The sample runs, opened as a newcomer does where there is no run yet."""
    page = browser.new_page()
    page.goto(f"{app.url}/accelerator")
    ready(page)
    button = page.get_by_role("button", name="Open the sample runs")
    if button.count():
        button.click()
    expect(page.get_by_text("Clock cycles").first).to_be_visible(timeout=PAGE_MS)
    page.close()


@pytest.mark.parametrize(
    ("theme", "width", "view"),
    [("light", 1400, "Cycles"), ("dark", 1400, "Lanes"), ("light", 390, "Tiles"), ("dark", 390, "Cycles")],
)
def test_it_fits_and_draws(
    theme: str, width: int, view: str, samples: None, open_page: Callable, screenshot: Callable
) -> None:
    page, watch = open_page(f"accelerator?acc_view={view}", theme, width)
    ready(page)
    page.locator(".js-plotly-plot .main-svg").first.wait_for(timeout=PAGE_MS)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    screenshot(page, f"accelerator-{view.lower()}-{theme}{'-phone' if width < 500 else ''}")
    assert not watch.outside
    assert not watch.errors


def test_the_keyboard_moves_a_slider_and_the_link_follows(samples: None, open_page: Callable) -> None:
    page, _ = open_page("accelerator")
    ready(page)
    cycles = page.locator("[data-testid=stMetricValue]").first
    before = cycles.inner_text()
    page.get_by_role("slider", name="Lanes").first.press("ArrowRight")
    expect(cycles).not_to_have_text(before, timeout=PAGE_MS)
    expect(page).to_have_url(re.compile(r"acc_lanes=17"), timeout=PAGE_MS)


def ready(page: Page) -> None:
    """Wait for the last line of the page."""
    expect(page.get_by_text(f"A²Q Studio {VERSION} · Accelerator")).to_be_visible(timeout=PAGE_MS)
