from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from a2q.experiments.store import RunStore


def page(run, arrays) -> None:
    from a2q_studio.pages.explore.run_views import summary_row

    summary_row(run, arrays)


def shown(run, arrays=None) -> AppTest:
    return AppTest.from_function(page, args=(run, arrays or {}), default_timeout=60).run()


@pytest.mark.parametrize("kind", ["a2q", "fp32"])
def test_results_in_both_protocols_and_both_accounts(store: RunStore, runs_here, kind: str) -> None:
    run = store.get(getattr(runs_here, kind))
    app = shown(run)
    assert not app.exception
    summary = run.summary
    assert {metric.label: metric.value for metric in app.metric} == {
        "Test accuracy": f"{100 * summary['test_score']:.1f}%",
        "Paper's protocol": f"{100 * summary['test_score_paper_protocol']:.1f}%",
        "Average bits": f"{summary['average_bits']:.2f}",
        "Compression": f"{32 / summary['average_bits']:.1f}×",
        "Full bits per value": f"{summary['full_bits_per_value']:.2f}",
        "Full compression": f"{summary['full_compression']:.1f}×",
    }
    assert all(metric.help for metric in app.metric), "each number says how it was counted"
    assert run.source in app.caption[0].value
    assert "one run seed (0)" in app.caption[0].value


@pytest.mark.parametrize("bits", [2, None])
def test_a_run_whose_bits_have_not_moved_says_so(store: RunStore, runs_here, bits: int | None) -> None:
    run = store.get(runs_here.a2q)
    run = replace(run, summary={**(run.summary or {}), "unmoved_bits": bits})
    app = shown(run)
    assert not app.exception
    told = [info.value for info in app.info]
    assert told == ([] if bits is None else [told[0]])
    assert bits is None or told[0].startswith("In this run bits equal their start: uniform INT2.")


def test_the_score_of_a_regression_is_an_error(store: RunStore, graphs_here) -> None:
    run = store.get(graphs_here.values)
    app = shown(run)
    metrics = {metric.label: metric for metric in app.metric}
    assert metrics["Test mean absolute error"].value == f"{run.summary['test_score']:.3f}"
    assert "The lowest is the best." in metrics["Test mean absolute error"].help
    assert metrics["Paper's protocol"].value == f"{run.summary['test_score_paper_protocol']:.3f}"
    assert metrics["Paper's protocol"].help.startswith("Lowest test mean absolute error over all epochs (epoch ")


def test_what_must_be_said_of_a_result_is_also_said_of_an_earlier_versions_run(store: RunStore, runs_here) -> None:
    run = store.get(runs_here.a2q)
    run.summary.update(test_score=0.3, constant_score=0.612, fp32_test_score=None)
    app = shown(run)
    told = [":material/warning: No better than always answering the most frequent class, 61.2%."]
    assert [caption.value for caption in app.caption[1:]] == told
    del run.summary["constant_score"]
    arrays = {"label": np.repeat([0, 1], (612, 388)), "split": np.full(1000, 3)}
    assert [caption.value for caption in shown(run, arrays).caption[1:]] == told


def test_an_active_run_shows_where_it_is(store: RunStore, small) -> None:
    run = store.submit(small())
    store.claim(run.id, "here", 0)
    store.note(run.id, progress=0.25, stage="Training, epoch 1 of 4")
    app = shown(store.get(run.id))
    assert (app.progress[0].value, app.progress[0].text) == (25, "Training, epoch 1 of 4")
    assert not app.metric


def test_an_ended_run_says_why(store: RunStore, small) -> None:
    run = store.submit(small())
    store.cancel(run.id)
    app = shown(store.get(run.id))
    assert app.warning[0].value == "Cancelled before it started."


def test_a_missed_target_is_told(store: RunStore, runs_here) -> None:
    run = store.get(runs_here.fp32)
    for told in ("", "asked for 2.5 average bits, delivered 2.13"):
        app = shown(replace(run, summary=run.summary | {"missed_target": told}))
        said = [f"The target for the bits was missed: {told}."] if told else []
        assert [warning.value for warning in app.warning] == said
