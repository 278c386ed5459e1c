from pathlib import Path

import pytest

from a2q.experiments.logs import LAST_WORDS_BYTES, log_path, log_tail, remove_log, room_for_last_words

RUN = "0123456789ab"


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("A2Q_HOME", str(tmp_path))
    return tmp_path


def held(home: Path) -> int:
    """Bytes of the disk that logs take."""
    return sum(file.stat().st_size for file in (home / "logs").glob("*"))


def test_room_is_held_while_a_worker_works_and_free_when_it_speaks_last(home: Path) -> None:
    with pytest.raises(ZeroDivisionError), room_for_last_words(RUN):
        assert held(home) == LAST_WORDS_BYTES
        raise ZeroDivisionError
    assert held(home) == 0


def test_what_a_killed_worker_held_goes_with_its_log(home: Path) -> None:
    killed = room_for_last_words(RUN)
    killed.__enter__()
    log_path(RUN).write_text("a word")
    assert log_tail(RUN) == "a word"
    remove_log(RUN)
    assert held(home) == 0
    killed.__exit__(None, None, None)


def test_a_home_that_cannot_be_written_keeps_no_worker_from_its_own_error(home: Path) -> None:
    (home / "logs").write_text("a file where the folder should be")
    with room_for_last_words(RUN):
        pass
    assert log_tail(RUN) == ""
