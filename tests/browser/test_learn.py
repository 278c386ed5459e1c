"""The lesson as a newcomer sees it: an empty store, no network, a real browser."""

import os
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from a2q.version import VERSION
from a2q_studio.pages.learn.steps import STEPS
from tests.browser.waiting import IDLE, PAGE_MS, TEST_SECONDS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(TEST_SECONDS)]

RIGHT_EDGE = (
    "line => Math.max(...[...line.querySelectorAll('.katex-html .base')].map(e => e.getBoundingClientRect().right))"
)


def ready(page: Page) -> None:
    """Wait for the last line of the page."""
    expect(page.get_by_text(f"A²Q Studio {VERSION} · Learn")).to_be_visible(timeout=PAGE_MS)


def predict(page: Page, number: int) -> None:
    """Answer the question of a step, and wait for what may be moved then."""
    step = STEPS[number - 1]
    asked = page.locator(f"[class*=st-key-predict-{step.name}]")
    # The frame of a step is there before its own words and buttons: until then it holds those of the step before.
    expect(asked.get_by_role("radio", name=step.prediction.options[0], exact=True)).to_be_visible(timeout=PAGE_MS)
    expect(page.locator(IDLE)).to_be_attached(timeout=PAGE_MS)
    asked.get_by_role("radio", name="Just show me").click()
    expect(page.get_by_text(step.takeaway)).to_be_visible(timeout=PAGE_MS)


def title(page: Page, key: str, words: str) -> Locator:
    """The title of a chart where it has these words; while it is redrawn, two charts share the place."""
    return page.locator(f"[class*=st-key-{key}] .gtitle").filter(has_text=words)


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)], ids=["wide-light", "phone-dark"])
def test_all_seven_steps_fit(theme: str, width: int, open_page: Callable, screenshot: Callable) -> None:
    page, watch = open_page("", theme, width)
    for number, step in enumerate(STEPS, start=1):
        ready(page)
        expect(page.get_by_role("heading", name=f"{number}. {step.title}")).to_be_visible(timeout=PAGE_MS)
        predict(page, number)
        page.locator(".js-plotly-plot .main-svg").first.wait_for(timeout=PAGE_MS)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator(".katex-display").first.evaluate(RIGHT_EDGE) <= width - 8, "the formula fits"
        if number in (1, 4) or os.environ.get("A2Q_SCREENSHOTS"):
            screenshot(page, f"learn-{number}-{theme}{'-phone' if width < 500 else ''}")
        if number < len(STEPS):
            page.get_by_role("button", name=f"Next: {STEPS[number].title}").click()
    assert not watch.outside
    assert not watch.errors


def test_a_slider_moves_the_picture(open_page: Callable) -> None:
    page, watch = open_page("")
    ready(page)
    predict(page, 1)
    expect(title(page, "toy-graph", "Hearing 4 of 11")).to_have_count(1, timeout=PAGE_MS)
    slider = page.get_by_role("slider", name="In-edges")
    slider.focus()
    slider.press("ArrowRight")
    expect(title(page, "toy-graph", "Hearing 5 of 11")).to_have_count(1, timeout=PAGE_MS)
    expect(page).to_have_url(re.compile("edges=5"), timeout=PAGE_MS)
    assert not watch.errors


def test_the_epochs_play_and_stop(open_page: Callable) -> None:
    page, watch = open_page("?step=5")
    ready(page)
    predict(page, 5)
    page.get_by_role("button", name="Play", exact=True).click()
    expect(title(page, "settling", "Epoch 4:")).to_have_count(1, timeout=PAGE_MS)
    # Streamlit's own header has a button of that name while the page works.
    page.get_by_test_id("stMainBlockContainer").get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible(timeout=PAGE_MS)
    assert not watch.errors


def test_a_link_holds_the_game_and_its_score(open_page: Callable) -> None:
    page, watch = open_page("?step=4&give0=2.5&give1=3.5&give2=4.0&give3=4.5&give4=5.0&reveal=true")
    ready(page)
    predict(page, 4)
    expect(title(page, "scores", "You is number")).to_have_count(1, timeout=PAGE_MS)
    assert not watch.outside
    assert not watch.errors


def test_a_teachers_link_keeps_the_class_here(open_page: Callable) -> None:
    page, _ = open_page("?step=7&lock=1&hide=why")
    ready(page)
    predict(page, 7)
    assert not page.get_by_role("link", name="Train").count()
    assert not page.get_by_text("Why?", exact=True).count()


def test_one_comes_back_to_where_one_left(open_page: Callable) -> None:
    page, watch = open_page("?step=3")
    ready(page)
    predict(page, 3)
    page.goto(page.url.split("?")[0])
    ready(page)
    page.get_by_role("button", name=re.compile("Continue with step 3")).click()
    expect(page.get_by_role("heading", name=re.compile(r"^3\. "))).to_be_visible(timeout=PAGE_MS)
    assert not watch.errors
