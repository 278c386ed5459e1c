"""Which runs the lesson is taught on: the sample runs, or finished runs on Cora where there are some."""

from collections.abc import Mapping

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from a2q.datasets import DatasetConfig, is_ready
from a2q.experiments.bundle.bundle import Bundle, bundle_of
from a2q.experiments.launch import dispatch
from a2q.experiments.store import DamagedRunError, Run, RunError, RunStore, State
from a2q_studio.pages.learn.lesson.teaching import ATTENTION, EVEN_DEGREES, MAIN, Teaching, a2q_settings
from a2q_studio.samples.listing import PENALTIES, SAMPLES
from a2q_studio.ui.access import read_only
from a2q_studio.ui.lesson_flags import shown
from a2q_studio.ui.literal import message
from a2q_studio.ui.run_store import open_store
from a2q_studio.ui.samples import WHAT, sample
from a2q_studio.ui.shared_results import shared

_ROLES = (MAIN, EVEN_DEGREES, ATTENTION)
_CORA = "Cora"
_SAMPLES = "Sample runs"


def choose_teaching() -> Teaching:
    """The runs to teach on. The choice is offered where Cora is at hand, and is part of the address."""
    samples = _samples()
    try:
        store = open_store()
        found = cora_runs(store.list(states=(State.FINISHED,)))
    except (RunError, SQLAlchemyError):
        # The lesson needs no store; the frame of the page says what is wrong with it.
        return samples
    if not (found or is_ready("cora")) or not shown("source"):
        return samples
    with st.container(horizontal=True, vertical_alignment="center", key="lesson-source"):
        chosen = st.segmented_control(
            "Taught on", [_SAMPLES, _CORA], default=_SAMPLES, required=True, key="data", bind="query-params"
        )
        if chosen == _CORA and len(found) < len(_ROLES) and not read_only():
            st.button(
                "Train what is missing on Cora",
                icon=":material/play_circle:",
                key="train-cora",
                on_click=_train_on_cora,
                args=(store, tuple(role for role in _ROLES if role not in found)),
                help="The same settings as the sample runs; a minute or two in the background.",
            )
    if chosen != _CORA:
        return samples
    return on_cora(store, found, samples)


def cora_runs(finished: list[Run]) -> dict[str, Run]:
    """The newest finished A²Q run on Cora for each role; one without a target is preferred, since its bits part more.

    Args:
        finished: newest first.
    """
    ours = [run for run in finished if run.config.dataset.name == "cora" and run.config.method == "a2q"]
    ours.sort(key=lambda run: a2q_settings(run).target_average_bits is not None)
    return {role: next(run for run in ours if run.config.model.name == role) for role in _roles_of(ours)}


def on_cora(store: RunStore, found: Mapping[str, Run], samples: Teaching) -> Teaching:
    """The lesson on these runs; sample runs stand in for what is missing, and the source says so."""
    with st.spinner("Reading the run"):
        bundles = {role: _whole(store, run.id) for role, run in found.items()}
    usable = {role: bundle for role, bundle in bundles.items() if bundle is not None and _has_values(bundle)}
    said = ", ".join(f"{role.upper()} is run {bundle.run.id}" for role, bundle in usable.items()) or "no run fits yet"
    missing = [role.upper() for role in _ROLES if role not in usable]
    stand_in = f" Sample runs stand in for {', '.join(missing)}." if missing else ""
    penalties = samples.penalties
    if MAIN in usable:
        penalties = {a2q_settings(usable[MAIN].run).penalty: usable[MAIN]}
    source = f"Cora: {said}; one seed each, epoch chosen on validation.{stand_in}"
    return Teaching(source, {**samples.bundles, **usable}, penalties)


def _roles_of(runs: list[Run]) -> list[str]:
    return [role for role in _ROLES if any(run.config.model.name == role for run in runs)]


def _has_values(bundle: Bundle) -> bool:
    return bool(bundle.layers) and bundle.array(f"tensor/layer{bundle.layers[-1]}/values") is not None


def _train_on_cora(store: RunStore, missing: tuple[str, ...]) -> None:
    for role in missing:
        store.submit(SAMPLES[role].on(DatasetConfig(name="cora")))
    try:
        dispatch(store)
    except RunError as error:
        st.warning(message(str(error)), icon=":material/cloud_off:")


@st.cache_resource(max_entries=1, show_spinner=False)
def _samples() -> Teaching:
    bundles = {role: sample(role) for role in _ROLES}
    return Teaching(WHAT, bundles, {penalty: sample(name) for penalty, name in PENALTIES.items()})


def _whole(store: RunStore, run_id: str) -> Bundle | None:
    """The run; None where what it recorded is damaged, which the pages about it tell."""
    try:
        return _stored(store, run_id)
    except DamagedRunError:
        return None


@shared
def _stored(_store: RunStore, run_id: str) -> Bundle:
    return bundle_of(_store, _store.get(run_id))
