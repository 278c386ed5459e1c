"""Sessions without a browser: they ask the app for a page and for its live parts as a browser does, but draw nothing.

Twenty browsers on the machine that serves and trains would measure themselves; these load the server alone.
"""

import asyncio
import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

LARGEST_MESSAGE = 2**28


@contextlib.contextmanager
def viewers(url: str, pages: list[str]) -> Iterator[list[int]]:
    """Keep a session open on each of these pages; yields how often each has redrawn something by now.

    Args:
        url: where the app answers, ``http://127.0.0.1:8501``.
        pages: url paths, as ``"train"``; the same may come several times.

    Raises:
        TimeoutError: a page did not come whole within two minutes.
    """
    redrawn = [0] * len(pages)
    leave, whole = Event(), [Event() for _ in pages]

    async def all_of_them() -> None:
        await asyncio.gather(*(_view(url, *one, redrawn, whole, leave) for one in enumerate(pages)))

    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(lambda: asyncio.run(all_of_them()))
        try:
            if not all(page.wait(120) for page in whole):
                raise TimeoutError(f"Only {sum(page.is_set() for page in whole)} of {len(pages)} pages came whole.")
            yield redrawn
        finally:
            leave.set()
            done.result()


async def _view(url: str, number: int, page: str, redrawn: list[int], whole: list[Event], leave: Event) -> None:
    """One session, from its first page until all leave."""
    address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
    timers: dict[str, asyncio.Task[None]] = {}
    async with connect(address, subprotocols=["streamlit"], max_size=LARGEST_MESSAGE) as socket:
        await socket.send(ask(page))
        while not leave.is_set():
            with contextlib.suppress(TimeoutError):
                message = ForwardMsg.FromString(await asyncio.wait_for(socket.recv(decode=False), 0.5))
                kind = message.WhichOneof("type")
                if kind == "auto_rerun":
                    part = message.auto_rerun.fragment_id
                    if part in timers:
                        timers.pop(part).cancel()
                    timers[part] = asyncio.create_task(_again(socket, page, part, message.auto_rerun.interval))
                elif kind == "script_finished":
                    redrawn[number] += whole[number].is_set()
                    whole[number].set()
        for timer in timers.values():
            timer.cancel()


async def _again(socket: ClientConnection, page: str, part: str, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        await socket.send(ask(page, part))


def ask(page: str, part: str = "", query: str = "") -> bytes:
    """The message by which a browser asks for a page, or for one live part of it."""
    message = BackMsg()
    message.rerun_script.page_name = page
    message.rerun_script.query_string = query
    message.rerun_script.fragment_id = part
    message.rerun_script.is_auto_rerun = bool(part)
    return message.SerializeToString()
