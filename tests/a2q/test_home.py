import os
from pathlib import Path

import pytest

from a2q.home import cache_file, home


def test_caches_lie_in_the_home(cache_home: Path) -> None:
    assert cache_file("layouts", "one.npy") == cache_home / "layouts" / "one.npy"
    assert not cache_home.exists()


def test_a_home_that_cannot_be_written_is_read_and_others_are_made_elsewhere(
    cache_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (cache_home / "layouts").mkdir(parents=True)
    (cache_home / "layouts" / "one.npy").touch()
    # As on a read-only file system; for root, nothing else is.
    monkeypatch.setattr(os, "access", lambda path, mode: not Path(path).is_relative_to(home()))
    assert cache_file("layouts", "one.npy") == cache_home / "layouts" / "one.npy"
    for folder in ("layouts", "statistics"):
        other = cache_file(folder, "two.npy")
        assert not other.is_relative_to(cache_home)
        assert other.parts[-2:] == (folder, "two.npy")


def test_a_home_with_a_tilde_that_is_nobodys_is_a_folder_of_that_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A2Q_HOME", "~nobody-of-this-name/a2q")
    assert home() == Path("~nobody-of-this-name/a2q")
    monkeypatch.setenv("A2Q_HOME", "~/a2q")
    assert home() == Path.home() / "a2q"
