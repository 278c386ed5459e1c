from streamlit.testing.v1 import AppTest

from a2q.experiments.store import RunStore
from a2q_studio.samples import SAMPLES


def page() -> None:
    from a2q_studio.ui.run_store import open_store
    from a2q_studio.ui.samples import offer_samples

    offer_samples(open_store(), "samples")


def test_one_press_puts_all_sample_runs_into_the_store(store: RunStore) -> None:
    app = AppTest.from_function(page).run()
    assert not store.list()
    for _ in range(2):
        app.button(key="samples").click().run()
        assert not app.exception
        assert {run.id for run in store.list()} == {sample.run_id for sample in SAMPLES.values()}
    assert "9 sample runs" in app.toast[0].value
    assert "nothing of anyone else's data" in app.button(key="samples").help


def test_a_read_only_server_takes_nothing_in(store: RunStore, monkeypatch) -> None:
    monkeypatch.setenv("A2Q_READONLY", "1")
    assert AppTest.from_function(page).run().button(key="samples").disabled
