"""The Data page in a real browser: a graph is measured while one looks, then shown, alone and beside another."""

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.waiting import PAGE_MS, TEST_SECONDS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(TEST_SECONDS)]


LOOKS = [("dark", 390), ("light", 1400)]


# Where no pictures are wanted, one look is enough: the tests of all pages draw both.
@pytest.mark.parametrize(("theme", "width"), LOOKS if os.environ.get("A2Q_SCREENSHOTS") else LOOKS[:1])
def test_a_graph_is_measured_and_shown_beside_another(
    theme: str, width: int, open_page: Callable, screenshot: Callable
) -> None:
    page, watch = open_page("data?graph=Generated+citations&beside=Ring", theme, width)
    expect(page.get_by_role("heading", name="All numbers")).to_be_visible(timeout=PAGE_MS)
    for title in ("Generated citations: in-degree", "Ring: in-degree 2 in the median"):
        expect(page.locator("[aria-label^='" + title + "'], [alt^='" + title + "']").first).to_be_attached(
            timeout=PAGE_MS
        )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    screenshot(page, f"data-{theme}{'-phone' if width < 500 else ''}")
    page.get_by_role("link", name="Train on it").first.click()
    expect(page.get_by_role("heading", name="Train", exact=True)).to_be_visible()
    expect(page.get_by_role("spinbutton", name="Graph seed")).to_be_visible()
    assert not watch.outside
    assert not watch.errors
