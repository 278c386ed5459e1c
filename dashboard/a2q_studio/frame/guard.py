"""What the app's server tells browsers about its answers, and whose WebSockets it takes."""

from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Scripts within the page: Streamlit's own first one, and those of a node's neighbourhood, which is a frame. Plotly's
# WebGL makes functions from text, and Streamlit's components come as blobs. None may come from anywhere else.
_POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self' blob: data:",
    "worker-src": "'self' blob:",
    "frame-src": "'self' blob: data:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}

HEADERS = {
    "Content-Security-Policy": "; ".join(f"{kind} {sources}" for kind, sources in _POLICY.items()),
    # For browsers that do not know frame-ancestors.
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    # A link names runs and nodes, which are nobody else's business.
    "Referrer-Policy": "same-origin",
}
"""On every answer: nothing is loaded from or sent to another host, and no other page may frame the app."""

_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class Guard:
    """Adds :data:`HEADERS` to every answer and refuses WebSockets of pages from elsewhere.

    Streamlit refuses those too, but asks a server outside for this machine's address first.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        if scope["type"] == "websocket" and not is_ours(Headers(scope=scope)):
            await receive()
            # Before it is accepted: the browser gets 403.
            await send({"type": "websocket.close", "code": 1008})
            return
        await self._app(scope, receive, with_headers)


def is_ours(headers: Headers) -> bool:
    """Whether a WebSocket was opened by this app's own page, by none, or by one that a setting allows."""
    origin = headers.get("origin")
    if origin is None or not st.get_option("server.enableCORS"):
        return True
    try:
        asked = urlsplit(origin)
        host, name = asked.netloc, asked.hostname
    except ValueError:
        return False
    allowed = {*_THIS_MACHINE, st.get_option("browser.serverAddress")}
    allowed |= {urlsplit(one).hostname or one for one in st.get_option("server.corsAllowedOrigins")}
    return host == headers.get("host") or name in allowed


MIDDLEWARE = (Middleware(Guard),)
"""For :class:`streamlit.starlette.App`."""
