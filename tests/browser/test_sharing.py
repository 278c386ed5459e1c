"""A link carries the view."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.waiting import TEST_SECONDS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(TEST_SECONDS)]


def test_share_copies_the_address_and_a_fresh_profile_sees_the_same(open_page: Callable, sample_run: str) -> None:
    page, _ = open_page(f"explore?run={sample_run}&layer=1")
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_role("button", name="Link copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url
    query = parse_qs(urlsplit(link).query)
    assert (query["run"], query["layer"]) == ([sample_run], ["1"])

    elsewhere, watch = open_page(link.partition("://")[2].partition("/")[2])
    expect(elsewhere.get_by_role("combobox", name="Run")).to_have_value(
        page.get_by_role("combobox", name="Run").input_value()
    )
    expect(elsewhere.get_by_role("radio", name="1", exact=True)).to_be_checked()
    assert not watch.errors


def test_a_link_to_a_run_that_is_gone_says_so(open_page: Callable) -> None:
    page, watch = open_page("explore?run=000000000000")
    expect(page.get_by_text("which is not in this store; showing the newest run instead")).to_be_visible()
    assert not watch.errors
