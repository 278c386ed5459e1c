from functools import cache
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from a2q.datasets import CATALOGUE, DEFAULT, DatasetConfig, load
from a2q.datasets.statistics import Standing, Statistics
from a2q.datasets.statistics.cache import store
from a2q.datasets.statistics.compute import compute
from a2q_studio.pages.data import measuring


@cache
def _computed(config: DatasetConfig) -> Statistics:
    return compute(load(config))


@pytest.fixture
def measured() -> None:
    """Generated citations and a ring have been measured."""
    for config in (DatasetConfig(name="generated-citations", nodes=2708, graph_seed=0), _ring()):
        store(config, _computed(config.model_copy(update={"nodes": 300})))


def _ring() -> DatasetConfig:
    return DatasetConfig(name="ring", nodes=2708, graph_seed=0)


@pytest.fixture
def requested(monkeypatch: pytest.MonkeyPatch) -> list[DatasetConfig]:
    """What the page asked to have measured; nothing is."""
    asked: list[DatasetConfig] = []
    monkeypatch.setattr(measuring, "request", lambda config, again=False: asked.append(config))
    return asked


def _buttons(app: AppTest) -> dict[str, object]:
    return {button.label: button for button in app.button}


def test_a_measured_graph_is_shown_with_every_section(open_page, measured, drawn) -> None:
    app = open_page("data", graph="Generated citations")
    assert [heading.value for heading in app.subheader] == [
        "Degree distribution",
        "Aggregation before any training",
        "What to expect on this graph",
        "Features",
        "Classes and labels",
        "Preview",
        "All numbers",
    ]
    charts = drawn(app)
    assert set(charts) == {
        f"{name}-0" for name in ("degrees", "operators", "aggregation", "features", "classes", "coverage", "preview")
    }
    assert all(chart.alt.startswith("Generated citations") for chart in charts.values())
    numbers = app.dataframe[0].value.set_index("statistic")
    assert numbers.loc["nodes", "Generated citations"] == "300"
    assert {metric.label for metric in app.metric} >= {"Nodes", "Edges", "Homophily", "Clustering", "Label rate"}


def test_two_graphs_stand_side_by_side(open_page, measured, drawn) -> None:
    app = open_page("data", graph="Generated citations", beside="Ring")
    charts = drawn(app)
    assert charts["degrees-0"].alt.startswith("Generated citations")
    assert charts["degrees-1"].alt.startswith("Ring")
    assert list(app.dataframe[0].value.columns) == ["statistic", "Generated citations", "Ring"]


def test_the_operator_changes_the_chart(open_page, measured, drawn) -> None:
    app = open_page("data", graph="Generated citations")
    before = drawn(app)["aggregation-0"].alt
    app.segmented_control(key="operator").set_value("mean").run()
    assert not app.exception
    after = drawn(app)["aggregation-0"].alt
    assert ", sum:" in before and ", mean:" in after
    assert any("averages" in caption.value for caption in app.caption)


def test_the_page_begins_with_a_graph_that_every_machine_has(open_page, requested) -> None:
    app = open_page("data")
    assert app.selectbox(key="graph").value == DEFAULT == "torch-imports"
    assert set(requested) == {DatasetConfig(name=DEFAULT)}


def test_what_is_at_hand_begins_to_be_measured(open_page, requested) -> None:
    app = open_page("data", graph="Stars")
    assert set(requested) == {DatasetConfig(name="star", nodes=2708, graph_seed=0)}
    assert "has not been measured" in app.info[0].value


def test_a_download_waits_for_a_press(open_page, requested) -> None:
    app = open_page("data", graph="Flickr")
    assert not requested
    app.button(key="standing-0-go").click().run()
    assert requested == [DatasetConfig(name="flickr")]
    assert _buttons(app)["Download and measure"]


def test_a_measuring_can_be_followed_and_cancelled(open_page, requested, monkeypatch) -> None:
    cancelled: list[DatasetConfig] = []
    monkeypatch.setattr(measuring, "standing", lambda _: Standing(progress=0.25, stage="Downloading Flickr: 3 MiB"))
    monkeypatch.setattr(measuring, "cancel", cancelled.append)
    app = open_page("data", graph="Flickr")
    bar = app.get("progress")[0]
    assert (bar.proto.value, bar.proto.text) == (25, "Flickr: Downloading Flickr: 3 MiB")
    app.button(key="standing-0-cancel").click().run()
    assert cancelled == [DatasetConfig(name="flickr")]


@pytest.mark.parametrize("offline", [True, False])
def test_a_failure_is_a_state_with_a_way_on(offline: bool, open_page, requested, monkeypatch) -> None:
    monkeypatch.setattr(measuring, "standing", lambda _: Standing(reason="No network.", offline=offline))
    app = open_page("data", graph="Flickr")
    assert [element.value for element in (app.info if offline else app.error)] == ["No network."]
    _buttons(app)["Try again"].click().run()
    assert requested == [DatasetConfig(name="flickr")]


def test_the_other_graph_is_shown_while_one_is_measured(open_page, measured, requested, drawn) -> None:
    app = open_page("data", graph="Generated citations", beside="Stars")
    assert "Stars has not been measured" in app.info[0].value
    assert "degrees-0" in drawn(app)
    assert "degrees-1" not in drawn(app)


def test_a_card_is_on_the_page(open_page, requested) -> None:
    app = open_page("data", graph="Texas")
    assert any(CATALOGUE["texas"].split in text.value for text in app.markdown)


def test_train_opens_with_the_graph_and_its_options(open_page, measured, requested) -> None:
    app = open_page("data", graph="Power law")
    app.number_input(key="graph-exponent").set_value(3.0).run()
    link = next(link for link in app.get("page_link") if link.proto.label == "Train on it")
    parameters = dict(parse_qsl(link.proto.query_string))
    assert parameters == {"on": '{"name":"power-law","nodes":2708,"graph_seed":0,"exponent":3.0}'}
    train = open_page("train", **parameters)
    assert train.selectbox(key="dataset").value == "power-law"
    assert train.number_input(key="exponent").value == 3.0
    assert "on" not in train.query_params


def test_a_link_to_train_on_what_is_not_there_is_told(open_page) -> None:
    for named in ("nothing", '{"name":"xyzzy"}', '{"name":"cora","exponent":3}'):
        assert "names a dataset that is not here" in open_page("train", on=named).warning[0].value


def test_a_server_that_is_read_only_fetches_nothing(open_page, requested, monkeypatch) -> None:
    monkeypatch.setenv("A2Q_READONLY", "1")
    app = open_page("data", graph="Flickr")
    assert app.button(key="standing-0-go").disabled
    assert next(link for link in app.get("page_link") if link.proto.label == "Train on it").proto.disabled


def test_statistics_need_no_run_store(open_page, measured, drawn, monkeypatch) -> None:
    monkeypatch.setenv("A2Q_DATABASE_URL", "secret")
    app = open_page("data", graph="Generated citations")
    assert len(app.error) == 1
    assert "degrees-0" in drawn(app)
