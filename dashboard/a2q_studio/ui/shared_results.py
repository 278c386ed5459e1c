"""Results that all sessions share: kept while they fit into a bounded number of bytes, and changed by nobody.

Streamlit counts entries, and one entry may be a gigabyte; its `max_size` is of data that is copied at every look.
"""

import functools
import inspect
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, ParamSpec, TypeVar
from weakref import WeakValueDictionary

import numpy as np
import pandas as pd
import streamlit as st
from plotly.basedatatypes import BaseFigure

MOST_BYTES = 512 << 20
"""Of all that is kept, of all functions and for all sessions."""

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")


class Results:
    """The results that were asked for last, as many as fit.

    Args:
        most_bytes: of all of them; one that is larger is not kept.
    """

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._changing = threading.Lock()
        self._making: WeakValueDictionary[Hashable, _Turn] = WeakValueDictionary()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The result of a key; who asks for one that is being made waits for it. What ``make`` raises is not kept."""
        with self._changing:
            turn = self._making.setdefault(key, _Turn())
        with turn.lock:
            with self._changing:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    return self._kept[key][0]
            made = make()
            self._keep(key, made, held_bytes(made))
            return made

    def _keep(self, key: Hashable, made: Any, size: int) -> None:
        if size > self.most_bytes:
            return
        with self._changing:
            self._kept[key] = (made, size)
            self.bytes += size
            while self.bytes > self.most_bytes:
                _, (_, freed) = self._kept.popitem(last=False)
                self.bytes -= freed


class _Turn:
    """Whose turn it is to make one result."""

    def __init__(self) -> None:
        self.lock = threading.RLock()


def shared(function: Callable[_Given, _Made]) -> Callable[_Given, _Made]:
    """Keep what a function returns, by its arguments but those whose names begin with an underscore."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def kept(*args: _Given.args, **kwargs: _Given.kwargs) -> _Made:
        given = signature.bind(*args, **kwargs).arguments
        counted = tuple((name, value) for name, value in given.items() if not name.startswith("_"))
        key = (function.__module__, function.__qualname__, counted)
        made: _Made = _results().get(key, lambda: function(*args, **kwargs))
        return made

    return kept


def made_once(make: Callable[[], _Made], *follows_from: str | int | None) -> _Made:
    """What ``make`` makes, the same object in every session and at every redraw, so that nobody may change it.

    A class that looks at one run draws each figure once, not once a person; whoever asks meanwhile waits for it.

    Args:
        make: called where nobody has asked yet.
        follows_from: all that the result follows from, a name of its own first.
    """
    made: _Made = _results().get(follows_from, make)
    return made


def held_bytes(value: object) -> int:
    """About how many bytes a result holds: those of its arrays and tables, wherever in it they are."""
    return _held(value, set())


def _held(value: object, seen: set[int]) -> int:
    if id(value) in seen:
        return 0
    seen.add(id(value))
    if isinstance(value, np.ndarray):
        return int(value.nbytes)
    if isinstance(value, pd.DataFrame):
        return int(value.memory_usage(deep=True).sum())
    return sys.getsizeof(value) + sum(_held(part, seen) for part in _parts(value))


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return value.values()
    if isinstance(value, list | tuple | set | frozenset):
        return value
    if isinstance(value, BaseFigure):
        return [value.to_plotly_json()]
    if is_dataclass(value):
        return [getattr(value, field.name) for field in fields(value)]
    return ()


@st.cache_resource(show_spinner=False)
def _results() -> Results:
    return Results(MOST_BYTES)
