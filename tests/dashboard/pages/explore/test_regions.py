import numpy as np
import pytest
from matplotlib.path import Path

from a2q_studio.pages.explore.regions import within_regions

POINTS = np.random.default_rng(0).uniform(-1, 1, (2_000, 2)).astype(np.float32)


def test_a_box_between_any_two_corners() -> None:
    found = within_regions(POINTS, [{"x": [0.5, -0.25], "y": [-0.75, 0.1]}], [])
    expected = (POINTS[:, 0] >= -0.25) & (POINTS[:, 0] <= 0.5) & (POINTS[:, 1] >= -0.75) & (POINTS[:, 1] <= 0.1)
    assert found.tolist() == np.flatnonzero(expected).tolist()
    assert 0 < len(found) < 2_000


@pytest.mark.parametrize("seed", range(5))
def test_a_lasso_is_a_polygon(seed: int) -> None:
    generator = np.random.default_rng(seed)
    # A star round the middle, which no side crosses.
    angle = np.sort(generator.uniform(0, 2 * np.pi, 12))
    radius = generator.uniform(0.2, 1, 12)
    corners = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    found = within_regions(POINTS, [], [{"x": corners[:, 0].tolist(), "y": corners[:, 1].tolist()}])
    assert found.tolist() == np.flatnonzero(Path(corners).contains_points(POINTS)).tolist()


def test_several_regions_add_up_and_none_is_nobody() -> None:
    left, right = {"x": [-1, -0.5], "y": [-1, 1]}, {"x": [0.5, 1], "y": [-1, 1]}
    both = within_regions(POINTS, [left, right], [])
    assert set(both) == set(within_regions(POINTS, [left], [])) | set(within_regions(POINTS, [right], []))
    assert within_regions(POINTS, [], []).tolist() == []
    assert within_regions(np.full((3, 2), np.nan), [left], []).tolist() == []
