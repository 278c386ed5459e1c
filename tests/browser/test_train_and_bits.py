"""The main job in a real browser: train on the embedded default, then see every node's bits."""

import re
from collections.abc import Callable

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
