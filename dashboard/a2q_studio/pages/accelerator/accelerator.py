"""Accelerator: where the cycles of one run go, and what would change them."""

import streamlit as st

from a2q.accelerator import AcceleratorError
from a2q.accelerator.presets import PRESETS
from a2q.config import ConfigError
from a2q.datasets import DatasetError
from a2q.experiments.store import DamagedRunError, Run, RunStore, State
from a2q_studio.pages.accelerator.conventions import choose_conventions, write_speedups
from a2q_studio.pages.accelerator.downloads import downloads
from a2q_studio.pages.accelerator.hardware import choose_hardware, choose_preset
from a2q_studio.pages.accelerator.headline import across_hardware, headline, lessons
from a2q_studio.pages.accelerator.keys import key
from a2q_studio.pages.accelerator.views import views
from a2q_studio.pages.accelerator.work import REFERENCE, Bench, run_workload
from a2q_studio.ui.literal import message
from a2q_studio.ui.navigation import page_script
from a2q_studio.ui.run_picker import pick_run
from a2q_studio.ui.run_store import open_store, tell_damage
from a2q_studio.ui.samples import offer_samples


def show(store: RunStore, run: Run, preset: str) -> None:
    """Everything below the choice of run and accelerator."""
    if run.state != State.FINISHED:
        st.info(
            f"This run is {run.state}; its bits can be simulated when it has finished. Choose a finished run.",
            icon=":material/hourglass_empty:",
        )
        return
    try:
        work = run_workload(store, run.id)
        numbers = st.container()
        st.subheader("How it is counted", anchor=False)
        conventions, places = choose_conventions()
        bench = Bench(work, run.id, choose_hardware(preset), conventions)
        with numbers:
            headline(bench)
        if bench.live or st.toggle("Work out the speedup of every switch", key=key("switches")):
            write_speedups(places, conventions, bench.speedup, REFERENCE)
        lessons(bench)
        with st.container(horizontal=True, vertical_alignment="center"):
            downloads(bench, run.id, preset)
            across_hardware(bench)
        views(bench, store, run, preset)
    except (AcceleratorError, ConfigError, DatasetError) as error:
        st.error(message(str(error)), icon=":material/error:")
    except DamagedRunError as error:
        tell_damage(error)


store = open_store()
left, right = st.columns(2)
with left:
    # Bits of FP32 and one-bitwidth networks have little to show here.
    run = pick_run(store, lambda run: run.state == State.FINISHED and run.config.method == "a2q")
if run is None:
    st.info("No runs yet. A finished run's bits are put on an accelerator here.", icon=":material/inbox:")
    offer_samples(store, key("samples"))
    st.page_link(page_script("train"), label="Train a first run", icon=":material/play_circle:")
else:
    with right:
        preset = choose_preset()
    st.caption(f"**{PRESETS[preset].title}.** {PRESETS[preset].description}")
    show(store, run, preset)
