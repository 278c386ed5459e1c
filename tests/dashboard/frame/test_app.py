"""A page is a folder and a line: what CONTRIBUTING.md says of adding one, done to a toy."""

import gc
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from a2q_studio.frame import app as frame
from a2q_studio.ui.navigation import page_script

ROOT = Path(__file__).parents[3]


def test_every_page_has_its_room_and_script() -> None:
    rooms = {folder.parent.name for folder in (ROOT / "dashboard" / "a2q_studio" / "pages").glob("*/__init__.py")}
    assert rooms == set(frame.PAGES)
    assert all(Path(page_script(room)).is_file() for room in rooms)


def test_a_page_is_added_by_a_folder_and_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "toy.py"
    script.write_text('import streamlit as st\n\nst.markdown("Seven nodes and a hub.")\n', encoding="utf-8")
    monkeypatch.setitem(frame.PAGES, "toy", (":material/toys:", "A page of its own."))
    monkeypatch.setattr(frame, "page_script", lambda room: str(script) if room == "toy" else page_script(room))
    app = AppTest.from_file(ROOT / "streamlit_app.py", default_timeout=60)
    app.switch_page(str(script))
    app.run()
    assert not app.exception
    # The frame draws every page's title and last line.
    assert app.title[0].value == "Toy"
    assert "Seven nodes and a hub." in [text.value for text in app.markdown]
    assert app.caption[-1].value.endswith("· Toy")


def test_what_a_page_loads_is_looked_through_for_garbage_once(monkeypatch: pytest.MonkeyPatch) -> None:
    frozen: list[int] = []
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(1))
    monkeypatch.setattr(frame, "_loaded", set())
    for page in ("Help", "Help", "Explore", "Help"):
        frame.keep_loaded(page)
    assert len(frozen) == 2
