"""docs/worth.md says what docs/worth.json holds, and every arm of the study differs in the bits alone."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STORE = ROOT / "docs" / "worth.json"
PERMUTED = ("learned, kept", "learned, permuted", "learned, by in-degree")


@pytest.fixture(autouse=True)
def _benchmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))


def test_the_page_says_what_was_measured() -> None:
    from assignment import page
    from assignment.lines import lines
    from assignment.trials import Trials

    made = lines(Trials(STORE))
    written = STORE.with_suffix(".md").read_text(encoding="utf-8")
    for part in (*page._answer(made), page._table(made), page._by_sensitivity(made)):
        assert part in written


def test_every_arm_of_a_seed_keeps_the_average_that_was_asked_for() -> None:
    from assignment.cells import ARMS
    from assignment.lines import lines
    from assignment.trials import Trials

    for line in lines(Trials(STORE)):
        for arms in line.seeds:
            assert set(arms) == set(ARMS)
            bits = {arm: found["average_bits"] for arm, found in arms.items()}
            assert line.bits - 0.1 <= bits["learned"] <= line.bits + 0.05
            assert [bits[arm] for arm in PERMUTED] == pytest.approx([bits["learned"]] * len(PERMUTED), abs=1e-4)
            assert bits["sensitivity, permuted"] == pytest.approx(bits["sensitivity"], abs=1e-4)


def test_arms_differ_in_quantization_alone() -> None:
    from assignment.cells import ARMS, CELLS
    from assignment.trials import _settings

    base = CELLS[0].base(3)
    for arm in ARMS:
        assert _settings(base, arm, 0.5).model_copy(update={"quantization": base.quantization}) == base


def test_pruned_nodes_are_allowed_where_the_average_asks_for_them() -> None:
    from assignment.cells import CELLS, fixed, learned

    base = CELLS[0].base(0)
    assert [learned(base, bits).quantization.min_bits for bits in (0.5, 1.0, 1.3)] == [0, 0, 1]
    assert fixed(base, "sensitivity", 0.5).quantization.min_bits == 0
