"""The place of a name in a list of names, whole numbers or text."""

import secrets
from collections.abc import Iterable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

# A table from every possible number to its place is worth its memory up to so many entries beyond the names.
_SPARE = 4_000_000
# Names become Python's objects while they are hashed: some at a time.
_HASHED_ROWS = 50_000
# Nobody can prepare names whose hashes agree without knowing it.
_KEY = secrets.token_hex(8)


class NumberFinder:
    """The place of whole numbers.

    Args:
        values: whole numbers of 0 or more, each once, int64.
    """

    def __init__(self, values: np.ndarray) -> None:
        most = int(values.max()) if len(values) else 0
        self._table: np.ndarray | None = None
        if most < len(values) + _SPARE:
            self._table = np.full(most + 1, -1, dtype=np.int32)
            self._table[values] = np.arange(len(values), dtype=np.int32)
        else:
            self._order = np.argsort(values, kind="stable").astype(np.int32)
            self._sorted = values[self._order]

    def find(self, values: np.ndarray) -> np.ndarray:
        """The place of each, int32; -1 where there is none."""
        if self._table is not None:
            known = values < len(self._table)
            return np.where(known, self._table[np.where(known, values, 0)], np.int32(-1))
        place = np.minimum(np.searchsorted(self._sorted, values), len(self._sorted) - 1)
        return np.where(self._sorted[place] == values, self._order[place], np.int32(-1))


class TextFinder:
    """The place of text, by 64-bit hashes (SipHash, by pandas) with a key of this process.

    Twelve bytes a name: Arrow's own hash table of a million short names takes five times their memory, and is built
    anew for each look-up. What is found is compared with the name itself, so no two names are ever taken for one.

    Args:
        names: each once.
    """

    def __init__(self, names: pa.Array | None = None) -> None:
        self._chunks: list[pa.Array] = []
        self._hashes = np.empty(0, dtype=np.uint64)
        self._places = np.empty(0, dtype=np.int32)
        if names is not None:
            self.add(names)

    def __len__(self) -> int:
        return len(self._places)

    @property
    def names(self) -> pa.Array:
        """All of them, in the order they came."""
        if len(self._chunks) != 1:
            self._chunks = [joined(self._chunks)]
        return self._chunks[0]

    def add(self, names: pa.Array) -> None:
        """Take in those that are not there yet.

        Args:
            names: each once.
        """
        hashes = _hashed(names)
        fresh = np.flatnonzero(~self._known(hashes)[1])
        order = np.argsort(hashes[fresh], kind="stable")
        at = np.searchsorted(self._hashes, hashes[fresh][order])
        self._hashes = np.insert(self._hashes, at, hashes[fresh][order])
        self._places = np.insert(self._places, at, (len(self) + order).astype(np.int32))
        self._chunks.append(names if len(fresh) == len(names) else names.take(pa.array(fresh)))

    def find(self, text: pa.Array) -> np.ndarray:
        """The place of each, int32; -1 where there is none."""
        if not len(self):
            return np.full(len(text), -1, dtype=np.int32)
        at, known = self._known(_hashed(text))
        places = self._places[at]
        same = pc.equal(self.names.take(pa.array(places)), text).to_numpy(zero_copy_only=False)
        return np.where(known & same, places, np.int32(-1))

    def _known(self, hashes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where each would be, and whether it is there."""
        if not len(self):
            return np.zeros(len(hashes), dtype=np.int64), np.zeros(len(hashes), dtype=bool)
        at = np.minimum(np.searchsorted(self._hashes, hashes), len(self) - 1)
        return at, self._hashes[at] == hashes


def joined(chunks: Iterable[pa.Array]) -> pa.Array:
    """Text in one piece."""
    return pa.chunked_array(list(chunks), pa.string()).combine_chunks()


def _hashed(text: pa.Array) -> np.ndarray:
    pieces = [np.empty(0, dtype=np.uint64)]
    for start in range(0, len(text), _HASHED_ROWS):
        objects = text[start : start + _HASHED_ROWS].to_numpy(zero_copy_only=False)
        pieces.append(pd.util.hash_array(objects, hash_key=_KEY, categorize=False))
    return np.concatenate(pieces)
