"""Training from the browser: live, cancelled, and through the end of the server."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from a2q.experiments.store import Run, RunStore, State
from tests.browser.waiting import PAGE_MS, TEST_SECONDS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(TEST_SECONDS)]


def train(page: Page, epochs: int) -> None:
    """Press "Quick look", set epochs, and train."""
    page.get_by_role("radio", name="Quick look").check()
    expect(page.get_by_role("spinbutton", name="Nodes", exact=True)).to_have_value("300", timeout=PAGE_MS)
    page.get_by_role("spinbutton", name="Epochs").fill(str(epochs))
    page.get_by_role("button", name="Train", exact=True).click()


def wait(store: RunStore, done: Callable[[], bool]) -> None:
    """Wait until something is so in the store."""
    deadline = time.monotonic() + PAGE_MS / 1000
    while not done():
        assert time.monotonic() < deadline, [run.stage for run in store.list()]
        time.sleep(0.2)


def moving(store: RunStore, runs: int) -> Run:
    """The newest of so many runs, once it has trained an epoch."""
    wait(store, lambda: len(store.list()) == runs and store.list()[0].progress > 0)
    return store.list()[0]


def test_a_toy_trains_live_is_cancelled_and_outlives_the_server(own_app, open_page: Callable) -> None:
    with RunStore(f"sqlite:///{own_app.home / 'runs.sqlite'}") as store:
        page, watch = open_page("train", of=own_app)
        expect(page.get_by_text("Nothing has been trained yet")).to_be_visible()

        # Three epochs, from the press to the result, with no reload.
        train(page, epochs=3)
        expect(page.get_by_role("button", name=re.compile("1 (queued|training)"))).to_be_visible(timeout=PAGE_MS)
        expect(page.get_by_text("3 / 3")).to_be_visible(timeout=PAGE_MS)
        expect(page.get_by_role("button", name="Queue")).to_be_visible(timeout=PAGE_MS)
        (toy,) = store.list()
        assert toy.state == State.FINISHED
        picture = page.locator(f".st-key-card-{toy.id} img[alt^='Nodes by bitwidth']")
        expect(picture).to_be_visible(timeout=PAGE_MS)

        # One that would take minutes is seen from another page.
        train(page, epochs=10_000)
        survivor = moving(store, runs=2)
        elsewhere, _ = open_page("help", of=own_app)
        expect(elsewhere.get_by_role("button", name=re.compile(r"1 training · \d+ %"))).to_be_visible()
        assert not watch.errors

        # The server dies while it trains: the run goes on, and a new server shows it. There it is cancelled.
        own_app.kill()
        wait(store, lambda: store.get(survivor.id).progress > survivor.progress)
        own_app.start()
        again, watch = open_page("train", of=own_app)
        card = again.locator(f".st-key-card-{survivor.id}")
        expect(card.get_by_text(re.compile(r"Training, epoch [\d]+ of 10000 · about"))).to_be_visible()
        before = store.get(survivor.id).progress
        wait(store, lambda: store.get(survivor.id).progress > before)
        card.get_by_role("button", name="Cancel").click()
        card.get_by_role("button", name="Yes, cancel it").click()
        expect(card.get_by_role("button", name="Resume")).to_be_visible(timeout=PAGE_MS)
        assert store.get(survivor.id).state == State.CANCELLED
        assert not watch.outside
        assert not watch.errors
