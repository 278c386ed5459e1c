import numpy as np
import pytest

from a2q.experiments.store import RunStore
from a2q.experiments.store.read_only import ReadOnlyError


def test_a_read_only_store_reads_and_refuses_every_change(store, small) -> None:
    run_id = store.submit(small()).id
    with RunStore(store.url, read_only=True) as shown:
        assert shown.get(run_id) == store.get(run_id)
        assert [run.id for run in shown.list()] == [run_id]
        for change in (
            lambda: shown.submit(small()),
            lambda: shown.cancel(run_id),
            lambda: shown.delete(run_id),
            lambda: shown.claim(run_id, "here", 0),
            lambda: shown.put(run_id, {"in_degree": np.zeros(3)}),
            lambda: shown.forget_epochs(run_id, after=0),
            lambda: shown.annotations.change(run_id, note="seen"),
            lambda: shown.selections.save(run_id, "hubs", [1, 2]),
            lambda: shown.selections.delete(run_id, "0" * 12),
        ):
            with pytest.raises(ReadOnlyError, match="A2Q_READONLY"):
                change()
    assert [run.id for run in store.list()] == [run_id]
    store.cancel(run_id)
    assert not store.get(run_id).is_active, "another store on the same database still writes"
