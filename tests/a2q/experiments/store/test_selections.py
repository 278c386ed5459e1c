import numpy as np
import pytest

from a2q.experiments.bundle.bundle import bundle_of
from a2q.experiments.store import RunError, RunStore, UnknownRunError
from a2q.experiments.store.selections import MOST_NAME_CHARACTERS, MOST_SELECTIONS, SavedSelection


def test_what_is_saved_comes_back_in_another_store(store: RunStore, small) -> None:
    run, other = store.submit(small()), store.submit(small())
    assert store.selections.of(run.id) == []
    hubs = store.selections.save(run.id, "  the\nhubs ", np.array([7, 3, 7, 70_000]))
    leaves = store.selections.save(run.id, "leaves", [5])
    assert hubs == SavedSelection(hubs.id, "the hubs", 3)
    with RunStore() as another:
        assert another.selections.of(run.id) == [hubs, leaves]
        nodes = another.selections.nodes(run.id, hubs.id)
        assert nodes.tolist() == [3, 7, 70_000]
        assert nodes.dtype == np.int64
        assert another.selections.of(other.id) == []
        assert another.selections.nodes(other.id, hubs.id) is None


def test_results_know_nothing_of_it(store: RunStore, small) -> None:
    run = store.submit(small())
    store.put(run.id, {"in_degree": np.arange(80)})
    store.cancel(run.id)
    before = (store.get(run.id), list(store.arrays(run.id)), list(bundle_of(store, store.get(run.id)).all_arrays))
    store.selections.save(run.id, "hubs", [1, 2])
    after = (store.get(run.id), list(store.arrays(run.id)), list(bundle_of(store, store.get(run.id)).all_arrays))
    assert before == after


def test_a_selection_can_be_deleted_and_goes_with_its_run(store: RunStore, small) -> None:
    run = store.submit(small())
    hubs, leaves = store.selections.save(run.id, "hubs", [1]), store.selections.save(run.id, "leaves", [2])
    assert store.selections.delete(run.id, hubs.id)
    assert not store.selections.delete(run.id, hubs.id)
    assert store.selections.of(run.id) == [leaves]
    assert store.selections.save(run.id, "hubs", [9]).id != hubs.id, "a link never shows other nodes"
    store.cancel(run.id)
    store.delete(run.id)
    assert store.selections.of(run.id) == []
    assert store.selections.nodes(run.id, leaves.id) is None
    with pytest.raises(UnknownRunError, match=f"no run '{run.id}'"):
        store.selections.save(run.id, "hubs", [1])


@pytest.mark.parametrize("strange", ["", "nope", "0" * 12, "\x00" * 12, "\ud800", "," * 10**6])
def test_an_unknown_id_has_no_nodes(store: RunStore, small, strange: str) -> None:
    run = store.submit(small())
    store.selections.save(run.id, "hubs", [1])
    assert store.selections.nodes(run.id, strange) is None


@pytest.mark.parametrize(
    ("name", "nodes", "told"),
    [
        ("", [1], "has no name; give it one of 1 to 80"),
        (" \n\x00\u2028", [1], "has no name"),
        ("x" * (MOST_NAME_CHARACTERS + 1), [1], "81 characters; keep it to 80"),
        ("x" * 10**6, [1], "1,000,000 characters"),
        ("hubs", [], "has no nodes; select some"),
        ("hubs", [-1, 2], "node numbers, 0 to 2,147,483,647"),
        ("hubs", [2**31], "node numbers"),
        ("hubs", [0.5], "node numbers"),
        ("taken", [1], "has a selection 'taken' already; choose another name"),
    ],
)
def test_what_cannot_be_saved_is_a_sentence(store: RunStore, small, name: str, nodes: list, told: str) -> None:
    run = store.submit(small())
    kept = store.selections.save(run.id, "taken", [4])
    with pytest.raises(RunError, match=told):
        store.selections.save(run.id, name, nodes)
    assert store.selections.of(run.id) == [kept]


def test_a_run_has_so_many_and_no_more(store: RunStore, small) -> None:
    run, other = store.submit(small()), store.submit(small())
    for number in range(MOST_SELECTIONS):
        store.selections.save(run.id, f"number {number}", [number])
    with pytest.raises(RunError, match="at most 100 saved selections; delete one first"):
        store.selections.save(run.id, "one more", [1])
    assert len(store.selections.of(run.id)) == MOST_SELECTIONS
    store.selections.save(other.id, "one more", [1])
