"""A small table of nodes made by hand."""

import pandas as pd
import pytest

from a2q.reports.nodes import degree_groups
from dashboard.charts import Palette, palette

DEGREES = [0, 1, 1, 2, 2, 3, 4, 5, 8, 10, 12, 40]
BITS = [1, 1, 2, 2, 1, 2, 3, 2, 4, 4, 5, 8]


@pytest.fixture
def nodes() -> pd.DataFrame:
    """Twelve nodes whose bits rise with in-degree and aggregation value; one of in-degree 0, one hub."""
    return pd.DataFrame(
        {
            "node": range(12),
            "in_degree": DEGREES,
            "degree_group": degree_groups(pd.Series(DEGREES).to_numpy()),
            "bits": BITS,
            "aggregation_fp32": [0.1 * (position + 1) for position in range(12)],
            "aggregation": [0.2 * (position + 1) for position in range(12)],
        }
    )


@pytest.fixture(params=["light", "dark"])
def colours(request: pytest.FixtureRequest) -> Palette:
    """The palette of either theme."""
    return palette(request.param)
