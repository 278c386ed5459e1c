from collections.abc import Sequence

import pytest

from a2q import ConfigError, RunConfig
from a2q.datasets import DatasetConfig
from a2q.experiments import auto
from a2q.experiments.auto import TRIALS, find_settings
from a2q.experiments.presets import preset
from a2q.experiments.search import Tried, best, random_settings, search, with_settings
from a2q.experiments.settings import change, settings_of
from a2q.training.trainer import teacher_config

_SMALL = DatasetConfig(name="generated-citations", nodes=60)


def _tried(validation: float, loss: float) -> Tried:
    return Tried({}, validation, loss, 0.5, 10, 1.0)


def test_the_best_is_by_validation_then_by_loss() -> None:
    a, b, c = _tried(0.8, 0.5), _tried(0.8, 0.4), _tried(0.7, 0.1)
    assert best([a, b, c], "accuracy") is b
    assert best([a, b, c], "mae") is c


def test_random_settings_are_allowed_and_always_the_same() -> None:
    drawn = random_settings(30)
    assert drawn == random_settings(30)
    assert drawn[:5] == random_settings(5)
    assert len({tuple(one.values()) for one in drawn}) == 30
    config = preset("a2q", _SMALL)
    for one in drawn:
        found = settings_of(with_settings(config, one))
        assert {name: found[name] for name in one} == one


def test_settings_found_are_those_of_the_fp32_network_that_training_starts_from() -> None:
    config = preset("a2q", DatasetConfig(name="citeseer"))
    assert teacher_config(config).model != config.model
    found = with_settings(config, {"model.dropout": 0.1, "training.weight_decay": 0.25})
    assert teacher_config(found).model == found.model
    assert teacher_config(found).training.weight_decay == found.training.weight_decay == 0.25


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[object]]:
    """Few trials; counts the searches."""
    searches: list[Sequence[object]] = []

    def counted(task, config, trials):
        searches.append(trials)
        return search(task, config, trials)

    monkeypatch.setattr(auto, "TRIALS", 3)
    monkeypatch.setattr(auto, "search", counted)
    return searches


def test_a_search_is_made_once_for_every_method_and_seed(quick: list[Sequence[object]]) -> None:
    quickly = ["training.epochs=3"]
    shares: list[float] = []
    found = find_settings(change(preset("a2q", _SMALL), quickly), lambda share, stage: shares.append(share))
    assert not found.before
    assert shares[-1] == 1.0
    assert len(found.tried) == len(quick[0]) == 3
    again = find_settings(change(preset("uniform", _SMALL), [*quickly, "seed=4"]))
    assert again.before
    assert (again.tried, again.settings) == (found.tried, found.settings)
    assert len(quick) == 1
    find_settings(change(preset("a2q", _SMALL), ["training.epochs=4"]))
    assert len(quick) == 2


def test_what_is_found_is_no_worse_on_validation_than_the_preset(quick: list[Sequence[object]]) -> None:
    config = change(preset("a2q", _SMALL), ["training.epochs=3"])
    found = find_settings(config)
    of_preset = settings_of(preset("fp32", _SMALL))
    first = found.tried[0]
    assert first.settings == {name: of_preset[name] for name in first.settings} == found.preset
    assert best(found.tried, "accuracy").validation >= first.validation
    assert found.told.startswith("Found by a search of 3 settings of the FP32 network in ")
    assert found.told.endswith(f", the preset's settings {first.validation:.1%}.")


def test_a_damaged_file_is_searched_anew(quick: list[Sequence[object]], cache_home) -> None:
    config = change(preset("a2q", _SMALL), ["training.epochs=2"])
    found = find_settings(config)
    (file,) = (cache_home / "searches").iterdir()
    file.write_text("[{}]")
    assert not find_settings(config).before
    assert find_settings(config).settings == found.settings


def test_settings_that_diverge_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    config: RunConfig = change(preset("fp32", _SMALL), ["training.epochs=2"])
    monkeypatch.setattr(auto, "search", lambda task, base, settings: iter(()))
    with pytest.raises(ConfigError, match="the loss is no number from the start; look at the features"):
        find_settings(config)


def test_there_are_enough_trials_to_find_something() -> None:
    assert len(auto._settings(preset("fp32", _SMALL))) == TRIALS
    assert max(one["model.hidden"] for one in auto._settings(preset("fp32", _SMALL, "gat"))) <= 16
