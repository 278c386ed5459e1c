import sys
from collections.abc import Callable

import pytest

from a2q.cli import app as cli
from a2q.datasets import DatasetConfig
from a2q.experiments.presets import preset
from a2q.experiments.store import RunStore
from a2q.experiments.store.annotations import Annotation


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command and return what it printed, complaints included."""
    monkeypatch.delenv("A2Q_DATABASE_URL", raising=False)

    def run(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["a2q", *arguments])
        try:
            cli.main()
        except SystemExit as end:
            assert not end.code
        return "".join(capsys.readouterr())

    return run


def test_tags_star_and_note(told: Callable[..., str]) -> None:
    with RunStore() as store:
        run = store.submit(preset("a2q", DatasetConfig(name="karate-club")))
        assert f"Run {run.id}: no star; tags: none; note: none" in told("tag", run.id[:6])
        assert "starred; tags: baseline, short" in told("tag", run.id, "short", "baseline", "--star")
        assert "tags: baseline; note: none" in told("tag", run.id, "--remove", "short")
        assert "note: twice as fast" in told("note", run.id, "twice as fast")
        assert store.annotations.of(run.id) == Annotation(True, ("baseline",), "twice as fast")
        assert "note: twice as fast" in told("note", run.id)
        assert "note: none" in told("note", run.id, "")
        assert "no star; tags: baseline" in told("tag", run.id, "--no-star")


def test_mistakes_are_sentences(told: Callable[..., str]) -> None:
    with RunStore() as store:
        run = store.submit(preset("a2q", DatasetConfig(name="karate-club")))
        assert "'two words' is no tag" in told("tag", run.id, "two words")
        assert "No run starts with 'feed'" in told("note", "feed", "hello")
        assert store.annotations.all() == {}
