import numpy as np

from a2q.experiments.store import RunStore
from a2q_studio.comparison.charts.marks import marks
from a2q_studio.comparison.compared import Compared, letters, node_groups, short_names


def test_names_say_what_differs(store: RunStore, small) -> None:
    one, two = store.submit(small("seed=1")), store.submit(small("seed=2"))
    fp32 = store.submit(small("seed=1", preset_name="fp32"))
    assert short_names([one, two]) == ["seed 1", "seed 2"]
    assert short_names([one, fp32]) == ["a2q", "fp32"]
    assert short_names([one, two, fp32]) == ["a2q · seed 1", "a2q · seed 2", "fp32 · seed 1"]


def test_runs_that_look_alike_are_named_by_id(store: RunStore, small) -> None:
    one, two = store.submit(small()), store.submit(small("training.epochs=9"))
    assert short_names([one, two]) == [one.id[:6], two.id[:6]]


def test_runs_on_the_same_graph_stand_together(store: RunStore, small) -> None:
    run = store.submit(small())
    graphs = ["x", "", "y", "y"]
    pairs = zip(marks("1234"), graphs, strict=True)
    compared = [Compared(run, mark, [], {"a": np.zeros(1)}, [], graph) for mark, graph in pairs]
    assert [[one.mark.letter for one in group] for group in node_groups(compared)] == [["C", "D"], ["A"]]
    assert [letters(compared[:count]) for count in (1, 2, 3)] == ["A", "A and B", "A, B and C"]
