from concurrent.futures import ThreadPoolExecutor
from threading import Event

from a2q_studio.ui.shared import MOST_KEPT, shared


def test_what_is_asked_for_again_is_the_same_object() -> None:
    first = shared(lambda: [1], "table", "run", 2)
    assert shared(lambda: [1], "table", "run", 2) is first
    assert shared(lambda: [1], "table", "run", None) is not first
    assert shared(lambda: [1], "table", "run", "2") is not first


def test_who_asks_meanwhile_waits_instead_of_making_it_too() -> None:
    begun, go_on = Event(), Event()
    made = []

    def make() -> object:
        begun.set()
        assert go_on.wait(60)
        made.append(object())
        return made[-1]

    with ThreadPoolExecutor(3) as sessions:
        asked = [sessions.submit(shared, make, "slow")]
        assert begun.wait(60)
        asked += [sessions.submit(shared, make, "slow") for _ in range(2)]
        go_on.set()
        assert {id(one.result()) for one in asked} == {id(made[0])}
    assert len(made) == 1


def test_what_nobody_asked_for_lately_is_made_anew() -> None:
    first = shared(object, 0)
    for number in range(1, MOST_KEPT + 1):
        shared(object, number)
    assert shared(object, MOST_KEPT) is shared(object, MOST_KEPT)
    assert shared(object, 0) is not first
