"""Where the training form starts from: model and preset, a scenario, or the settings of an earlier run."""

from dataclasses import dataclass
from itertools import count

import streamlit as st

from a2q.config import ConfigError
from a2q.datasets import DatasetConfig, card
from a2q.datasets.config import OPTIONS
from a2q.experiments.presets import PRESETS, default_model, preset
from a2q.experiments.run_config import RunConfig
from a2q.experiments.settings import differing
from a2q.experiments.store import RunError, RunStore, UnknownRunError
from a2q.layers import LAYERS
from a2q.models.config import ModelName
from a2q_studio.pages.train.relevant import relevant_presets
from a2q_studio.pages.train.scenarios import SCENARIOS
from a2q_studio.ui.literal import message

FROM = "from"
"""Parameter of a link to Train that names the run whose settings to start from."""

_STATE = "starting_point"
_numbers = count(1)


@dataclass(frozen=True)
class StartingPoint:
    """Settings to fill the form with, for as long as the reader keeps the dataset, preset and model they are for.

    Attributes:
        config: the settings.
        preset: the preset they are nearest to.
        penalties: λ of each run of a sweep, as text; empty for one run.
        said: where they come from.
        number: tells two of them apart, so that the form starts anew.
    """

    config: RunConfig
    preset: str
    penalties: str
    said: str
    number: int


def choose_start() -> None:
    """Buttons for the scenarios; one press fills the whole form."""
    st.pills(
        "Start from",
        list(SCENARIOS),
        format_func=lambda name: SCENARIOS[name].title,
        key="scenario",
        wrap=True,
        on_change=_scenario,
        help="One press fills the form; change anything of it below.",
    )
    point = st.session_state.get(_STATE)
    if point is not None:
        st.caption(point.said)


def follow_link(store: RunStore) -> None:
    """Start from the run that a link names, once."""
    asked = st.query_params.pop(FROM, None)
    if not asked:
        return
    try:
        start_from_run(store, asked)
    except UnknownRunError:
        named = " ".join(asked.replace("`", "").split())
        st.warning(f"The link names run `{named}`, which is not in this store.", icon=":material/link_off:")
    except RunError as error:
        st.warning(message(str(error)), icon=":material/link_off:")


def start_from_run(store: RunStore, run_id: str) -> None:
    """Fill the form with a run's settings.

    Raises:
        RunError: there is no such run, or its graph is gone.
    """
    run = store.get(run_id)
    if run.card is None:
        raise RunError(
            f"The graph of run {run.id}, {run.config.dataset.name}, is not on this machine any more; import its files "
            "again to train on it."
        )
    _start(run.config, nearest_preset(run.config), "", f"From run `{run.id}` ({run.title}): change what you like.")
    st.session_state["seeds"] = str(run.config.seed)


def starting_config(dataset: DatasetConfig, preset_name: str, model: ModelName) -> tuple[RunConfig, str, str]:
    """The settings the form starts with for what is chosen.

    Returns:
        The settings, the penalties of a sweep as text, and a word that tells starting points apart.
    """
    point: StartingPoint | None = st.session_state.get(_STATE)
    if point is not None:
        chosen = (point.config.dataset.name, point.preset, point.config.model.name)
        if chosen == (dataset.name, preset_name, model):
            kept = point.config.dataset if _same(point.config.dataset, dataset) else dataset
            return point.config.model_copy(update={"dataset": kept}), point.penalties, str(point.number)
    return preset(preset_name, dataset, model), "", ""


def nearest_preset(config: RunConfig) -> str:
    """The offered preset of the same method that differs least from a config."""
    starts = {}
    for name in relevant_presets(config.dataset.name):
        try:
            starts[name] = preset(name, config.dataset, config.model.name)
        except ConfigError:
            continue
    fits = [name for name, start in starts.items() if start.method == config.method] or list(PRESETS)
    return min(fits, key=lambda name: len(differing([starts[name], config])))


def _same(one: DatasetConfig, other: DatasetConfig) -> bool:
    """Whether two configs of one dataset choose the same, be it by leaving a default out: then a run keeps the
    fingerprint it has."""
    options = card(one.name).options
    return (one.fold or 0) == (other.fold or 0) and all(one.option(name) == other.option(name) for name in options)


def _scenario() -> None:
    scenario = SCENARIOS.get(st.session_state["scenario"])
    if scenario is None:
        st.session_state.pop(_STATE, None)
        return
    _start(scenario.config, scenario.preset, scenario.penalties, scenario.why)
    st.session_state["seeds"] = "0"


def _start(config: RunConfig, preset_name: str, penalties: str, said: str) -> None:
    """Set the pickers of dataset, preset and model, and remember what the form then starts with."""
    chosen = config.dataset
    st.session_state["dataset"] = chosen.name
    st.session_state["fold"] = chosen.fold or 0
    for name in card(chosen.name).options:
        kind = int if OPTIONS[name].whole else float
        st.session_state[name] = kind(chosen.option(name))
    st.session_state["preset"] = preset_name
    st.session_state[f"model-{config.dataset.name}"] = config.model.name
    st.session_state[_STATE] = StartingPoint(config, preset_name, penalties, said, next(_numbers))


def choose_model(dataset: str) -> ModelName:
    """A picker of models; each dataset starts with the one it is usually trained with."""
    key = f"model-{dataset}"
    # Put beside the widget, so that a starting point can put another there.
    st.session_state.setdefault(key, default_model(dataset))
    return st.selectbox(
        "Model",
        list(LAYERS),
        format_func=lambda name: LAYERS[name].title,
        key=key,
        help=" ".join(f"{kind.title}: {kind.description}." for kind in LAYERS.values()),
    )


def choose_preset(dataset: str) -> str:
    """A picker of the presets that can train on a dataset, with what the chosen one is for."""
    name = st.selectbox(
        "Preset",
        relevant_presets(dataset),
        format_func=lambda name: PRESETS[name].title,
        key="preset",
        help="Settings to start from; change any of them below.",
    )
    st.caption(PRESETS[name].description)
    return name
