"""A running app and a real Chromium, watched for outside requests and console errors."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, sync_playwright

ROOT = Path(__file__).parents[2]
# --no-sandbox: CI runs as root. The others keep Chromium from looking for its own servers.
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
START_SECONDS = 60


@dataclass
class App:
    """The app under test: where it answers and what its worker processes may use."""

    url: str
    home: Path


@dataclass
class Watch:
    """What a page should not do, collected while it is open."""

    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def route(self, route: Route) -> None:
        """Let requests to this machine through; note and refuse all others."""
        url = route.request.url
        if re.match(r"https?://127\.0\.0\.1[:/]|data:|blob:", url):
            route.continue_()
        else:
            self.outside.append(url)
            route.abort()

    def console(self, message: ConsoleMessage) -> None:
        """Note errors, but for Streamlit's own probe for its server below the page's path."""
        if message.type == "error" and "/_stcore/" not in message.location.get("url", ""):
            self.errors.append(f"{message.text} {message.location.get('url', '')}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium from PATH or $CHROMIUM; without one the tests are skipped, in CI they fail."""
    binary = shutil.which("chromium") or os.environ.get("CHROMIUM")
    if binary is None:
        reason = "no Chromium: install Debian's package chromium, or set CHROMIUM to a browser's path"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=binary, args=list(ARGUMENTS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app as `make run` starts it, on a free port and with an empty home."""
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "A2Q_HOME": str(home),
        "STREAMLIT_SERVER_PORT": str(port),
        "STREAMLIT_SERVER_HEADLESS": "true",
    }
    for name in ("A2Q_DATA", "A2Q_DATABASE_URL", "A2Q_SCHEDULER", "A2Q_WORKERS"):
        environment.pop(name, None)
    server = subprocess.Popen([sys.executable, "-m", "streamlit", "run", "streamlit_app.py"], cwd=ROOT, env=environment)
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health", server)
        yield App(f"http://127.0.0.1:{port}", home)
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture
def open_page(browser: Browser, app: App) -> Iterator[Callable[..., tuple[Page, Watch]]]:
    """Open a page of the app in a fresh profile; ask for a theme and a width."""
    contexts = []

    def visit(path: str = "", theme: str = "light", width: int = 1400) -> tuple[Page, Watch]:
        context = browser.new_context(viewport={"width": width, "height": 1000}, color_scheme=theme)
        contexts.append(context)
        watch = Watch()
        context.route("**/*", watch.route)
        page = context.new_page()
        page.on("console", watch.console)
        page.goto(f"{app.url}/{path}")
        return page, watch

    yield visit
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def screenshot() -> Callable[[Page, str], None]:
    """Keep a picture of the whole page under $A2Q_SCREENSHOTS, by default artefacts/screenshots."""
    folder = Path(os.environ.get("A2Q_SCREENSHOTS") or ROOT / "artefacts" / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)

    def keep(page: Page, name: str) -> None:
        size = page.viewport_size or {"width": 1400, "height": 1000}
        # Streamlit scrolls inside the page, so the window must be as tall as the content to show all of it.
        height = page.locator("[data-testid=stMain]").evaluate("main => main.scrollHeight")
        page.set_viewport_size({"width": size["width"], "height": height + 40})
        page.wait_for_timeout(1500)
        page.screenshot(path=folder / f"{name}.png")
        page.set_viewport_size(size)

    return keep


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            pytest.fail(f"the app ended with exit code {server.returncode} before it answered")
        try:
            with urllib.request.urlopen(url) as answer:
                if answer.read() == b"ok":
                    return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    pytest.fail(f"the app did not answer at {url} within {START_SECONDS} seconds")
