"""Adaptive-Package: values of consecutive nodes of equal bits share a package of 64, 128 or 192 bits."""

from typing import Any

import numpy as np

from a2q.accelerator.adjacency import Integers

LENGTHS = (64, 128, 192)
MODE_BITS, WIDTH_BITS = 2, 3
HEADER_BITS = MODE_BITS + WIDTH_BITS
WIDEST = 2**WIDTH_BITS


def capacity(length: int, bits: Any) -> Any:
    """Values that a package of ``length`` bits holds: ``⌊(length − 5) / bits⌋``."""
    return (length - HEADER_BITS) // bits


def package_bits(bits: Integers, values: Integers) -> int:
    """Stored bits of rows in order, in closed form.

    A run of rows of equal bits with V values fills ``q`` packages of 192 bits and the shortest package that holds
    the rest, with ``q, r = divmod(V, ⌊187/b⌋)``. Rows of 0 bits store nothing and do not end a run. Wider rows than
    8 bits, which the 3-bit header cannot say, are stored as several rows of 8.

    Args:
        bits: of every row, [rows].
        values: stored values of every row, [rows].

    Source: MEGA (HPCA 2024), as a public re-implementation describes its format; boundaries between nodes are not
    described there, so the per-node bitwidth tag is counted beside it.
    """
    keep = (bits > 0) & (values > 0)
    bits, values = bits[keep].astype(np.int64), values[keep].astype(np.int64)
    if not len(bits):
        return 0
    pieces = -(-bits // WIDEST)
    width = np.minimum(bits, WIDEST)
    starts = np.concatenate([[0], np.flatnonzero(np.diff(width)) + 1])
    total = np.add.reduceat(values * pieces, starts)
    width = width[starts]
    full, rest = np.divmod(total, capacity(LENGTHS[-1], width))
    last = np.select([rest == 0, *(capacity(length, width) >= rest for length in LENGTHS)], [0, *LENGTHS])
    return int((full * LENGTHS[-1] + last).sum())


def encode(bits: Integers, rows: list[Integers]) -> str:
    """The packages of rows, bit by bit, as a text of 0 and 1: mode, bits − 1, values, zeros to the end.

    Args:
        bits: of every row, 0 to 8.
        rows: codes of every row, 0 to 2^bits − 1; rows of 0 bits are left out.

    Source: as :func:`package_bits`.
    """
    packages: list[str] = []
    run: list[int] = []
    width = 0
    for held, row in zip(bits.tolist(), rows, strict=True):
        if held == 0 or not len(row):
            continue
        if held != width:
            packages += _packed(run, width)
            run, width = [], held
        run += row.tolist()
    return "".join([*packages, *_packed(run, width)])


def decode(stream: str) -> list[tuple[int, int]]:
    """Every value with its bits, in order; the zeros that fill a package's end follow its values.

    A reader takes from each package as many values as its rows still miss.
    """
    found: list[tuple[int, int]] = []
    position = 0
    while position < len(stream):
        length = LENGTHS[int(stream[position : position + MODE_BITS], 2)]
        width = int(stream[position + MODE_BITS : position + HEADER_BITS], 2) + 1
        for number in range(capacity(length, width)):
            start = position + HEADER_BITS + number * width
            found.append((width, int(stream[start : start + width], 2)))
        position += length
    return found


def unpack(stream: str, bits: Integers, counts: Integers) -> list[list[int]]:
    """The codes of every row, from the stream, the rows' bits and how many values each has."""
    result: list[list[int]] = []
    position = 0
    left: list[int] = []
    width = 0
    for held, count in zip(bits.tolist(), counts.tolist(), strict=True):
        row: list[int] = []
        if held and count:
            if held != width:
                left, width = [], held
            while len(row) < count:
                if not left:
                    mode = int(stream[position : position + MODE_BITS], 2)
                    left = [value for _, value in decode(stream[position : position + LENGTHS[mode]])]
                    position += LENGTHS[mode]
                take = min(count - len(row), len(left))
                row += left[:take]
                left = left[take:]
        result.append(row)
    return result


def _packed(values: list[int], width: int) -> list[str]:
    made = []
    while values:
        length = next(
            size for size in LENGTHS if capacity(size, width) >= min(len(values), capacity(LENGTHS[-1], width))
        )
        here, values = values[: capacity(length, width)], values[capacity(length, width) :]
        text = f"{LENGTHS.index(length):02b}{width - 1:03b}" + "".join(f"{value:0{width}b}" for value in here)
        made.append(text.ljust(length, "0"))
    return made
