"""The frame, seen on a page that needs the store and as every page's."""

import ast
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from a2q.experiments.store import RunStore, State
from a2q.version import VERSION
from a2q_studio.frame.app import PAGES as APP_PAGES
from a2q_studio.frame.page import activity
from a2q_studio.ui import run_store as runs
from a2q_studio.ui.access import READ_ONLY
from a2q_studio.ui.navigation import page_script

PAGES = [Path(page_script(room)) for room in APP_PAGES]


def test_every_page_has_one_title_share_and_a_last_line(open_page) -> None:
    app = open_page("train")
    assert [title.value for title in app.title] == ["Train"]
    assert app.caption[-1].value == f"A²Q Studio {VERSION} · Train"
    assert len(app.get("bidi_component")) == 1


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_page_draws_what_the_frame_draws(page: Path) -> None:
    called = {
        node.func.attr
        for node in ast.walk(ast.parse(page.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not called & {"title", "set_page_config"}, "dashboard/a2q_studio/frame/page.py draws the title of every page"


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("disk I/O error", runs.SILENT),
        ("database is locked", "The run store was locked by another program for too long"),
        ("server closed the connection unexpectedly", "The database server of the run store does not answer"),
    ],
)
def test_a_store_that_falls_silent_while_a_page_draws_is_a_sentence(
    open_page, monkeypatch: pytest.MonkeyPatch, fault: str, told: str
) -> None:
    def silent(*_: object, **__: object) -> None:
        raise OperationalError("SELECT", {}, Exception(fault))

    app = open_page("train")
    monkeypatch.setattr(RunStore, "list", silent)
    app.run()
    assert not app.exception
    # Once for the frame, and once in the place of the part that needs the store.
    assert {error.value.startswith(told) for error in app.error} == {True}
    assert app.caption[-1].value.endswith("· Train")


def test_a_read_only_server_says_so_on_every_page(open_page, monkeypatch) -> None:
    assert READ_ONLY not in [info.value for info in open_page("learn").info]
    monkeypatch.setenv("A2Q_READONLY", "1")
    for page in ("learn", "train"):
        assert open_page(page).info[0].value == READ_ONLY


def words(store: RunStore) -> str:
    return activity(store.list(states=(State.RUNNING, State.QUEUED)))


def test_the_words_count_what_trains_and_what_waits(store: RunStore, small) -> None:
    assert words(store) == "Queue"
    ids = [store.submit(small(f"seed={seed}")).id for seed in range(3)]
    assert words(store) == "3 queued"
    store.claim(ids[0], "elsewhere", 0)
    store.note(ids[0], progress=0.62)
    assert words(store) == "1 training · 62 % · 2 queued"
    store.claim(ids[1], "elsewhere", 1)
    store.note(ids[1], progress=0.32)
    assert words(store) == "2 training · 47 % · 1 queued"


def test_every_page_has_the_chip_with_the_queue_behind_it(open_page, store: RunStore, small) -> None:
    store.submit(small())
    for page in ("learn", "train"):
        app = open_page(page)
        assert "1 queued" in [popover.proto.popover.label for popover in app.get("popover")]
