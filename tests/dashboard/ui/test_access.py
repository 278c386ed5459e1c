import pytest

from a2q.experiments.store import RunError, RunStore
from a2q_studio.ui.access import read_only
from a2q_studio.ui.run_store import open_store


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("yes", True), ("0", False), ("", False), (" ", False)])
def test_what_the_variable_says(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.setenv("A2Q_READONLY", value)
    assert read_only() is expected


def test_without_the_variable_everything_is_allowed() -> None:
    assert not read_only()


def test_pages_of_a_read_only_server_get_a_store_that_refuses(
    monkeypatch: pytest.MonkeyPatch, store: RunStore, small
) -> None:
    run_id = store.submit(small()).id
    monkeypatch.setenv("A2Q_READONLY", "1")
    shown = open_store()
    assert shown.get(run_id).id == run_id
    with pytest.raises(RunError, match="read-only"):
        shown.cancel(run_id)
    assert store.get(run_id).is_active
