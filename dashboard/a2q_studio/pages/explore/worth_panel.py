"""What a run's assignment of bits is worth: what its controls show, and a button that trains them."""

import streamlit as st

from a2q.config import ConfigError
from a2q.experiments.controls import CONTROLS, Worth, controls, seeds_of, worth_of
from a2q.experiments.run_config import RunConfig
from a2q.experiments.store import Run, RunStore, State
from a2q.methods.fixed_bits import FILE, FixedBitsConfig, control_of
from a2q.reports.worth import FEWEST_PAIRS
from a2q_studio.charts.worth import WORDS
from a2q_studio.ui.access import READ_ONLY, read_only
from a2q_studio.ui.literal import message
from a2q_studio.ui.navigation import page_script
from a2q_studio.ui.session_runs import queue
from a2q_studio.ui.shared_results import made_once
from a2q_studio.ui.worth import show_worth

_SAID = "worth_said"
_CHOSEN = "worth_assignments"
_MOST_RUNS = 10_000


def worth_panel(store: RunStore, run: Run) -> None:
    """A panel that compares nothing before it is opened."""
    panel = st.expander(
        "What is it worth which node has which bits?",
        icon=":material/balance:",
        key=f"worth-{run.id}",
        on_change="rerun",
    )
    if not panel.open:
        return
    with panel:
        _whose_bits(store, run)
        try:
            control_of(run.config.quantization, run.id, CONTROLS[0])
        except ConfigError as error:
            st.info(message(str(error)), icon=":material/block:")
            return
        if run.state != State.FINISHED:
            st.info("Only the bits of a finished run can be tested.", icon=":material/hourglass_empty:")
            return
        worths = _known(store, run)
        if worths:
            show_worth(worths, f"worth-chart-{run.id}", run.id)
        else:
            st.info(
                "No control of this run was trained yet. A control trains anew with the same bitwidths, as often each, "
                "on other nodes; what it loses is what the assignment is worth.",
                icon=":material/inbox:",
            )
        _start(store, run)


def _known(store: RunStore, run: Run) -> list[Worth]:
    """Of all finished runs: read again where there are others than the last time."""
    finished = hash(tuple(one.id for one in store.list(_MOST_RUNS, [State.FINISHED])))
    return made_once(lambda: worth_of(store, run), "worth", run.id, finished)


def _whose_bits(store: RunStore, run: Run) -> None:
    """Of a control: which run it controls."""
    settings = run.config.quantization
    if not isinstance(settings, FixedBitsConfig) or not settings.takes_bits or settings.bits_of.startswith(FILE):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"This run has the {message(settings.brief)}: it is a control of that run.", width="content")
        st.page_link(
            page_script("explore"),
            label="What that run's bits are worth",
            icon=":material/bar_chart:",
            query_params={"run": settings.bits_of},
        )


def _start(store: RunStore, run: Run) -> None:
    chosen = st.multiselect(
        "The same bits instead",
        CONTROLS,
        CONTROLS[:1],
        format_func=lambda name: f"{name}: {WORDS[name]}",
        key=_CHOSEN,
        help="Every control has exactly this run's bitwidths; only which node has which differs. Permuted is the "
        "control; the others are rules.",
    )
    wanted = controls(store, run, chosen)
    seeds = len(seeds_of(store, run))
    said = f"Queues {_count(len(wanted), 'run')}, over {_count(seeds, 'seed')} of this run."
    if not wanted:
        said = "All of these controls were trained or wait already." if chosen else "Choose at least one assignment."
    st.caption(said)
    if seeds < FEWEST_PAIRS:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                f"This run has {_count(seeds, 'seed')}; an interval needs at least {FEWEST_PAIRS}. Train its settings "
                f"with seeds 0..{FEWEST_PAIRS - 1} or more first.",
                width="content",
            )
            if not read_only():
                st.page_link(
                    page_script("train"),
                    label="Train more seeds",
                    icon=":material/play_circle:",
                    query_params={"from": run.id},
                )
    st.button(
        "Test what the assignment is worth",
        icon=":material/balance:",
        key=f"worth-start-{run.id}",
        on_click=_queue,
        args=(store, wanted),
        disabled=read_only() or not wanted,
        help=READ_ONLY if read_only() else "The comparison above grows as they finish; open the panel again then.",
    )
    told = st.session_state.pop(_SAID, None)
    if told:
        st.success(told, icon=":material/playlist_add_check:")


def _queue(store: RunStore, wanted: list[RunConfig]) -> None:
    try:
        queued = queue(store, wanted)
    except ConfigError as error:
        st.toast(message(str(error)), icon=":material/block:")
        return
    st.session_state[_SAID] = f"{_count(len(queued), 'run')} queued; Train lists them."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
