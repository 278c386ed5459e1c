import time

import pytest

from a2q.experiments.process import identify, this_host
from a2q.experiments.results import repeats
from a2q.experiments.store import Run, RunStore, State
from a2q_studio.comparison.compared import Compared, compared_runs
from a2q_studio.comparison.scores import by_data, data_key, finished, has_quantity, quantities_of, spreads
from a2q_studio.comparison.tables import differences_table, seeds_table, still_to_say


@pytest.fixture
def finish(store: RunStore, small):
    """Finish a run with a score and bits."""

    def done(score: float, bits: float, *settings: str, **named: str) -> Run:
        run = store.submit(small(*settings, **named))
        store.claim(run.id, this_host(), None)
        store.assign_process(run.id, identify(), heartbeat=time.time())
        summary = {"metric": "accuracy", "test_score": score, "average_bits": bits, "full_bits_per_value": bits + 1}
        store.finish(run.id, summary | {"compression": 32 / bits})
        return store.get(run.id)

    return done


def compared(*runs: Run) -> list[Compared]:
    return compared_runs(runs, lambda _: [], lambda _: {})


def test_settings_that_differ_with_every_runs_value(store: RunStore, small) -> None:
    runs = compared(store.submit(small()), store.submit(small(preset_name="uniform")))
    table = differences_table(runs).set_index("name")
    assert table.loc["quantization.method", ["setting", "A", "B"]].tolist() == [
        "Quantization: Method",
        "a2q",
        "uniform",
    ]
    assert table.loc["quantization.bits", ["setting", "A", "B"]].tolist() == ["Quantization: Bits", "–", "4"]
    assert "training.epochs" not in table.index
    assert differences_table([runs[0], runs[0]]).empty


def test_means_over_seeds_count_what_is_in_the_store(store: RunStore, finish) -> None:
    first, _, third = finish(0.8, 2, "seed=0"), finish(0.7, 4, "seed=1"), finish(0.9, 3, "seed=0", "training.epochs=9")
    table = seeds_table(compared(first, third), repeats(store.list()))
    assert table.to_dict("records") == [
        {
            "runs": "A",
            "n": 2,
            "seeds": "0, 1",
            "test score": "75.0% ± 7.1%",
            "average bits": "3.00 ± 1.41",
            "full bits per value": "4.00 ± 1.41",
        },
        {
            "runs": "B",
            "n": 1,
            "seeds": "0",
            "test score": "90.0%",
            "average bits": "3.00",
            "full bits per value": "4.00",
        },
    ]


def test_seeds_of_the_same_settings_are_one_row(store: RunStore, finish, small) -> None:
    runs = [finish(0.8, 2, "seed=0"), finish(0.7, 4, "seed=1"), store.submit(small("training.epochs=3"))]
    table = seeds_table(compared(*runs), repeats(store.list()))
    assert table[["runs", "n"]].to_numpy().tolist() == [["A, B", 2], ["C", 0]]


def test_a_spread_needs_two_seeds(store: RunStore, finish) -> None:
    runs = compared(finish(0.8, 2, "seed=0"), finish(0.6, 4, "seed=1"), finish(0.9, 3, "training.epochs=9"))
    (spread,) = spreads(runs, repeats(store.list()), "full_bits_per_value")
    assert (spread.mark.letter, spread.count, spread.bits) == ("A", 2, 4.0)
    assert spread.score == pytest.approx(0.7) and spread.score_deviation == pytest.approx(0.1414, abs=1e-4)


def test_scores_compare_on_the_same_data_alone(store: RunStore, small, finish) -> None:
    runs = compared(
        finish(0.8, 2), store.submit(small("dataset.graph_seed=1")), store.submit(small(preset_name="fp32"))
    )
    assert [[one.mark.letter for one in some] for some in by_data(runs).values()] == [["A", "C"], ["B"]]
    assert [one.mark.letter for one in finished(runs)] == ["A"]
    bits = quantities_of(runs)[1]
    assert [has_quantity(one, bits) for one in runs] == [True, True, False]


def test_folds_of_a_set_compare(store: RunStore, graphs_here) -> None:
    run = store.get(graphs_here.classes)
    other = run.config.model_copy(update={"dataset": run.config.dataset.model_copy(update={"fold": 5})})
    assert data_key(store.submit(other)) == data_key(run) != data_key(store.get(graphs_here.values))


def test_what_has_no_result_says_why(store: RunStore, small, finish) -> None:
    cancelled = store.submit(small("seed=5"))
    store.cancel(cancelled.id)
    runs = compared(finish(0.8, 2), store.submit(small("seed=4")), store.get(cancelled.id))
    assert runs[2].run.state == State.CANCELLED
    assert still_to_say(runs) == [
        "B is queued: Waiting for a free worker (0%).",
        "C is cancelled, it has no epoch and no result. Cancelled before it started.",
    ]
