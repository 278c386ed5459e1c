from functools import partial

import pytest

from a2q.accelerator import Conventions, simulate
from a2q.accelerator.comparison import REFERENCE, SWITCHES
from a2q.accelerator.layers import BASELINES, uniform
from a2q.accelerator.presets import hardware_preset
from a2q.experiments.bundle.bundle import import_bundle
from a2q.experiments.store import RunStore
from a2q.experiments.workload import workload
from a2q_studio.charts import Palette, palette
from a2q_studio.pages.learn.lesson.teaching import Teaching
from a2q_studio.pages.learn.steps.fails.chart import speedup_by_convention
from a2q_studio.pages.learn.steps.fails.savings import AS_SET, HARDWARE, Speedups, speedups


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
