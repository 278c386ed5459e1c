"""Colours of either theme."""

import pytest

from a2q_studio.charts import Palette, palette


@pytest.fixture(params=["light", "dark"])
def colours(request: pytest.FixtureRequest) -> Palette:
    """The palette of either theme."""
    return palette(request.param)
