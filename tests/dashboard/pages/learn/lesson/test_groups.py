import numpy as np
import pytest

from a2q_studio.charts import Palette
from a2q_studio.pages.learn.lesson.groups import GROUPS, group_of, groups
from a2q_studio.pages.learn.lesson.groups_chart import nodes_by_group
from tests.dashboard.pages.learn.figures import DEGREES, title


def test_groups_have_the_bounds_of_their_names() -> None:
    degrees = np.array([0, 1, 2, 3, 4, 5, 6, 10, 11, 99])
    assert group_of(degrees).tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    found = groups(degrees[:8])
    assert [group.name for group in found] == list(GROUPS)
    assert [group.nodes for group in found] == [2, 2, 2, 2, 0]
    assert sum(group.share for group in found) == pytest.approx(1)


def test_nodes_by_group(colours: Palette) -> None:
    figure = nodes_by_group(DEGREES, colours)
    assert dict(zip(figure.data[0].x, figure.data[0].y, strict=True))["≤ 1"] == 3
    assert sum(figure.data[0].y) == len(DEGREES)
    assert title(figure) == "56% of 9 nodes have an in-degree of 3 or less; the largest is 40"
