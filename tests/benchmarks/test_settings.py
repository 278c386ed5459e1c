"""docs/settings.md comes about from trials and runs that are kept."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _benchmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))


def test_what_is_trained_once_is_kept_and_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from a2q.experiments.search import Tried
    from chosen_settings import page, runs, sets

    graph = sets.Graph("karate-club", "Karate club", seeds=2)
    monkeypatch.setattr(page, "GRAPHS", (graph,))
    monkeypatch.setattr(runs, "TRIALS", 2)
    monkeypatch.setattr(
        runs, "search", lambda task, start, trials: (Tried(one, 0.5, 1.0, 0.5, 9, 1.0) for one in trials)
    )
    file = tmp_path / "settings.json"
    results = runs.Results(file)
    results.search(graph)
    trained = []
    monkeypatch.setattr(runs, "_train", lambda config: trained.append(config) or _run(len(trained)))
    for row in runs.ROWS:
        assert results.of(graph, row) == []
        results.train(graph, row)
    assert len({config.digest for config in trained}) == len(trained) == 2 * len(runs.ROWS)
    again = runs.Results(file)
    again.search(graph)
    for row in runs.ROWS:
        again.train(graph, row)
    assert len(trained) == 2 * len(runs.ROWS)
    assert len(json.loads(file.read_text())["trials"]["karate-club"]) == 2
    text = page.page(again)
    assert "| Karate club | 2 | 0.005, 64 | 51.5 ± 0.7 | 53.5 ± 0.7 |" in text
    assert "- FP32, chosen: within a point of textbook FP32, or above it, on 1 of 1." in text


def _run(number: int) -> dict[str, float]:
    return {"test": 0.5 + number / 100, "validation": 0.5, "average_bits": 1.7, "seconds": 1.0}
