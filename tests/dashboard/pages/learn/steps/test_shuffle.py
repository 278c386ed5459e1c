import re

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from a2q.reports.node_table import degree_groups
from a2q.reports.worth import Difference
from a2q_studio.charts import Palette
from a2q_studio.pages.learn.lesson.layer import LayerInput
from a2q_studio.pages.learn.lesson.quantizer import quantized
from a2q_studio.pages.learn.lesson.teaching import Teaching
from a2q_studio.pages.learn.steps.shuffle import accuracy
from a2q_studio.pages.learn.steps.shuffle.accuracy import TAUGHT_ON, accuracy_answer, what_accuracy_says
from a2q_studio.pages.learn.steps.shuffle.correlations import error_by_degree_and_bits, rank_correlation
from a2q_studio.pages.learn.steps.shuffle.error_map_chart import error_map
from a2q_studio.pages.learn.steps.shuffle.errors_chart import errors_by_degree
from a2q_studio.pages.learn.steps.shuffle.shuffling import OWN, SHARED, error, relative, shuffled
from a2q_studio.study.measured import Measured, of_name
from tests.dashboard.pages.learn.figures import BITS, DEGREES, named, title


def nodes(in_degree: list[int], bits: list[int], error: list[float]) -> pd.DataFrame:
    groups = degree_groups(np.array(in_degree))
    return pd.DataFrame({"in_degree": in_degree, "degree_group": groups, "bits": bits, "relative_error": error})


@pytest.mark.parametrize("role", ["gin", "gcn", "gat"])
def test_the_correlation_is_scipys(teaching: Teaching, role: str) -> None:
    table = teaching.layer(teaching.bundles[role]).nodes
    assert rank_correlation(table) == pytest.approx(spearmanr(table["in_degree"], table["bits"])[0])


def test_what_never_changes_has_none() -> None:
    assert rank_correlation(nodes([1, 2, 3], [4, 4, 4], [0, 0, 0])) == 0


def test_error_by_degree_and_bits_by_hand() -> None:
    mean, count = error_by_degree_and_bits(nodes([1, 1, 1, 40], [2, 2, 3, 3], [0.5, 0.3, 0.1, 0.2]))
    assert mean.loc["≤ 1", 2] == pytest.approx(0.4)
    assert mean.loc["≤ 1", 3] == pytest.approx(0.1)
    assert np.isnan(mean.loc["> 30", 2])
    assert count.loc["≤ 1", 2] == 2
    assert count.loc["> 30", 2] == 0
    assert count.to_numpy().sum() == 4


def test_error_map(colours: Palette) -> None:
    table = pd.DataFrame(
        {"degree_group": degree_groups(DEGREES), "bits": BITS, "relative_error": 1 / BITS, "in_degree": DEGREES}
    )
    figure = error_map(*error_by_degree_and_bits(table), colours)
    (cells,) = figure.data
    assert list(cells.x) == ["1", "2", "3", "4", "5", "8"]
    assert cells.z[0][0] == 1
    assert cells.text[0][0] == "100%<br>n = 2"
    assert cells.text[0][5] == ""
    assert "falls from 100% at 1 bit to 12% at 8" in title(figure)


def test_shuffled_bits_are_the_same_on_other_nodes(layer: LayerInput) -> None:
    mixed = shuffled(layer.bits)
    assert np.array_equal(np.bincount(mixed), np.bincount(layer.bits))
    assert not np.array_equal(mixed, layer.bits)
    assert np.array_equal(mixed, shuffled(layer.bits)), "the same each time"
    assert abs(rank_correlation(layer.nodes.assign(bits=mixed))) < 0.1 < rank_correlation(layer.nodes)


def test_the_story_of_the_step_sizes(layer: LayerInput) -> None:
    """With a step size for each node the relative error does not mind who has the bits; with one for all it does."""
    bits, mixed = layer.bits, shuffled(layer.bits)
    found = {
        (steps, given is mixed): relative(layer, error(layer, given, steps)).mean()
        for steps in (OWN, SHARED)
        for given in (bits, mixed)
    }
    assert found[OWN, True] == pytest.approx(found[OWN, False], rel=0.1)
    assert found[SHARED, True] > 1.5 * found[SHARED, False]
    hubs = layer.in_degree > 10
    assert error(layer, mixed, OWN)[hubs].mean() > 2 * error(layer, bits, OWN)[hubs].mean(), "but hubs have more error"


def test_errors_by_hand() -> None:
    values = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0], [10.0, 20.0, 31.0]])
    layer = LayerInput(pd.DataFrame(), values, values)
    bits = np.array([0, 3, 2])
    own = error(layer, bits, OWN)
    assert own[0] == 2, "a pruned node loses all"
    assert own[1] == pytest.approx(0, abs=1e-6)
    shared = error(layer, bits, SHARED)
    assert own.mean() <= shared.mean() + 1e-6
    tried = [np.abs(quantized(values, step, bits) - values).mean() for step in np.linspace(1, 31, 500)]
    assert min(tried) * 0.99 <= shared.mean() <= 1.2 * min(tried), "a coarse grid comes near the best"
    assert relative(layer, own).tolist() == pytest.approx([1, 0, own[2] / values[2].mean()])


def test_the_figure_names_both_means(colours: Palette) -> None:
    figure = errors_by_degree(DEGREES, {"learned": 0.1 / BITS, "shuffled": 0.2 / BITS}, colours)
    assert named(figure, "shuffled").y[0] == pytest.approx((0.2 + 0.2 + 0.1) / 3)
    assert {trace.line.dash for trace in figure.data} == {"solid", "dash"}
    assert re.search(r"all nodes: [\d.]+% learned, [\d.]+% shuffled", title(figure))
    assert len(errors_by_degree(DEGREES, {"learned": 0.1 / BITS}, colours).data) == 1


def test_what_is_told_of_accuracy_was_measured(teaching: Teaching) -> None:
    few, *_, many = of_name(TAUGHT_ON)
    told = what_accuracy_says(teaching)
    assert few.figure in told and many.figure in told
    assert few.average_bits < 1 < many.average_bits


@pytest.mark.parametrize(
    ("mean", "half", "answer"), [(0.08, 0.01, 0), (0.02, 0.01, 1), (0.02, 0.03, 2), (-0.02, 0.01, 2)]
)
def test_the_answer_follows_the_interval(
    mean: float, half: float, answer: int, teaching: Teaching, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = Measured("cora", "gcn", "", True, 1.7, Difference(mean, mean - half, mean + half, 0.5, 10))
    monkeypatch.setattr(accuracy, "of_name", lambda _: (row, row))
    assert accuracy_answer(teaching) == answer
