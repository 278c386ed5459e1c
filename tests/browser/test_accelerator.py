"""The accelerator's page in a real browser: sample runs, a slider, both themes, a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from a2q.version import VERSION
from tests.browser.waiting import PAGE_MS, TEST_SECONDS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(TEST_SECONDS)]


# The view that the page opens with is drawn by the tests of all pages.
@pytest.mark.parametrize(("theme", "width", "view"), [("dark", 1400, "Lanes"), ("light", 390, "Tiles")])
def test_it_fits_and_the_keyboard_moves_a_slider_and_the_link(
    theme: str, width: int, view: str, open_page: Callable, screenshot: Callable
) -> None:
    page, watch = open_page(f"accelerator?acc_view={view}", theme, width)
    ready(page)
    page.locator(".js-plotly-plot .main-svg").first.wait_for(timeout=PAGE_MS)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    screenshot(page, f"accelerator-{view.lower()}-{theme}{'-phone' if width < 500 else ''}")
    cycles = page.locator("[data-testid=stMetricValue]").first
    before = cycles.inner_text()
    page.get_by_role("slider", name="Lanes").first.press("ArrowRight")
    expect(cycles).not_to_have_text(before, timeout=PAGE_MS)
    expect(page).to_have_url(re.compile(r"acc_lanes=17"), timeout=PAGE_MS)
    assert not watch.outside
    assert not watch.errors


def ready(page: Page) -> None:
    """Wait for the last line of the page."""
    expect(page.get_by_text(f"A²Q Studio {VERSION} · Accelerator")).to_be_visible(timeout=PAGE_MS)
