import importlib
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from a2q.datasets import CATALOGUE, DatasetConfig
from a2q.experiments.presets import PRESETS, chosen_for, preset
from a2q.experiments.process import identify, this_host
from a2q.experiments.store import RunStore, State
from a2q.experiments.store.history import CHECKPOINT
from a2q.methods import METHODS
from a2q.models.config import ModelConfig
from a2q.training.config import TrainingConfig
from a2q_studio.pages.train.relevant import relevant, relevant_presets
from a2q_studio.pages.train.scenarios import SCENARIOS
from a2q_studio.ui.cost import size
from a2q_studio.ui.literal import message

CITATIONS = DatasetConfig(name="generated-citations", nodes=120, graph_seed=0)


@pytest.fixture
def page(open_page) -> AppTest:
    """Train with the generated graph of 120 nodes chosen."""
    app = open_page("train")
    app.selectbox(key="dataset").set_value("generated-citations").run()
    app.number_input(key="nodes").set_value(120).run()
    return app


def labelled(app: AppTest, label: str):
    return next(widget for widget in [*app.number_input, *app.selectbox] if widget.label == label)


def all_labels(app: AppTest) -> list[str]:
    return [widget.label for widget in [*app.number_input, *app.selectbox, *app.text_input, *app.toggle]]


def button(app: AppTest, label: str):
    return next(button for button in app.button if button.label == label)


def press(app: AppTest, label: str) -> AppTest:
    button(app, label).click().run()
    assert not app.exception
    return app


class TestForm:
    def test_every_setting_appears_once_with_its_title(self, page: AppTest) -> None:
        labels = all_labels(page)
        for group in ("model", "quantization", "training"):
            config = getattr(preset("a2q", CITATIONS), group)
            for name in relevant(preset("a2q", CITATIONS), group):
                assert labels.count(type(config).model_fields[name].title) == 1, name
        assert "Seeds" in labels
        assert len(labels) == len(set(labels))

    @pytest.mark.parametrize("name", ["fp32", "uniform", "degree-quant", "binary"])
    def test_a_method_shows_its_own_settings_only(self, page: AppTest, name: str) -> None:
        page.selectbox(key="preset").set_value(name).run()
        labels = set(all_labels(page))
        own = {field.title for field in METHODS[name].model_fields.values()} - {"Method"}
        assert own <= labels
        foreign = {field.title for field in METHODS["a2q"].model_fields.values()} - own
        assert not labels & foreign
        assert TrainingConfig.model_fields["lr_bits"].title not in labels
        teaching = {
            TrainingConfig.model_fields[name].title for name in ("warm_start", "teacher_dropout", "temperature")
        }
        assert labels & teaching == (set() if name == "fp32" else teaching)

    def test_each_model_shows_its_own_settings_only(self, page: AppTest) -> None:
        heads, linears = (ModelConfig.model_fields[name].title for name in ("heads", "linears"))
        shown = {}
        for model in ("gcn", "gin", "gat"):
            labels = all_labels(page.selectbox(key="model-generated-citations").set_value(model).run())
            shown[model] = (heads in labels, linears in labels)
        assert shown == {"gcn": (False, False), "gin": (False, True), "gat": (True, False)}

    def test_the_chosen_model_and_fold_are_trained(self, open_page, store: RunStore) -> None:
        app = open_page("train")
        app.selectbox(key="dataset").set_value("mutag").run()
        assert app.selectbox(key="model-mutag").value == "gin"
        app.number_input(key="fold").set_value(4)
        app.selectbox(key="model-mutag").set_value("gcn").run()
        assert ModelConfig.model_fields["pooling"].title in all_labels(app)
        press(app, "Train")
        assert store.list()[0].config == preset("a2q", DatasetConfig(name="mutag", fold=4), "gcn")

    def test_presets_for_one_graph_are_not_offered_for_many(self, open_page) -> None:
        app = open_page("train")
        app.selectbox(key="preset").set_value("degree-bits").run()
        app.selectbox(key="dataset").set_value("mutag").run()
        assert not app.exception
        offered = app.selectbox(key="preset")
        assert offered.value == "a2q"
        assert set(PRESETS) - {"degree-bits", "fixed-bits", "fp32-textbook"} == set(relevant_presets("mutag"))
        assert offered.options == [PRESETS[name].title for name in relevant_presets("mutag")]
        app.selectbox(key="dataset").set_value("cora").run()
        assert len(app.selectbox(key="preset").options) == len(PRESETS)

    @pytest.mark.parametrize("dataset", [name for name, card in CATALOGUE.items() if card.graph_level])
    def test_a_set_of_graphs_trains_the_preset(self, open_page, store: RunStore, dataset: str) -> None:
        app = open_page("train")
        app.selectbox(key="dataset").set_value(dataset).run()
        labels = all_labels(app)
        assert TrainingConfig.model_fields["batch_size"].title in labels
        assert TrainingConfig.model_fields["hide_test"].title not in labels
        press(app, "Train")
        fold = None if CATALOGUE[dataset].folds is None else 0
        assert store.list()[0].config == preset("a2q", DatasetConfig(name=dataset, fold=fold))

    def test_an_empty_target_is_a_fixed_penalty(self, page: AppTest, store: RunStore) -> None:
        labelled(page, "Target average bits").set_value(None)
        press(page, "Train")
        assert store.list()[0].config.quantization.target_average_bits is None

    @pytest.mark.parametrize("name", PRESETS)
    def test_an_untouched_form_trains_the_preset(self, page: AppTest, store: RunStore, name: str) -> None:
        page.selectbox(key="preset").set_value(name).run()
        assert PRESETS[name].description in [caption.value for caption in page.caption]
        press(page, "Train")
        assert store.list()[0].config == preset(name, CITATIONS)

    def test_why_settings_were_chosen_stands_above_the_form(self, open_page, store: RunStore) -> None:
        app = open_page("train")
        app.selectbox(key="dataset").set_value("karate-club").run()
        found = chosen_for("a2q", "karate-club")
        assert found.why in [caption.value for caption in app.caption]
        assert labelled(app, "Weight decay").value == found.weight_decay
        press(app, "Train")
        assert store.list()[0].config == preset("a2q", DatasetConfig(name="karate-club"))
        app.selectbox(key="preset").set_value("fp32-textbook").run()
        assert found.why not in [caption.value for caption in app.caption]

    def test_generated_graphs_have_a_size_and_a_seed(self, page: AppTest, store: RunStore) -> None:
        page.number_input(key="graph_seed").set_value(5).run()
        press(page, "Train")
        assert store.list()[0].config.dataset == DatasetConfig(name="generated-citations", nodes=120, graph_seed=5)
        page.selectbox(key="dataset").set_value("karate-club").run()
        assert not {"nodes", "graph_seed"} & {widget.key for widget in page.number_input}


class TestSubmit:
    def test_one_run_for_each_seed(self, page: AppTest, store: RunStore) -> None:
        page.text_input(key="seeds").set_value("3, 0..1")
        labelled(page, "Epochs").set_value(7)
        press(page, "Train")
        runs = store.list()
        assert sorted(run.config.seed for run in runs) == [0, 1, 3]
        assert {run.config.training.epochs for run in runs} == {7}
        assert {run.state for run in runs} == {State.QUEUED}
        assert page.toast[0].value == "Queued 3 runs."
        assert not page.error
        assert sum(markdown.value.startswith("**generated-citations") for markdown in page.markdown) == 3

    def test_seeds_that_cannot_be_read_are_refused_in_a_sentence(self, page: AppTest, store: RunStore) -> None:
        for seeds in ("", "one", "-1", "3..1", "1.5", "0..5000", "0;1"):
            page.text_input(key="seeds").set_value(seeds)
            press(page, "Train")
            assert page.error[0].value.startswith(f"Seeds are {seeds!r}; give a whole number")
        assert store.list() == []

    def test_many_runs_at_once_are_refused(self, page: AppTest, store: RunStore) -> None:
        page.text_input(key="seeds").set_value("0..50")
        press(page, "Train")
        assert page.error[0].value == "51 runs are asked for; at most 50 at once may be."
        assert store.list() == []

    def test_a_seed_beyond_the_range_is_refused(self, page: AppTest, store: RunStore) -> None:
        page.text_input(key="seeds").set_value(str(2**31))
        press(page, "Train")
        assert page.error[0].value == "seed is 2147483648; it must be less than 2147483648."
        assert store.list() == []

    def test_a_value_out_of_range_is_refused(self, page: AppTest, store: RunStore) -> None:
        labelled(page, "Learning rate").set_value(0.0)
        press(page, "Train")
        assert page.error[0].value == "training lr is 0.0; it must be greater than 0."
        assert store.list() == []

    def test_settings_that_contradict_each_other_are_refused(self, page: AppTest, store: RunStore) -> None:
        labelled(page, "Minimum bits").set_value(6)
        press(page, "Train")
        assert "must rise in this order" in page.error[0].value
        assert store.list() == []

    def test_the_same_settings_again_offer_the_run_there_is(self, page: AppTest, store: RunStore) -> None:
        press(page, "Train")
        (first,) = store.list()
        press(page, "Train")
        assert [run.id for run in store.list()] == [first.id]
        assert f"`{first.id}` (seed 0, queued)" in page.info[0].value
        assert "Open the existing run" in [link.value for link in page.page_link]
        press(page, "Train again")
        assert len(store.list()) == 2
        assert store.list()[0].config == first.config
        assert not page.info

    def test_only_seeds_that_are_new_are_trained(self, page: AppTest, store: RunStore) -> None:
        press(page, "Train")
        page.text_input(key="seeds").set_value("0..2")
        press(page, "Train")
        assert sorted(run.config.seed for run in store.list()) == [0, 1, 2]
        assert "seed 0" in page.info[0].value
        assert "seed 1" not in page.info[0].value

    def test_a_run_that_ended_early_is_no_reason_not_to_train(self, page: AppTest, store: RunStore) -> None:
        press(page, "Train")
        store.cancel(store.list()[0].id)
        press(page, "Train")
        assert not page.info
        assert sorted(run.state for run in store.list()) == ["cancelled", "queued"]


class TestQueue:
    def test_nothing_trained_yet(self, open_page) -> None:
        app = open_page("train")
        assert "Nothing has been trained yet" in app.info[0].value
        assert not app.dataframe
        assert app.caption[-1].value.endswith("· Train")

    def test_a_finished_run_shows_how_it_went(self, open_page, drawn, runs_here, store: RunStore) -> None:
        app = open_page("train")
        assert not drawn(app), "curves are drawn where somebody opens them"
        for run_id in (runs_here.a2q, runs_here.fp32):
            app.session_state[f"curves-{run_id}"] = True
        charts = drawn(app.run())
        last = store.epochs(runs_here.a2q)[-1]
        assert charts[f"curve-{runs_here.a2q}"].alt.startswith(
            f"Epoch 8: validation accuracy {last.validation_score:.1%}"
        )
        (bars,) = charts[f"histogram-{runs_here.a2q}"].spec["data"]
        assert sum(bars["y"]) == 120
        assert dict(bars["customdata"]).keys() == {2}
        assert f"histogram-{runs_here.fp32}" not in charts
        assert "8 / 8" in [metric.value for metric in app.metric]
        assert "Open in Explore" in [link.value for link in app.page_link]
        assert not {"Cancel", "Resume"} & {button.label for button in app.button}

    def test_a_run_on_graphs_shows_how_it_went(self, open_page, drawn, graphs_here, store: RunStore) -> None:
        app = open_page("train")
        for run_id in (graphs_here.classes, graphs_here.values):
            app.session_state[f"curves-{run_id}"] = True
        charts = drawn(app.run())
        titles = [markdown.value for markdown in app.markdown if markdown.value.startswith("**")]
        assert f"**mutag fold 3 · gin · a2q · seed 0** `{graphs_here.classes}`" in titles
        # GIN has two maps a layer, and a readout follows: too many bars but for their sum.
        counts = store.epochs(graphs_here.classes)[-1].bit_counts
        (bars,) = charts[f"histogram-{graphs_here.classes}"].spec["data"]
        assert sum(bars["y"]) == sum(map(sum, counts))
        assert charts[f"histogram-{graphs_here.classes}"].alt.startswith("All inputs: ")
        last = store.epochs(graphs_here.values)[-1]
        assert charts[f"curve-{graphs_here.values}"].alt.startswith(
            f"Epoch 2: validation mean absolute error {last.validation_score:.3f}"
        )
        assert "Validation mean absolute error" in [metric.label for metric in app.metric]

    def test_a_queued_run_can_be_cancelled_and_resumed(self, open_page, store: RunStore, small) -> None:
        run_id = store.submit(small()).id
        app = open_page("train")
        assert app.progress[0].text == "Waiting for a free worker"
        press(app, "Cancel")
        press(app, "Keep training")
        assert store.get(run_id).state == State.QUEUED
        press(app, "Cancel")
        press(app, "Yes, cancel it")
        assert store.get(run_id).state == State.CANCELLED
        assert "Cancelled before it started." in [caption.value for caption in app.caption]
        press(app, "Resume")
        assert store.get(run_id).state == State.QUEUED

    def test_a_running_run_ends_when_its_worker_hears_of_it(self, open_page, store: RunStore, small) -> None:
        run_id = store.submit(small()).id
        store.claim(run_id, "elsewhere", 0)
        store.note(run_id, progress=0.5, stage="Training, epoch 2 of 4", heartbeat=store.get(run_id).created + 1e6)
        app = open_page("train")
        assert (app.progress[0].value, app.progress[0].text) == (50, "Training, epoch 2 of 4")
        press(app, "Cancel")
        press(app, "Yes, cancel it")
        assert store.get(run_id).cancel_requested
        assert button(app, "Cancelling…").disabled

    def test_a_button_that_comes_too_late_says_so(self, open_page, store: RunStore, small) -> None:
        run_id = store.submit(small()).id
        app = open_page("train")
        press(app, "Cancel")
        store.cancel(run_id)
        press(app, "Yes, cancel it")
        assert "only active runs can be cancelled" in app.toast[0].value

    def test_a_failed_run_shows_reason_and_log(self, open_page, store: RunStore, small) -> None:
        run_id = store.submit(small()).id
        store.claim(run_id, "elsewhere", 0)
        store.close_run(run_id, State.FAILED, reason="The loss is no longer a number.", log="Traceback: deep inside")
        app = open_page("train")
        assert "The loss is no longer a number." in [caption.value for caption in app.caption]
        assert not app.code
        app.session_state[f"log-{run_id}"] = True
        assert "Traceback: deep inside" in [code.value for code in app.run().code]

    def test_an_interrupted_run_can_be_resumed(self, open_page, store: RunStore, small) -> None:
        run_id = store.submit(small()).id
        store.claim(run_id, "elsewhere", 0)
        store.close_run(run_id, State.INTERRUPTED, reason="The worker was stopped.")
        app = open_page("train")
        press(app, "Resume")
        assert store.get(run_id).state == State.QUEUED
        assert "The worker was stopped." not in [caption.value for caption in app.caption]

    def test_a_run_whose_checkpoint_is_damaged_can_start_over(self, open_page, store: RunStore, small) -> None:
        run_id = store.submit(small()).id
        store.claim(run_id, "elsewhere", 0)
        store.put_payloads(run_id, {CHECKPOINT: b"damaged"})
        store.close_run(run_id, State.FAILED, reason=f"The checkpoint of run {run_id} is damaged.")
        app = open_page("train")
        press(app, "Start over")
        assert store.get(run_id).state == State.QUEUED
        assert store.payload(run_id, CHECKPOINT) is None

    def test_a_lost_run_is_found_by_looking(self, open_page, store: RunStore, small) -> None:
        run_id = store.submit(small()).id
        store.claim(run_id, this_host(), 0)
        store.assign_process(run_id, replace(identify(), started=1.0))
        app = open_page("train")
        assert store.get(run_id).state == State.INTERRUPTED
        assert button(app, "Resume")

    def test_more_active_runs_than_cards(self, open_page, store: RunStore, small) -> None:
        for seed in range(7):
            store.submit(small(f"seed={seed}"))
        app = open_page("train")
        assert [button.label for button in app.button].count("Cancel") == 4
        assert "3 more runs wait or run; the table below lists them." in [caption.value for caption in app.caption]
        assert len(app.dataframe[0].value) == 7


def test_what_the_launcher_refuses_is_a_banner(open_page, store: RunStore, small, monkeypatch) -> None:
    # The real launcher, which starts nothing since the setting cannot be read.
    dispatch = importlib.import_module("a2q.experiments.launch.dispatch")
    monkeypatch.setattr(dispatch, "start_queued", importlib.import_module("a2q.experiments.launch.local").start_queued)
    monkeypatch.setenv("A2Q_WORKERS", "many")
    store.submit(small())
    app = open_page("train")
    assert app.warning[0].value == message("A2Q_WORKERS is 'many'; it must be a whole number of 1 or more.")
    assert len(app.dataframe[0].value) == 1


class TestStartingPoints:
    @pytest.mark.parametrize("name", SCENARIOS)
    def test_one_press_fills_the_form(self, open_page, store: RunStore, name: str) -> None:
        app = open_page("train")
        scenario = SCENARIOS[name]
        app.button_group(key="scenario").set_value(name).run()
        assert not app.exception
        assert scenario.why in [caption.value for caption in app.caption]
        press(app, "Train")
        configs = [run.config for run in reversed(store.list())]
        if scenario.penalties:
            assert [config.quantization.penalty for config in configs] == [0.1, 0.5, 1, 2, 5]
            assert {config.training.epochs for config in configs} == {scenario.config.training.epochs}
        else:
            assert configs == [scenario.config]

    def test_another_dataset_leaves_the_scenario(self, open_page, store: RunStore) -> None:
        app = open_page("train")
        app.button_group(key="scenario").set_value("quick").run()
        app.selectbox(key="dataset").set_value("karate-club").run()
        press(app, "Train")
        assert store.list()[0].config == preset("a2q", DatasetConfig(name="karate-club"))

    def test_edit_and_rerun_fills_the_form_with_a_run(self, open_page, store: RunStore, runs_here) -> None:
        app = open_page("train")
        next(button for button in app.button if button.key == f"edit-{runs_here.a2q}").click().run()
        assert app.number_input(key="nodes").value == 120
        labelled(app, "Epochs").set_value(9)
        press(app, "Train")
        made, before = store.list()[0].config, store.get(runs_here.a2q).config
        assert made.training == before.training.model_copy(update={"epochs": 9})
        assert (made.quantization, made.model, made.seed) == (before.quantization, before.model, before.seed)

    def test_a_link_names_the_run_to_start_from(self, open_page, store: RunStore, runs_here) -> None:
        app = open_page("train", **{"from": runs_here.fp32})
        assert app.selectbox(key="preset").value == "fp32"
        assert "from" not in app.query_params
        press(app, "Train")
        assert f"`{runs_here.fp32}` (seed 0, finished)" in app.info[0].value, "the same run is offered, not trained"

    def test_a_stale_link_says_so(self, open_page) -> None:
        app = open_page("train", **{"from": "gone`![x](http://example.com/x)"})
        assert "which is not in this store" in app.warning[0].value
        assert app.selectbox(key="dataset").value == "torch-imports"


class TestSweep:
    def test_a_target_beside_a_sweep_is_refused(self, page: AppTest, store: RunStore) -> None:
        next(widget for widget in page.text_input if widget.label.startswith("Penalties")).set_value("1, 2")
        press(page, "Train")
        assert page.error[0].value.startswith("A sweep of λ is asked for, but there is also a target (1.7)")
        assert store.list() == []

    def test_only_a2q_has_a_penalty_to_sweep(self, page: AppTest) -> None:
        page.selectbox(key="preset").set_value("uniform").run()
        assert not [widget for widget in page.text_input if widget.label.startswith("Penalties")]


class TestCost:
    def said(self, app: AppTest) -> str:
        return next(caption.value for caption in app.caption if caption.value.startswith(":material/timer:"))

    def test_before_any_run_a_few_epochs_are_timed(self, page: AppTest) -> None:
        assert "timed on this machine just now" in self.said(page)

    def test_runs_of_the_same_kind_tell_best(self, open_page, runs_here, store: RunStore) -> None:
        app = open_page("train", **{"from": runs_here.a2q})
        assert "measured on this machine: 1 earlier run of this kind" in self.said(app)
        # What the process of the tests had taken by then counts: it may be more than a GiB.
        taken = store.get(runs_here.a2q).summary["peak_memory_mib"] * 2**20
        assert f"· {size(taken)};" in self.said(app)

    def test_many_runs_take_longer(self, page: AppTest, monkeypatch) -> None:
        monkeypatch.setenv("A2Q_WORKERS", "2")
        page.text_input(key="seeds").set_value("0..9")
        press(page, "Estimate time and memory")
        assert "for 10 runs" in self.said(page)


class TestSharedServer:
    def test_a_session_may_have_so_many_runs(self, page: AppTest, store: RunStore, monkeypatch) -> None:
        monkeypatch.setenv("A2Q_SESSION_RUNS", "2")
        page.text_input(key="seeds").set_value("0,1")
        press(page, "Train")
        page.text_input(key="seeds").set_value("2")
        press(page, "Train")
        assert page.error[0].value == "1 runs are asked for and 2 of yours are active; at most 2 at once may be."
        store.cancel(store.list()[0].id)
        press(page, "Train")
        assert not page.error
        assert len(store.list()) == 3

    def test_a_read_only_server_shows_runs_and_trains_none(self, open_page, runs_here, monkeypatch) -> None:
        monkeypatch.setenv("A2Q_READONLY", "1")
        app = open_page("train")
        assert not {"Train", "Edit & rerun", "Cancel", "Resume"} & {button.label for button in app.button}
        assert "8 / 8" in [metric.value for metric in app.metric]


def test_a_run_can_be_copied_as_code(open_page, runs_here, store: RunStore) -> None:
    app = open_page("train")
    app.session_state[f"copy-{runs_here.a2q}"] = True
    codes = [code.value for code in app.run().code]
    assert any(code.startswith("python -m a2q train generated-citations") for code in codes)
    assert any("RunStore" in code for code in codes)
