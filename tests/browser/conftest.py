"""A running app with the sample runs in it and a real Chromium, watched for outside requests and console errors."""

import io
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from a2q.experiments.bundle.bundle import import_bundle
from a2q.experiments.store import RunStore, State
from a2q.version import VERSION
from a2q_studio.frame.app import PAGES
from a2q_studio.samples import SAMPLES, read_sample
from tests.browser.serving import ARGUMENTS, ROOT, App, Watch, chromium
from tests.browser.waiting import PAGE_MS, settled

# Of a picture: what lies further down is cut off; letters stay sharp at this quality of WebP.
MOST_PIXELS = 2_400
QUALITY = 80


def pages() -> list[str]:
    """Every page's path; that of the first is empty."""
    return ["" if position == 0 else name for position, name in enumerate(PAGES)]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium from PATH or $CHROMIUM; without one the tests are skipped, in CI they fail."""
    binary = chromium()
    if binary is None:
        reason = "no Chromium: install Debian's package chromium-headless-shell, or set CHROMIUM to a browser's path"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    expect.set_options(timeout=PAGE_MS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=binary, args=list(ARGUMENTS))
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app that most tests share; the sample runs are in its list of runs. They train nothing in it."""
    home = tmp_path_factory.mktemp("home")
    home.mkdir(exist_ok=True)
    with RunStore(f"sqlite:///{home / 'runs.sqlite'}") as store:
        for name in SAMPLES:
            import_bundle(store, read_sample(name))
    started = App(home)
    started.start()
    yield started
    started.stop()


@pytest.fixture
def own_app(tmp_path: Path) -> Iterator[App]:
    """An app of the test's own, with no runs: one to train in and to kill."""
    started = App(tmp_path / "own")
    started.home.mkdir()
    started.start()
    yield started
    started.stop()
    with RunStore(f"sqlite:///{started.home / 'runs.sqlite'}") as store:
        # Workers outlive their server; a test that failed half-way leaves none behind.
        for run in store.list(states=(State.QUEUED, State.RUNNING)):
            store.cancel(run.id)


@pytest.fixture(scope="session")
def sample_run() -> str:
    """The id of a sample run: A²Q on GIN, two layers with bits per node."""
    return SAMPLES["gin"].run_id


@pytest.fixture
def open_page(browser: Browser, app: App) -> Iterator[Callable[..., tuple[Page, Watch]]]:
    """Open a page of the app in a fresh profile and wait until it is whole; ask for a theme and a width."""
    contexts = []

    def visit(path: str = "", theme: str = "light", width: int = 1280, of: App = app) -> tuple[Page, Watch]:
        context = browser.new_context(
            viewport={"width": width, "height": 1000},
            color_scheme=theme,
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        context.set_default_timeout(PAGE_MS)
        watch = Watch()
        context.route("**/*", watch.route)
        page = context.new_page()
        page.on("console", watch.console)
        page.goto(f"{of.url}/{path}")
        whole(page)
        return page, watch

    yield visit
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def screenshot() -> Callable[[Page, str], None]:
    """Keep a small picture of the page under $A2Q_SCREENSHOTS; without it, none."""
    chosen = os.environ.get("A2Q_SCREENSHOTS")

    def keep(page: Page, name: str) -> None:
        if not chosen:
            return
        folder = ROOT / chosen
        folder.mkdir(parents=True, exist_ok=True)
        size = page.viewport_size or {"width": 1280, "height": 1000}
        settled(page)
        # Streamlit scrolls inside the page, so the window must be as tall as what is to be shown of it.
        height = page.locator("[data-testid=stMain]").evaluate("main => main.scrollHeight")
        page.set_viewport_size({"width": size["width"], "height": min(height + 40, MOST_PIXELS)})
        settled(page)
        with Image.open(io.BytesIO(page.screenshot())) as picture:
            picture.convert("RGB").save(folder / f"{name}.webp", quality=QUALITY, method=6)
        page.set_viewport_size(size)

    return keep


def whole(page: Page) -> None:
    """Wait for the last line of a page."""
    expect(page.get_by_text(re.compile(rf"^A²Q Studio {re.escape(VERSION)} · "))).to_be_visible(timeout=PAGE_MS)
