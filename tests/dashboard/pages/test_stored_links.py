"""Links that were sent round when commit ce0c23a served the pages open the same runs and nodes today."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

WRITTEN = Path(__file__).parents[2] / "upgrade" / "written_by_ce0c23a"


@pytest.fixture
def stored(cache_home: Path) -> list[dict[str, Any]]:
    """The runs of that commit's store, which the pages of this test see."""
    with zipfile.ZipFile(WRITTEN / "store.zip") as archive:
        archive.extractall(cache_home.parent)
    return json.loads((WRITTEN / "facts.json").read_text(encoding="utf-8"))["runs"]


def test_a_link_to_a_saved_selection(open_page, stored: list[dict[str, Any]]) -> None:
    run = next(run for run in stored if run["annotation"]["starred"])
    hubs = next(selection for selection in run["selections"] if selection["name"] == "Hubs")
    app = open_page("explore", run=run["id"], selection=hubs["id"])
    assert app.selectbox(key="picked_run").value == run["id"]
    assert app.selectbox(key="saved-selection").value == hubs["id"]
    assert app.selectbox(key="saved-selection").options == ["3 nodes · Hubs", "9 nodes · Mr. Hi's side"]


def test_a_link_to_runs_side_by_side(open_page, stored: list[dict[str, Any]]) -> None:
    on_karate_club = [run["id"] for run in stored if run["title"].startswith("karate-club · gcn") and run["summary"]]
    app = open_page("compare", runs=",".join(on_karate_club))
    assert app.multiselect(key="compared_runs").value == on_karate_club
    assert len(on_karate_club) == 6
