from types import SimpleNamespace

import pytest

from a2q.datasets import card
from a2q_studio.pages.data import expectations
from a2q_studio.pages.data.expectations import measured_on, what_it_is_worth, who_learns_more
from a2q_studio.study.measured import measured


def grows(total: float | None, scaled: float | None, monkeypatch: pytest.MonkeyPatch) -> str:
    by_operator = {"sum": total, "gcn": scaled}
    monkeypatch.setattr(expectations, "growth", lambda one: by_operator[one.operator])
    statistics = SimpleNamespace(aggregation=[SimpleNamespace(operator=name) for name in by_operator])
    return who_learns_more(statistics)  # type: ignore[arg-type]


def test_who_learns_more_follows_what_sums_do(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "with GIN, whose sums grow 41 times, and with GCN (2.9 times)" in grows(41.2, 2.9, monkeypatch)
    assert "times, hardly with GCN (1.1 times)" in grows(41.2, 1.1, monkeypatch)
    assert "Bits will hardly follow" in grows(1.2, 1.0, monkeypatch)
    assert "One in-degree only" in grows(None, None, monkeypatch)


def test_a_graph_of_the_study_is_told_by_its_own_figures() -> None:
    rows = measured_on(card("cora").title)
    assert {one.dataset for one in rows} == {"cora"}
    assert not any(one.settings for one in rows), "as the preset trains it"
    assert "Measured here, at 1 bit and more learned bits score more in" in what_it_is_worth(rows)


def test_another_graph_is_told_that_it_was_not_measured() -> None:
    assert measured_on("No such graph") == []
    told = what_it_is_worth([])
    assert "Not measured on this graph" in told
    assert all(one.name in told for one in measured() if not one.settings)
