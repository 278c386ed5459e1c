import numpy as np
import pytest

from a2q.experiments.store import RunError, RunStore
from a2q.reports.tensors import EDGES
from a2q_studio.run_report import contents as module
from a2q_studio.run_report import read_contents


def test_runs_on_the_same_graph_share_their_places(contents) -> None:
    first, second = contents.places
    assert first is second
    assert first.coordinates.shape == (120, 2)
    assert np.isfinite(first.coordinates).all()
    assert first.layout == "Force-directed layout."


def test_a_graph_too_large_to_lay_out_stands_on_rings(
    runs_here, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_NODES_TO_LAY_OUT", 100)
    (places,) = read_contents(store, [runs_here.a2q]).places
    assert "Rings by in-degree" in places.layout and "120 nodes" in places.layout


def test_an_older_run_without_edges_has_no_places(runs_here, store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    array = store.array
    monkeypatch.setattr(store, "array", lambda run_id, name: None if name == EDGES else array(run_id, name))
    assert read_contents(store, [runs_here.a2q]).places == [None]


def test_what_cannot_be_reported_is_a_sentence(runs_here, store: RunStore) -> None:
    with pytest.raises(RunError, match="0 runs are named; a report is of 1 to 6"):
        read_contents(store, [])
    with pytest.raises(RunError, match="named twice"):
        read_contents(store, [runs_here.a2q, runs_here.a2q[:8]])
    with pytest.raises(RunError, match="No run starts with 'feed'"):
        read_contents(store, ["feed"])
