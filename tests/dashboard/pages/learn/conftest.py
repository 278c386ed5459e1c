"""What the lesson is taught on when nobody has trained anything."""

import pytest

from a2q_studio.pages.learn.lesson.layer import LayerInput
from a2q_studio.pages.learn.lesson.teaching import Teaching
from a2q_studio.samples import read_sample
from a2q_studio.samples.listing import PENALTIES


@pytest.fixture(scope="session")
def teaching() -> Teaching:
    """The lesson on the sample runs."""
    bundles = {role: read_sample(role) for role in ("gin", "gcn", "gat")}
    return Teaching("samples", bundles, {penalty: read_sample(name) for penalty, name in PENALTIES.items()})


@pytest.fixture(scope="session")
def layer(teaching: Teaching) -> LayerInput:
    """Last layer input of A²Q on GIN."""
    return teaching.main
