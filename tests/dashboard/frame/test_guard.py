import asyncio
import runpy
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send
from streamlit import config, net_util
from streamlit.web import bootstrap
from streamlit.web.server.app_discovery import discover_asgi_app
from streamlit.web.server.starlette import starlette_websocket

from a2q_studio.frame import guard, launch

ROOT = Path(__file__).parents[3]
HOST = "studio.example:8501"
OUR_OWN = [None, f"http://{HOST}", "http://localhost:3000", "http://127.0.0.1:8501"]
FOREIGN = [
    "http://evil.example",
    "https://studio.example",
    "http://localhost.evil.example",
    "null",
    "file://",
    "http://[",
]


@pytest.fixture
def nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses that this machine asked for its own; answered by none."""
    asked: list[str] = []
    monkeypatch.setattr(net_util, "_external_ip", None)
    monkeypatch.setattr(net_util, "_make_blocking_http_get", lambda url, timeout=5: asked.append(url))
    return asked


@pytest.fixture
def setting() -> Any:
    """Change a setting of Streamlit for one test."""
    before: dict[str, tuple[Any, str]] = {}

    def change(name: str, value: Any) -> None:
        before.setdefault(name, (config.get_option(name), config.get_where_defined(name)))
        config._set_option(name, value, "this test")

    yield change
    for name, (value, where) in before.items():
        config._set_option(name, value, where)


def answers(scope: Scope, inner: Callable[[Scope, Receive, Send], Any]) -> list[Message]:
    """What a guarded application sends."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": f"{scope['type']}.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    # In a thread: Playwright keeps a loop running in the one that browser tests ran in.
    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(lambda: asyncio.run(guard.Guard(inner)(scope, receive, send))).result()
    return sent


def websocket(origin: str | None) -> Scope:
    """A request for a WebSocket by a page of this origin."""
    headers = [(b"host", HOST.encode())] + ([(b"origin", origin.encode())] if origin is not None else [])
    return {"type": "websocket", "headers": headers}


async def streamlit(scope: Scope, receive: Receive, send: Send) -> None:
    """Takes or refuses a WebSocket as Streamlit's own endpoint does."""
    headers = Headers(scope=scope)
    allowed = starlette_websocket._is_origin_allowed(headers.get("origin"), headers.get("host"))
    await send({"type": "websocket.accept" if allowed else "websocket.close"})


@pytest.mark.parametrize("origin", OUR_OWN)
def test_our_own_pages_are_served(origin: str | None, nobody_is_asked: list[str]) -> None:
    assert [message["type"] for message in answers(websocket(origin), streamlit)] == ["websocket.accept"]
    assert nobody_is_asked == []


@pytest.mark.parametrize("origin", FOREIGN)
def test_pages_from_elsewhere_are_refused_without_asking_anyone(origin: str, nobody_is_asked: list[str]) -> None:
    assert answers(websocket(origin), streamlit) == [{"type": "websocket.close", "code": 1008}]
    assert nobody_is_asked == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("server.corsAllowedOrigins", ["https://lectures.example", "evil.example"]),
        ("server.enableCORS", False),
        ("browser.serverAddress", "evil.example"),
    ],
)
def test_settings_allow_others(name: str, value: Any, setting: Callable[..., None], monkeypatch) -> None:
    assert answers(websocket("http://evil.example"), streamlit)[0]["type"] == "websocket.close"
    setting(name, value)
    monkeypatch.setattr(net_util, "get_external_ip", lambda: None)
    assert answers(websocket("http://evil.example"), streamlit)[0]["type"] == "websocket.accept"


def test_every_answer_says_what_the_browser_may_do() -> None:
    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-frame-options", b"ALLOW")]})
        await send({"type": "http.response.body", "body": b"ok"})

    start, body = answers({"type": "http", "headers": []}, inner)
    headers = Headers(raw=start["headers"])
    assert {name: headers.getlist(name) for name in guard.HEADERS} == {
        name: [value] for name, value in guard.HEADERS.items()
    }
    assert body["body"] == b"ok"


def test_the_policy_names_no_other_host() -> None:
    policy = dict(part.split(" ", 1) for part in guard.HEADERS["Content-Security-Policy"].split("; "))
    assert policy["frame-ancestors"] == policy["default-src"] == "'self'" and policy["object-src"] == "'none'"
    sources = {source for kinds in policy.values() for source in kinds.split()}
    assert sources == {"'self'", "'none'", "'unsafe-inline'", "'unsafe-eval'", "blob:", "data:"}


def test_both_commands_start_the_guarded_server() -> None:
    assert launch.entry_point() == ROOT / "streamlit_app.py"
    found = discover_asgi_app(launch.entry_point())
    assert (found.is_asgi_app, found.import_string) == (True, "streamlit_app:app")
    served = runpy.run_path(str(launch.entry_point()), run_name="streamlit_app")["app"]
    assert [kind.cls for kind in served._user_middleware] == [guard.Guard]
    assert served._resolve_script_path() == launch.entry_point()


def test_the_first_line_asks_nobody_for_this_machines_address(
    nobody_is_asked: list[str], setting: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    setting("server.address", "0.0.0.0")
    setting("server.headless", True)
    bootstrap._print_url(False)
    assert "http://localhost" in capsys.readouterr().out
    assert nobody_is_asked == []
