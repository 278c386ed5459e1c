"""Pages without a mouse."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.waiting import TEST_SECONDS, settled

pytestmark = [pytest.mark.browser, pytest.mark.timeout(TEST_SECONDS)]

MOST_TABS = 40
NAME = """() => {
    let part = document.activeElement
    while (part && part.shadowRoot && part.shadowRoot.activeElement) part = part.shadowRoot.activeElement
    // Those hold every word inside them, and are none of what a key could work. A panel that was there before what is
    // in it may be a stop of its own.
    if (part.matches('main, body, [role=tabpanel]')) return ''
    return (part.getAttribute('aria-label') || part.innerText || part.placeholder || '').trim()
}"""


def reached(page: Page, wanted: set[str]) -> set[str]:
    """Which of the wanted words the focus passes on its way from the top of the page, by Tab alone."""
    # Streamlit loads the code of a widget with the first of its kind: until then there is nothing to reach.
    settled(page)
    found: set[str] = set()
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        name = page.evaluate(NAME)
        found |= {word for word in wanted if word in name}
        if found == wanted:
            break
    return found


def test_tab_reaches_pages_queue_share_and_the_run_picker(open_page: Callable, sample_run: str) -> None:
    page, _ = open_page(f"explore?run={sample_run}")
    wanted = {"Train", "Help", "Queue", "Share", "Run"}
    assert reached(page, wanted) == wanted


def test_tab_reaches_the_search_of_the_glossary_and_letters_search(open_page: Callable) -> None:
    page, _ = open_page("help")
    assert reached(page, {"Search the glossary"})
    page.keyboard.type("step size")
    expect(page.get_by_label("Search the glossary")).to_have_value("step size")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("term=step"))
    expect(page.get_by_text("in-degree: ")).to_have_count(0)


def test_enter_opens_a_page_and_the_focus_can_be_seen(open_page: Callable) -> None:
    page, _ = open_page()
    assert reached(page, {"Help"})
    page.keyboard.press("Enter")
    page.wait_for_url("**/help")
    assert reached(page, {"Share"})
    outline = page.evaluate(
        """() => {
            let part = document.activeElement
            while (part.shadowRoot && part.shadowRoot.activeElement) part = part.shadowRoot.activeElement
            return getComputedStyle(part).outlineStyle
        }"""
    )
    assert outline != "none"
