from functools import partial

import numpy as np
import pandas as pd
import pytest

from a2q.accelerator import Conventions, simulate
from a2q.accelerator.comparison import REFERENCE, SWITCHES
from a2q.accelerator.layers import BASELINES, uniform
from a2q.accelerator.presets import hardware_preset
from a2q.experiments.bundle.bundle import import_bundle
from a2q.experiments.store import RunStore
from a2q.experiments.workload import workload
from a2q.reports.node_table import degree_groups
from a2q_studio.charts import Palette, palette
from a2q_studio.pages.learn.lesson.teaching import Teaching
from a2q_studio.pages.learn.steps.fails.chart import contrast, memory, speedup_by_convention
from a2q_studio.pages.learn.steps.fails.savings import (
    AS_SET,
    FP32_BITS,
    HARDWARE,
    WIDTH_TAG_BITS,
    Speedups,
    per_value,
    speedups,
)
from tests.dashboard.pages.learn.figures import BITS, DEGREES, title


def test_bits_per_value_by_hand() -> None:
    full = per_value(1.7, 16)
    assert full.total == pytest.approx(1.7 + 2 + 3 / 16)
    assert full.compression == pytest.approx(32 / full.total)
    assert per_value(1.7, 16, step_bits=8).step == 0.5
    paper = per_value(1.7, 16, overhead=False)
    assert (paper.total, paper.compression) == pytest.approx((1.7, FP32_BITS / 1.7))


def test_bits_per_value_are_what_the_runs_own_account_says(teaching: Teaching) -> None:
    bundle = teaching.bundles["gin"]
    items = {item["name"]: item for item in bundle.run.summary["items"]}
    stored, besides = items["Layer 2 map 1 input"], items["Layer 2 map 1 input: step sizes and tags"]
    average = float(teaching.main.bits.mean())
    ours = per_value(average, teaching.main.values.shape[1])
    assert ours.codes == pytest.approx(stored["bits"] / stored["values"])
    assert (ours.step + ours.tag) * stored["values"] == pytest.approx(besides["bits"])
    assert WIDTH_TAG_BITS == 3


def test_the_speedups_are_those_of_the_run_in_a_store(teaching: Teaching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("A2Q_DATABASE_URL", raising=False)
    bundle = teaching.bundles["gcn"]
    found = speedups(bundle)
    assert list(found.by_convention) == list(SWITCHES)
    with RunStore() as store:
        run = import_bundle(store, bundle)
        work = workload(run, partial(store.array, run.id))
    machine, counting = hardware_preset(HARDWARE).hardware, Conventions()
    reference = uniform(work.layers, *BASELINES[REFERENCE])
    ours, theirs = (simulate(work.graph, layers, machine, counting) for layers in (work.layers, reference))
    assert found.by_convention[AS_SET] == pytest.approx(theirs.cycles / ours.cycles)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_figure_says_how_far_counting_moves_it(theme: str) -> None:
    colours: Palette = palette(theme)
    figure = speedup_by_convention(Speedups({AS_SET: 1.5, "other": 1.0}, "machine", "uniform INT4"), colours)
    (bars,) = figure.data
    assert list(bars.x) == [1.5, 1.0]
    assert bars.text[0] == "1.50×"
    words = figure.layout.title.text.replace("<br>", " ")
    assert "1.00 to 1.50 times as fast as uniform INT4" in words
    assert figure.layout.shapes[0].x0 == 1


def test_contrast_names_both_and_says_where_they_go(colours: Palette) -> None:
    groups_of = degree_groups(DEGREES)
    rising = pd.DataFrame({"degree_group": groups_of, "bits": BITS, "magnitude": BITS * 3.0})
    falling = rising.assign(bits=9 - BITS, magnitude=1.0)
    figure = contrast({"GIN": rising, "GAT": falling}, "bits", colours)
    assert "GIN rises from 1.33 to 8.00; GAT falls from 7.67 to 1.00" in title(figure)
    assert [trace.text[-1] for trace in figure.data] == ["<b>GIN</b>", "<b>GAT</b>"]
    assert len({(trace.line.dash, trace.marker.symbol) for trace in figure.data}) == 2
    scaled = contrast({"GIN": rising, "GAT": falling}, "magnitude", colours)
    assert scaled.data[0].y[0] == scaled.data[1].y[0] == 1
    assert "GAT stays level" in title(scaled)
    assert len(contrast({"GIN": rising}, "bits", colours).data) == 1


def test_memory_stacks_to_the_total(colours: Palette) -> None:
    accounts = {"paper": per_value(1.7, 16, overhead=False), "full": per_value(1.7, 16)}
    figure = memory(accounts, colours)
    totals = np.sum([trace.x for trace in figure.data], axis=0)
    assert totals == pytest.approx([1.7, accounts["full"].total])
    assert len({trace.marker.pattern.shape for trace in figure.data}) == 3
    assert "takes 3.89 bits: 1.70 of code, 2.00 of its node's step size" in title(figure)
    assert [note.text.strip() for note in figure.layout.annotations] == ["1.70 bits, 18.8×", "3.89 bits, 8.2×"]
