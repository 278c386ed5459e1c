"""What the lesson is taught on when nobody has trained anything."""

import pytest

from dashboard.lesson.layer import LayerInput
from dashboard.lesson.teaching import Teaching
from dashboard.samples import read_sample
from dashboard.samples.listing import PENALTIES


@pytest.fixture(scope="session")
def teaching() -> Teaching:
    """The lesson on the sample runs."""
    bundles = {role: read_sample(role) for role in ("gin", "gcn", "gat")}
    return Teaching("samples", bundles, {penalty: read_sample(name) for penalty, name in PENALTIES.items()})


@pytest.fixture(scope="session")
def layer(teaching: Teaching) -> LayerInput:
    """Last layer input of A²Q on GIN."""
    return teaching.main
