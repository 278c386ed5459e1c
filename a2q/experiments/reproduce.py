"""A run's settings as what a person would type to get the same run: a command line, or Python."""

import pprint
import shlex
from typing import Any

from a2q.datasets import DatasetConfig, known_card
from a2q.experiments.presets import PRESETS, preset
from a2q.experiments.run_config import RunConfig
from a2q.experiments.settings import settings_of

_MOST_CHARACTERS = 100
_PYTHON = """\
from a2q.experiments.run_config import RunConfig
from a2q.experiments.launch import dispatch
from a2q.experiments.store import RunStore

config = RunConfig(
    **{settings}
)
with RunStore() as store:
    run = store.submit(config)
    dispatch(store)
"""


def command_line(config: RunConfig) -> str:
    """The ``python -m a2q train`` command that makes exactly this config: the nearest preset and what differs from it.

    On one line, which every shell reads alike; for an own graph that is gone, a comment that says so.
    """
    if known_card(config.dataset.name) is None:
        return f"# {config.dataset.name} is not on this machine any more; import its files again to train on it."
    name, settings = min(
        ((name, _changes(config, name)) for name in PRESETS if _start(config, name).method == config.method),
        key=lambda found: len(found[1]),
    )
    words = ["python", "-m", "a2q", "train", config.dataset.name, "--model", config.model.name, "--preset", name]
    if config.dataset.fold is not None:
        words += ["--folds", str(config.dataset.fold)]
    words += ["--seeds", str(config.seed)]
    for path, value in settings.items():
        words += ["--set", f"{path}={value}"]
    return shlex.join(words)


def python_code(config: RunConfig) -> str:
    """Python that queues a run of exactly this config and starts it; every setting is written out, so that it means
    the same whatever the presets of a later version are.
    """
    text = pprint.pformat(config.model_dump(mode="json"), sort_dicts=False, width=_MOST_CHARACTERS)
    return _PYTHON.format(settings=text.replace("\n", "\n    "))


def _start(config: RunConfig, name: str) -> RunConfig:
    """The preset as the command line starts from it."""
    return preset(name, DatasetConfig(name=config.dataset.name), config.model.name)


def _changes(config: RunConfig, name: str) -> dict[str, str]:
    """The settings that differ from a preset's, as ``--set`` takes them; seed and fold have options of their own."""
    start = settings_of(_start(config, name))
    return {
        path: _as_text(value)
        for path, value in settings_of(config).items()
        if path not in ("seed", "dataset.fold") and value != start[path]
    }


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
