"""The app as a server of its own, and what a browser notes while a page of it is open.

Browser tests and the benchmark of the dashboard share this.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Route

from tests.browser.waiting import PAGE_MS

ROOT = Path(__file__).parents[2]
# --no-sandbox: CI runs as root. The others keep Chromium from looking for its own servers.
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
_SETTINGS = ("A2Q_DATA", "A2Q_DATABASE_URL", "A2Q_SCHEDULER", "A2Q_WORKERS", "A2Q_READONLY", "A2Q_SESSION_RUNS")


def chromium() -> str | None:
    """Where Chromium is: on PATH, the shell without windows first, which takes a sixth less computing; or $CHROMIUM."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium") or os.environ.get("CHROMIUM")


@dataclass
class App:
    """The app as `make run` starts it, on a free port and with a home of its own.

    Attributes:
        home: where its runs and caches are.
        port: where it answers on 127.0.0.1; the same after a restart.
    """

    home: Path
    port: int = 0
    _server: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    @property
    def pid(self) -> int:
        """The server's process."""
        assert self._server is not None
        return self._server.pid

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        environment = {name: value for name, value in os.environ.items() if name not in _SETTINGS} | {
            "A2Q_HOME": str(self.home),
            "STREAMLIT_SERVER_PORT": str(self.port),
            "STREAMLIT_SERVER_HEADLESS": "true",
        }
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
        self._server = subprocess.Popen(command, cwd=ROOT, env=environment)
        _wait_for(f"{self.url}/_stcore/health", self._server)

    def kill(self) -> None:
        """End it without a word, as a crash would."""
        assert self._server is not None
        self._server.kill()
        self._server.wait(timeout=PAGE_MS / 1000)

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        if self._server is not None and self._server.poll() is None:
            self._server.terminate()
            self._server.wait(timeout=PAGE_MS / 1000)


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


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PAGE_MS / 1000
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"the app ended with exit code {server.returncode} before it answered")
        try:
            with urllib.request.urlopen(url) as answer:
                if answer.read() == b"ok":
                    return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise RuntimeError(f"the app did not answer at {url} within {PAGE_MS // 1000} seconds")
