"""docs/results.md comes about from rows that can be trained and trials that are kept."""

import json
from pathlib import Path

import pytest

from a2q.datasets import DatasetConfig
from a2q.experiments.presets import preset
from a2q.experiments.settings import change

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _benchmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))


def _trial(number: int, metric: str = "accuracy") -> dict[str, object]:
    return {
        "metric": metric,
        "test": 0.8 + number / 100,
        "paper_protocol": 0.83,
        "average_bits": 1.7,
        "final_bits": 1.72,
        "compression": 18.8,
        "full_bits": 2.0,
        "full_compression": 16.0,
        "cpu_seconds_per_epoch": 0.5,
        "bits_by_degree": {"2": [["≤ 1", 1.5, 900], ["> 30", 3.0, 12]]},
    }


def test_every_row_can_be_trained_and_none_is_there_twice() -> None:
    from results.rows import ROWS

    assert len(ROWS) > 80
    titles = [(row.section, row.dataset, row.model, row.title) for row in ROWS]
    assert len(set(titles)) == len(titles)
    for row in ROWS:
        configs = row.configs()
        assert len({config.digest for config in configs}) == len(configs) == row.seeds
        assert [config.seed for config in row.configs(quick=True)] == [0, 1][: row.seeds]


def test_a_trial_is_one_run_from_start_to_report() -> None:
    from results.trials import train

    config = change(preset("a2q", DatasetConfig(name="karate-club")), ["training.epochs=3"])
    trial = train(config.model_dump_json())
    assert set(_trial(0)) <= set(trial)
    assert json.loads(json.dumps(trial)) == trial
    assert sum(nodes for _, _, nodes in trial["bits_by_degree"]["2"]) == 34


def test_the_page_and_its_figures_show_what_was_kept(tmp_path: Path) -> None:
    from results.figures import draw
    from results.page import page
    from results.rows import ROWS
    from results.summaries import lines
    from results.trials import Trials

    wanted = [row for row in ROWS if (row.dataset, row.model) == ("cora", "gcn")]
    kept = {config.digest: _trial(number) for row in wanted for number, config in enumerate(row.configs())}
    store = tmp_path / "results.json"
    store.write_text(json.dumps(kept))
    made = lines(ROWS, Trials(store))
    assert {line.row for line in made} == set(wanted)
    text = page(made)
    assert "| Cora | GCN | A²Q, ours | 84.5 ± 3.0 % | 10 | 83.0 ± 0.0 % | 1.70 | 18.8× | 2.00 | 16.0× | 1.00× |" in text
    assert "as recalled, unverified" in text
    assert "| mean bits | 1.50 | 3.00 |" in text
    files = draw(made, tmp_path / "figures")
    assert {file.name for file in files} == {"accuracy-cora-gcn.svg", "bits-by-degree.svg"}
    assert all("<svg" in file.read_text() for file in files)


def test_runs_whose_bits_have_not_moved_are_counted(tmp_path: Path) -> None:
    from results.page import page
    from results.rows import ROWS
    from results.summaries import lines
    from results.trials import Trials

    row = next(
        row for row in ROWS if (row.dataset, row.model, row.preset) == ("cora", "gcn", "a2q") and row.seeds == 10
    )
    start = row.configs()[0].quantization.start_bits
    still = {"average_bits": float(start), "bits_by_degree": {"2": [["≤ 1", float(start), 900], ["> 30", start, 12]]}}
    # As trials were kept before they said it, and as they are now.
    kept = [_trial(0) | still, _trial(1) | {"unmoved_bits": start}, _trial(2) | still | {"unmoved_bits": None}]
    kept += [_trial(number) for number in range(3, 10)]
    store = tmp_path / "results.json"
    store.write_text(json.dumps({config.digest: trial for config, trial in zip(row.configs(), kept, strict=True)}))
    (line,) = (line for line in lines([row], Trials(store)))
    assert line.unmoved == 2
    assert f"| {line.mean('average_bits'):.2f} (2 of 10 unmoved) |" in page([line])


def test_a_row_without_all_its_runs_is_not_shown(tmp_path: Path) -> None:
    from results.rows import ROWS
    from results.summaries import lines
    from results.trials import Trials

    store = tmp_path / "results.json"
    store.write_text(json.dumps({config.digest: _trial(0) for config in ROWS[0].configs()[:-1]}))
    assert lines(ROWS[:1], Trials(store)) == []
