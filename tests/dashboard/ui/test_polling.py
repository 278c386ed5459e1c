import pytest

from a2q_studio.ui.polling import GONE_AFTER, LONGEST_TURN, poll, turn


def test_pages_redraw_themselves_only_while_something_runs() -> None:
    assert poll(True) == "1s"
    assert poll(False) is None


@pytest.mark.parametrize(("sessions", "seconds"), [(0, 1), (1, 1), (4, 1), (5, 2), (20, 5), (400, LONGEST_TURN)])
def test_many_sessions_take_turns(sessions: int, seconds: int) -> None:
    assert turn({str(number): 100.0 for number in range(sessions)}, 101.0) == seconds


def test_sessions_that_went_away_are_not_waited_for() -> None:
    followers = {str(number): 100.0 for number in range(20)}
    assert turn(followers, 100.0 + GONE_AFTER) == 1
    assert GONE_AFTER > LONGEST_TURN, "one that redraws at its turn is never taken for gone"
