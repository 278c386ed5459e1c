"""A run's result in one row of numbers, each with its protocol."""

import streamlit as st

from a2q.experiments.results import SCORES
from a2q.experiments.store import Run
from a2q_studio.glossary import tip


def summary_row(run: Run) -> None:
    """Result of a finished run, or where an active one stands; a reason where it ended early."""
    if run.summary is None:
        if run.is_active:
            st.progress(run.progress, text=run.stage or "Waiting")
        elif run.reason:
            st.warning(run.reason, icon=":material/info:")
        return
    summary, score = run.summary, SCORES[run.metric]
    with st.container(horizontal=True):
        st.metric(
            f"Test {score.name}",
            score.text(summary["test_score"]),
            help=f"At epoch {summary['best_epoch']}, chosen on validation; the test part is read once. "
            f"The {score.best} is the best.",
        )
        st.metric(
            "Paper's protocol",
            score.text(summary["test_score_paper_protocol"]),
            help=f"{score.best.capitalize()} test {score.name} over all epochs "
            f"(epoch {summary['paper_protocol_epoch']}), as the paper's code reports it.",
        )
        st.metric(
            "Average bits",
            f"{summary['average_bits']:.2f}",
            help=tip("average bits"),
        )
        st.metric("Compression", f"{summary['compression']:.1f}×", help=tip("compression ratio"))
        st.metric(
            "Full bits per value",
            f"{summary['full_bits_per_value']:.2f}",
            help=tip("full bits per value"),
        )
        st.metric("Full compression", f"{summary['full_compression']:.1f}×", help=tip("full compression"))
    st.caption(f"{run.source}; one run seed ({run.config.seed}).")
