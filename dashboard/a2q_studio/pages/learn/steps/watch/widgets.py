"""Step 5: bits as they settle, epoch by epoch, under a weak or a strong penalty."""

import streamlit as st

from a2q.experiments.bundle.bundle import Bundle
from a2q_studio.glossary import tip
from a2q_studio.pages.learn.lesson.teaching import MAIN, Teaching
from a2q_studio.pages.learn.playing import play, playing, stop
from a2q_studio.pages.learn.steps.watch.chart import bits_at, way
from a2q_studio.pages.learn.steps.watch.settling import ends
from a2q_studio.ui.figure import show_figure
from a2q_studio.ui.theme import current_palette

_NAME = "watch"


def watch(teaching: Teaching, locked: bool) -> None:
    """Penalty and epoch; the bits of each group, and the way of the whole run."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        choices = list(teaching.penalties)
        # Of the sample runs the one that the other steps look at.
        main = next((value for value, bundle in teaching.penalties.items() if _is_main(teaching, bundle)), choices[0])
        if len(choices) > 1:
            penalty = st.select_slider(
                "Penalty λ (one run each)",
                choices,
                value=main,
                key="penalty",
                bind="query-params",
                disabled=locked,
                help=tip("memory penalty λ"),
            )
        else:
            penalty = main
    bundle = teaching.penalties[penalty]
    snapshots = bundle.snapshots(f"layer{bundle.layers[-1]}/bits")
    epochs = list(snapshots)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        epoch = st.select_slider("Epoch", epochs, value=epochs[0], key="epoch", bind="query-params", disabled=locked)
        # The clock of this part is set where the whole page is drawn.
        if playing(_NAME):
            if st.button("Stop", icon=":material/stop:", key="stop"):
                stop()
                st.rerun()
        elif st.button("Play", icon=":material/play_arrow:", key="play", disabled=locked):
            play(_NAME, [{"epoch": other} for other in epochs if other > epoch or epoch == epochs[-1]])
            st.rerun()
    palette, in_degree = current_palette(), bundle.arrays["in_degree"]
    show_figure(bits_at(in_degree, snapshots[epoch], epoch, palette), key="settling")
    if locked:
        return
    show_figure(way(bundle.epochs, ends(in_degree, snapshots), epoch, palette), key="way")
    summary = bundle.run.summary or {}
    st.caption(
        f"Run {bundle.run.id}, λ = {penalty:g}: {bundle.arrays[f'layer{bundle.layers[-1]}/bits'].mean():.2f} bits on "
        f"average in this layer and {summary['test_score']:.1%} test accuracy at epoch {summary['best_epoch']}, chosen "
        f"on validation; one seed."
    )


def _is_main(teaching: Teaching, bundle: Bundle) -> bool:
    return bundle.run.id == teaching.bundles[MAIN].run.id
