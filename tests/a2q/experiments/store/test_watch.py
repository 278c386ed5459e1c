from types import SimpleNamespace

import pytest

from a2q.experiments.store import watch as module
from a2q.experiments.store.watch import Watch


def test_time_counts_from_the_last_change(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(now=50.0)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: clock.now))
    watch = Watch()
    told = []
    for now, value in ((50, None), (54, None), (55, 1.0), (58, 1.0), (59, 2.0), (60, 1.0)):
        clock.now = now
        told.append(watch.unchanged("run", "heartbeat", value))
    assert told == [0, 4, 0, 3, 0, 0]
    assert watch.unchanged("run", "cancel", False) == watch.unchanged("other", "heartbeat", 1.0) == 0
    clock.now = 70
    watch.forget_all_but({"other"})
    assert (watch.unchanged("run", "heartbeat", 1.0), watch.unchanged("other", "heartbeat", 1.0)) == (0, 10)
