"""Runs to set side by side, made by hand."""

import numpy as np
import pandas as pd
import pytest

from a2q.reports.node_table import degree_groups
from a2q_studio.comparison.charts.marks import Mark
from a2q_studio.comparison.charts.panels import Ground

DEGREES = np.array([0, 1, 1, 2, 2, 3, 4, 5, 8, 10, 12, 40])
FIRST = np.array([1, 1, 2, 2, 1, 2, 3, 2, 4, 4, 5, 8])
SECOND = np.array([0, 1, 2, 3, 1, 2, 3, 2, 4, 4, 6, 2])


def table(bits: np.ndarray | None) -> pd.DataFrame:
    """A node table of twelve nodes, of which every other one is predicted right."""
    nodes = pd.DataFrame(
        {"node": range(12), "in_degree": DEGREES, "degree_group": degree_groups(DEGREES), "label": 1, "prediction": 1}
    )
    if bits is not None:
        nodes["bits"] = bits
    nodes["correct"] = nodes["node"] % 2 == 0
    return nodes


@pytest.fixture
def tables(three: list[Mark]) -> list[tuple[Mark, pd.DataFrame]]:
    """Two runs with bits and one in FP32."""
    return list(zip(three, [table(FIRST), table(SECOND), table(None)], strict=True))


@pytest.fixture
def ground() -> Ground:
    """The twelve nodes on a circle, node 11 first and marked."""
    angle = np.arange(12) / 12 * 2 * np.pi
    coordinates = np.column_stack([np.cos(angle), np.sin(angle)]).astype(np.float32)
    return Ground(coordinates, DEGREES, np.arange(12)[::-1], ring=11)
