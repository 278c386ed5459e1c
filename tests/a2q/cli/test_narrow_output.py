import io
import os
import subprocess
import sys

import pytest

from a2q.cli.narrow_output import allow_narrow_output

WORDS = "A²Q – 3 × 4 µs → é … ─ 日 \U0001f600"


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("ascii", "A2Q - 3 x 4 us -> e ... ? ? ?"),
        ("cp1252", "A²Q – 3 × 4 µs -> é … ? ? ?"),
        ("cp437", "A²Q - 3 x 4 µs -> é ... ─ ? ?"),
        ("utf-8", WORDS),
    ],
)
def test_what_an_encoding_lacks_is_spelled_in_ascii(encoding: str, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    files = io.BytesIO(), io.BytesIO()
    for name, file in zip(("stdout", "stderr"), files, strict=True):
        monkeypatch.setattr(sys, name, io.TextIOWrapper(file, encoding=encoding))
    allow_narrow_output()
    for stream, file in zip((sys.stdout, sys.stderr), files, strict=True):
        stream.write(WORDS)
        stream.flush()
        assert file.getvalue().decode(encoding) == shown


def test_a_stream_without_an_encoding_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setattr(sys, "stderr", None)
    allow_narrow_output()
    assert isinstance(sys.stdout, io.StringIO)


def test_tables_in_a_narrow_encoding(cache_home) -> None:
    narrow = os.environ | {"PYTHONIOENCODING": "cp932", "PYTHONUTF8": "0"}
    done = subprocess.run([sys.executable, "-m", "a2q", "datasets"], env=narrow, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "karate-club" in done.stdout.decode("cp932")
