"""Every page in both themes and at two widths: whole, in bounds, with named pictures, and asking nobody else."""

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from a2q_studio.samples import SAMPLES
from tests.browser.conftest import pages
from tests.browser.waiting import TEST_SECONDS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(TEST_SECONDS)]

# Each theme and each width once; the pictures need all four.
LOOKS = [("light", 1280), ("dark", 390)]
PICTURES = bool(os.environ.get("A2Q_SCREENSHOTS"))
if PICTURES:
    LOOKS += [("dark", 1280), ("light", 390)]
# Pages whose own tests look at them dark and on a phone.
LOOKED_AT = ("", "accelerator", "data")

# What a picture shows where the page alone would ask for a choice first.
_COMPARED = [SAMPLES[name].run_id for name in ("gin-lambda-0.02", "gin-lambda-0.5", "gat")]
VIEWS = {
    "explore": f"explore?run={SAMPLES['gin-lambda-0.2'].run_id}&node=5",
    "compare": f"compare?runs={','.join(_COMPARED)}",
    "accelerator": f"accelerator?run={SAMPLES['gin-lambda-0.2'].run_id}",
}
NAMELESS = """() => [...document.querySelectorAll('[data-testid=stPlotlyChart], [data-testid=stMain] img')]
    .filter(part => part.checkVisibility())
    .filter(part => !(part.alt || part.getAttribute('aria-label') || part.querySelector('[aria-label]')))
    .map(part => part.outerHTML.slice(0, 200))"""


@pytest.mark.parametrize(
    ("path", "theme", "width"),
    [
        (path, theme, width)
        for path in pages()
        for theme, width in LOOKS
        if PICTURES or path not in LOOKED_AT or theme == "light"
    ],
)
def test_a_page_fits_and_keeps_to_itself(
    path: str, theme: str, width: int, open_page: Callable, screenshot: Callable
) -> None:
    page, watch = open_page(VIEWS.get(path, path), theme, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("main => main.scrollWidth <= main.clientWidth"), "something is wider than the page"
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    ground = page.locator("[data-testid=stApp]").evaluate("app => getComputedStyle(app).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") == (theme == "light")
    assert page.evaluate(NAMELESS) == []
    screenshot(page, f"{path or 'learn'}-{theme}-{width}")
    assert not watch.outside
    assert not watch.errors
