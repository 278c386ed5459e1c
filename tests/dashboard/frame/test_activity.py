from a2q.experiments.store import RunStore, State
from a2q_studio.frame.activity import activity


def words(store: RunStore) -> str:
    return activity(store.list(states=(State.RUNNING, State.QUEUED)))


def test_the_words_count_what_trains_and_what_waits(store: RunStore, small) -> None:
    assert words(store) == "Queue"
    ids = [store.submit(small(f"seed={seed}")).id for seed in range(3)]
    assert words(store) == "3 queued"
    store.claim(ids[0], "elsewhere", 0)
    store.note(ids[0], progress=0.62)
    assert words(store) == "1 training · 62 % · 2 queued"
    store.claim(ids[1], "elsewhere", 1)
    store.note(ids[1], progress=0.32)
    assert words(store) == "2 training · 47 % · 1 queued"


def test_every_page_has_the_chip_with_the_queue_behind_it(open_page, store: RunStore, small) -> None:
    store.submit(small())
    for page in ("learn", "train"):
        app = open_page(page)
        assert "1 queued" in [popover.proto.popover.label for popover in app.get("popover")]
