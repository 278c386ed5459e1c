import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from a2q.reports.node_table import degree_groups
from a2q_studio.charts import Palette
from a2q_studio.pages.learn.lesson.teaching import Teaching
from a2q_studio.pages.learn.steps.mess.chart import error_map
from a2q_studio.pages.learn.steps.mess.correlations import error_by_degree_and_bits, low_degree_share, rank_correlation
from tests.dashboard.pages.learn.figures import BITS, DEGREES, title


def nodes(in_degree: list[int], bits: list[int], error: list[float]) -> pd.DataFrame:
    groups = degree_groups(np.array(in_degree))
    return pd.DataFrame({"in_degree": in_degree, "degree_group": groups, "bits": bits, "relative_error": error})


@pytest.mark.parametrize("role", ["gin", "gcn", "gat"])
def test_the_correlation_is_scipys(teaching: Teaching, role: str) -> None:
    table = teaching.layer(teaching.bundles[role]).nodes
    assert rank_correlation(table) == pytest.approx(spearmanr(table["in_degree"], table["bits"])[0])


def test_what_never_changes_has_none() -> None:
    assert rank_correlation(nodes([1, 2, 3], [4, 4, 4], [0, 0, 0])) == 0


def test_share_of_low_degrees() -> None:
    assert low_degree_share(nodes([0, 4, 5, 9], [1] * 4, [0] * 4)) == 0.5


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
