import re

import pytest

from a2q.runs import RunStore


def test_before_any_run(open_page, drawn) -> None:
    app = open_page("home")
    assert "No runs yet" in app.info[0].value
    assert not app.dataframe
    assert [link.value for link in app.page_link][-2:] == ["Train a first run", "Look at a run's bits"]
    picture = drawn(app)["live-picture"]
    # What the picture claims before any training: hubs collect larger sums.
    found = re.fullmatch(r"Mean aggregation value rises from ([\d.]+) \(.*\) to ([\d.]+) \(.*\)", picture.alt)
    assert found, picture.alt
    assert float(found[1]) < float(found[2])
    assert "before any training" in app.caption[0].value
    assert app.caption[-1].value.endswith("· Home")


def test_with_finished_runs(open_page, drawn, runs_here, store: RunStore) -> None:
    app = open_page("home")
    assert not app.info
    assert app.dataframe[0].value["run"].tolist() == [runs_here.a2q, runs_here.fp32]
    assert f"Run {runs_here.a2q} on {store.get(runs_here.a2q).source}" in app.caption[0].value
    (bars,) = drawn(app)["live-picture"].spec["data"]
    arrays = store.arrays(runs_here.a2q)
    few = [bits for bits, degree in zip(arrays["layer2/bits"], arrays["in_degree"], strict=True) if degree <= 1]
    assert bars["customdata"][0][:2] == ["≤ 1", len(few)]
    assert bars["y"][0] == pytest.approx(sum(few) / len(few))
    assert drawn(app)["live-picture"].alt.startswith("Mean bitwidth ")


def test_fp32_and_unfinished_runs_leave_the_first_picture(open_page, drawn, runs_here, store: RunStore, small) -> None:
    store.delete(runs_here.a2q)
    store.submit(small())
    app = open_page("home")
    assert drawn(app)["live-picture"].alt.startswith("Mean aggregation value rises")
    assert app.dataframe[0].value["state"].tolist() == ["queued", "finished"]


def test_bits_that_nobody_learned_are_no_picture_of_learning(
    open_page, drawn, runs_here, store: RunStore, small
) -> None:
    run_id = store.submit(small(preset_name="uniform")).id
    store.claim(run_id, "elsewhere", 0)
    store.put(run_id, store.arrays(runs_here.a2q))
    store.finish(run_id, store.get(runs_here.a2q).summary)
    app = open_page("home")
    assert app.dataframe[0].value["method"].tolist() == ["uniform", "a2q", "fp32"]
    assert f"Run {runs_here.a2q} on" in app.caption[0].value


def test_only_the_latest_runs_are_listed(open_page, store: RunStore, small) -> None:
    ids = [store.submit(small(f"seed={seed}")).id for seed in range(12)]
    table = open_page("home").dataframe[0].value
    assert table["run"].tolist() == ids[:1:-1]
