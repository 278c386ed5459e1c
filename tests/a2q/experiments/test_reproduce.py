import shlex
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import a2q.experiments.launch
from a2q.cli import app as cli
from a2q.config import ConfigError
from a2q.datasets import CATALOGUE, DatasetConfig
from a2q.datasets.config import STORED
from a2q.experiments.estimate import work_of
from a2q.experiments.presets import PRESETS, preset
from a2q.experiments.reproduce import command_line, python_code
from a2q.experiments.run_config import RunConfig
from a2q.experiments.settings import change
from a2q.experiments.store import RunStore

_CHANGES = (
    "seed=2147483647",
    "training.lr=1e-05",
    "training.lr_bits=0.30000000000000004",
    "training.warm_start=true",
    "training.hide_test=true",
    "training.teacher_dropout=",
    "training.schedule=plateau",
    "model.layers=3",
    "model.self_loops=false",
    "model.dropout=0.123456789",
)
configs = st.builds(
    lambda name, dataset, model, changed: (preset(name, DatasetConfig(name=dataset), model), changed),
    st.sampled_from(list(PRESETS)),
    st.sampled_from(["cora", "ogbn-arxiv", "karate-club", "generated-citations", "mutag"]),
    st.sampled_from(["gcn", "gin", "gat", "sage"]),
    st.lists(st.sampled_from(_CHANGES), unique=True),
)


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch):
    """What is in the store after something was done that starts no worker."""
    monkeypatch.delenv("A2Q_DATABASE_URL", raising=False)
    monkeypatch.setattr(cli, "dispatch", lambda _: None)
    monkeypatch.setattr(a2q.experiments.launch, "dispatch", lambda _: None)

    def configs() -> list[RunConfig]:
        with RunStore() as store:
            return [run.config for run in store.list()]

    return configs


def _parsed(line: str) -> RunConfig:
    """The config that a command line asks for, by the functions that `train` itself calls, in its order."""
    words = shlex.split(line)
    assert words[:4] == ["python", "-m", "a2q", "train"]
    options = list(zip(words[5::2], words[6::2], strict=True))
    named = dict(options)
    config = cli._start(words[4], named["--model"], None, named["--preset"])
    fold = [f"dataset.fold={named['--folds']}"] if "--folds" in named else []
    settings = [value for name, value in options if name == "--set"]
    return change(config, [*settings, *fold, f"seed={named['--seeds']}"])


@given(configs)
@settings(max_examples=60)
def test_a_command_line_asks_for_exactly_its_config(drawn: tuple[RunConfig, list[str]]) -> None:
    config, changes = drawn
    try:
        config = change(config, changes)
    except (ConfigError, ValidationError):
        return
    assert _parsed(command_line(config)) == config


@pytest.mark.parametrize("fold", [None, 7])
def test_the_real_command_queues_exactly_its_config(
    queued, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fold: int | None
) -> None:
    dataset = (
        DatasetConfig(name="generated-citations", nodes=99) if fold is None else DatasetConfig(name="mutag", fold=7)
    )
    config = change(preset("a2q-paper", dataset), ["seed=5", "training.epochs=3", "quantization.groups=0"])
    line = command_line(config)
    assert ("--folds 7" in line) == (fold == 7)
    monkeypatch.setattr(sys, "argv", [*shlex.split(line)[2:], "--detach"])
    with pytest.raises(SystemExit, match="0"):
        cli.main()
    capsys.readouterr()
    assert queued() == [config]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_named_and_nothing_else(name: str) -> None:
    line = command_line(preset(name, DatasetConfig(name="cora")))
    assert line == f"python -m a2q train cora --model gcn --preset {name} --seeds 0"


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("dataset", ["cora", "mutag"])
def test_python_queues_exactly_its_config(queued, name: str, dataset: str) -> None:
    config = change(preset(name, DatasetConfig(name=dataset)), ["seed=11"])
    exec(compile(python_code(config), "copied", "exec"), {})
    assert queued() == [config]


def test_every_dataset_has_a_command() -> None:
    for name in CATALOGUE:
        config = preset("a2q", DatasetConfig(name=name))
        assert _parsed(command_line(config)) == config


def test_a_graph_that_is_gone_has_a_comment_for_a_command() -> None:
    dataset = DatasetConfig.model_validate({"name": "own-0123456789ab"}, context=STORED)
    gone = preset("a2q", DatasetConfig(name="karate-club")).model_copy(update={"dataset": dataset})
    assert command_line(gone).startswith("# own-0123456789ab is not on this machine any more; import its files again")
    assert work_of(gone) is None
