"""Spoilt copies of good files, by a seeded generator."""

import io
import random
import re
import zipfile

_NUMBERS = (b"-1", b"0", b"1e400", b"nan", b"9" * 18, b"9" * 30, b"0.5", b"-0", b"1e-300", b"", b"2147483648", b"x")
_WORDS = (b"\0", b"\xff\xfe", b'"', b"<", b"]]>", b"&a;", b"\n", b",", b"{", b"[" * 60, b"null", b"true", b"%", b"#")
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_MOST_CHANGES = 4


def spoilt(content: bytes, others: list[bytes], draw: random.Random) -> bytes:
    """A copy with one to four changes; a ZIP also has some of its members changed, and is whole again around them."""
    if content.startswith(b"PK") and draw.random() < 0.75:
        return _zip(content, others, draw)
    for _ in range(draw.randint(1, _MOST_CHANGES)):
        content = draw.choice(_CHANGES)(content, others, draw)
    return content


def _zip(content: bytes, others: list[bytes], draw: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for name in draw.sample(sorted(members), min(len(members), draw.randint(1, 3))):
        kind = draw.random()
        if kind < 0.1:
            del members[name]
        elif kind < 0.2:
            members[name] = draw.choice(list(members.values()))
        elif kind < 0.3:
            members[draw.choice(["../x.npy", name + "x", name.replace("1", "9"), "y.npy", "arrays/9/label.npy"])] = (
                members[name]
            )
        else:
            members[name] = spoilt(members[name], [*members.values()], draw)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, member in members.items():
            # The same bytes whenever they are made.
            archive.writestr(zipfile.ZipInfo(name), member, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _flip(content: bytes, others: list[bytes], draw: random.Random) -> bytes:
    if not content:
        return content
    place = draw.randrange(len(content))
    return content[:place] + bytes([content[place] ^ (1 << draw.randrange(8))]) + content[place + 1 :]


def _cut(content: bytes, others: list[bytes], draw: random.Random) -> bytes:
    start = draw.randint(0, len(content))
    return content[:start] + content[start + draw.choice([1, 2, 8, 64, len(content)]) :]


def _insert(content: bytes, others: list[bytes], draw: random.Random) -> bytes:
    place = draw.randint(0, len(content))
    new = draw.choice([draw.choice(_WORDS), draw.randbytes(draw.randint(1, 8))])
    return content[:place] + new + content[place:]


def _repeat(content: bytes, others: list[bytes], draw: random.Random) -> bytes:
    start = draw.randint(0, len(content))
    piece = content[start : start + draw.choice([1, 8, 64, 512])]
    return content[:start] + piece * draw.choice([2, 3, 50]) + content[start:]


def _number(content: bytes, others: list[bytes], draw: random.Random) -> bytes:
    found = list(_NUMBER.finditer(content))
    if not found:
        return _flip(content, others, draw)
    one = draw.choice(found)
    return content[: one.start()] + draw.choice(_NUMBERS) + content[one.end() :]


def _splice(content: bytes, others: list[bytes], draw: random.Random) -> bytes:
    other = draw.choice(others)
    return content[: draw.randint(0, len(content))] + other[draw.randint(0, len(other)) :]


_CHANGES = (_flip, _flip, _cut, _insert, _repeat, _number, _number, _splice)
