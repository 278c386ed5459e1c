"""How long a class waits on Explore: all sessions ask for the page again at once, alone and while a run trains."""

import asyncio
import contextlib
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from playwright.sync_api import Browser
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from a2q.experiments.store import RunStore
from browsing.runs import training
from browsing.viewers import LARGEST_MESSAGE, ask
from tests.browser.serving import App

SIZES = (1, 10, 30)
ROUNDS = 6
# What the people of a class look at in one run: a few colours, and some of them a node.
LOOKS = ("", "&colour=Error", "&colour=In-degree", "&node=7")


def classroom(browser: Browser, app: App, store: RunStore) -> dict[str, Any]:
    """Median seconds until a session's page is whole when all ask for it at once, by the number of sessions."""
    run = next(run.id for run in store.list() if run.summary is not None)
    found: dict[str, Any] = {"1 on an idle server": waits(app.url, run, 1)}
    with training(store):
        found |= {f"{size} while a run trains": waits(app.url, run, size) for size in SIZES}
    return found


def waits(url: str, run: str, sessions: int) -> dict[str, float]:
    """Median and longest wait, in seconds, of so many sessions on Explore over several rounds."""
    queries = [f"run={run}{LOOKS[number % len(LOOKS)]}" for number in range(sessions)]
    # Chromium's driver keeps the event loop of this thread.
    with ThreadPoolExecutor(1) as thread:
        seconds = thread.submit(lambda: asyncio.run(_rounds(url, queries))).result()
    return {"median s": statistics.median(seconds), "longest s": max(seconds)}


async def _rounds(url: str, queries: Sequence[str]) -> list[float]:
    address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
    async with contextlib.AsyncExitStack() as stack:
        sockets = [
            await stack.enter_async_context(connect(address, subprotocols=["streamlit"], max_size=LARGEST_MESSAGE))
            for _ in queries
        ]
        asked = list(zip(sockets, queries, strict=True))
        await asyncio.gather(*(_whole(*one) for one in asked))
        return [wait for _ in range(ROUNDS) for wait in await asyncio.gather(*(_whole(*one) for one in asked))]


async def _whole(socket: ClientConnection, query: str) -> float:
    """Seconds from asking for the page until it is whole."""
    start = time.perf_counter()
    await socket.send(ask("explore", query=query))
    while True:
        message = ForwardMsg.FromString(await asyncio.wait_for(socket.recv(decode=False), 300))
        # What a live part sends meanwhile ends with another word.
        if (
            message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
            and message.WhichOneof("type") == "script_finished"
        ):
            return time.perf_counter() - start
