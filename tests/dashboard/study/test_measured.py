import json
from pathlib import Path

import pytest

from a2q.reports.worth import FEWEST_PAIRS, Difference, paired_difference
from a2q_studio.study.measured import FILE, LEAST_OF_ALL, Measured, measured, of_name, shown_in

ROOT = Path(__file__).parents[3]


def of(bits: float, low: float, high: float) -> Measured:
    return Measured("cora", "gcn", "", True, bits, Difference((low + high) / 2, low, high, 0.5, 10))


def test_what_is_shipped_is_what_the_study_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    study = ROOT / "docs" / "worth.json"
    if not study.is_file():
        pytest.skip("needs docs/worth.json, which benchmarks/worth.py writes")
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    from assignment.shipped import rows
    from assignment.trials import Trials

    computed, shipped = rows(Trials(study)), json.loads(FILE.read_text(encoding="utf-8"))
    assert len(computed) == len(shipped), "run: python benchmarks/worth.py --untrained --ship"
    for ours, theirs in zip(computed, shipped, strict=True):
        assert ours.pop("difference") == pytest.approx(theirs.pop("difference"), abs=1e-6)
        assert ours == theirs


def test_rows_are_paired_differences_of_the_trials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    from assignment.cells import CELLS
    from assignment.shipped import rows
    from assignment.trials import Trials

    trials, cell = Trials(None), CELLS[0]
    scores = [(0.8 + seed / 100, 0.79) for seed in range(FEWEST_PAIRS)]

    def of_seed(asked: object, bits: float, seed: int) -> object:
        if asked is not cell or bits != cell.bits[-1] or seed >= len(scores):
            return None
        return {
            arm: {"test_score": score}
            for arm, score in zip(("learned", "learned, permuted"), scores[seed], strict=True)
        }

    monkeypatch.setattr(trials, "of", of_seed)
    (row,) = rows(trials)
    assert (row["dataset"], row["model"], row["average_bits"]) == (cell.dataset, cell.model, cell.bits[-1])
    expected = paired_difference(*zip(*scores, strict=True))
    assert row["difference"]["mean"] == pytest.approx(expected.mean)
    assert row["difference"]["low"] == pytest.approx(expected.low, abs=1e-6)
    scores.pop()
    assert rows(trials) == [], "too few seeds for an interval"


def test_every_row_has_an_interval_and_a_name() -> None:
    found = measured()
    assert found
    for one in found:
        assert one.difference.low is not None and one.difference.high is not None
        assert one.difference.pairs >= FEWEST_PAIRS
        assert one in of_name(one.name)
        assert "points (" in one.figure
    bits = [one.average_bits for one in of_name("Cora, GCN")]
    assert bits == sorted(bits) and len(bits) >= 4


def test_what_the_lesson_says_of_cora_is_what_was_measured() -> None:
    for one in of_name("Cora, GCN"):
        assert one.difference.sign == (1 if one.average_bits < LEAST_OF_ALL else 0)


def test_it_is_counted_on_both_sides_of_one_bit() -> None:
    rows = [of(0.5, 0.01, 0.02), of(1.0, -0.01, 0.01), of(1.7, -0.02, -0.01)]
    assert shown_in(rows) == (
        "at 1 bit and more learned bits score more in 0 of 2, and less in 1; "
        "below, where some nodes have none, learned bits score more in 1 of 1"
    )
    assert shown_in(rows[:1]).startswith("below")
    assert shown_in([]) == ""
