from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from a2q.datasets import DatasetConfig, card, load
from a2q.datasets.importers import import_store as keeping
from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.importing import import_graph
from a2q.datasets.importers.reading import Files
from a2q.datasets.importers.uploads import Upload
from a2q.experiments.presets import preset
from a2q.experiments.store import RunStore
from a2q_studio.ui import dataset_link
from a2q_studio.ui.literal import literal
from a2q_studio.ui.navigation import page_script

pytestmark = pytest.mark.usefixtures("confined_here")

EDGES = b"from,to\n" + b"".join(b"%d,%d\n" % (node, (3 * node + 1) % 40) for node in range(40))
NODES = b"who,kind,a,b\n" + b"".join(b"%d,%s,%d,0.5\n" % (node, (b"x", b"y")[node % 2], node) for node in range(40))


def page() -> None:
    from a2q_studio.pages.data.uploads.import_graph import import_graph
    from a2q_studio.ui.run_store import open_store

    import_graph(open_store())


@pytest.fixture(autouse=True)
def links(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The links of the part, which has no other pages here to lead to."""
    drawn: list[dict[str, Any]] = []
    monkeypatch.setattr(dataset_link.st, "page_link", lambda path, **how: drawn.append({"path": path, **how}))
    return drawn


@pytest.fixture
def app() -> AppTest:
    """The part, as it is first seen."""
    return AppTest.from_function(page, default_timeout=60).run()


def upload(app: AppTest, edges: bytes = EDGES, nodes: bytes | None = NODES, name: str = "edges.csv") -> AppTest:
    app.file_uploader(key="own-edges").set_value((name, edges, "text/csv"))
    if nodes is not None:
        app.file_uploader(key="own-nodes").set_value(("nodes.csv", nodes, "text/csv"))
    app.run()
    assert not app.exception
    return app


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    app.run()
    assert not app.exception
    return app


def imported() -> str:
    (one,) = keeping.here()
    return one.card.name


def test_without_an_upload_it_says_what_can_be_uploaded(app: AppTest) -> None:
    assert not app.exception
    assert app.caption[-1].value == "No graph of your own yet: what is imported will be listed here."
    assert "nothing in them is run" in app.caption[0].value
    assert [uploader.label for uploader in app.file_uploader][:2] == [
        "Edges, or a whole graph",
        "Node table, if there is one",
    ]
    assert "graphml" in "".join(app.file_uploader[0].allowed_type)


def test_an_upload_is_shown_with_the_meaning_of_its_columns_guessed(app: AppTest) -> None:
    upload(app)
    assert [list(frame.value.columns) for frame in app.dataframe] == [
        ["from (from)", "to (to)"],
        ["who (node)", "a", "b"],
    ]
    assert [len(frame.value) for frame in app.dataframe] == [5, 5]
    told = app.info[0].value.replace("\\", "")
    for sentence in (
        "Guessed of edges.csv: values between commas, row 1 names the columns; edges go from 'from' to 'to'.",
        "Guessed of nodes.csv: values between commas, row 1 names the columns; nodes are named by 'who'; features are",
        "Columns 'kind' of nodes.csv are not used: they are text; as one-hot, each value of one gets a column.",
    ):
        assert f"- {sentence}" in told
    roles = {
        role: app.selectbox(key=f"own-role-{role}").value for role in ("source", "target", "node", "label", "split")
    }
    assert roles == {"source": "from", "target": "to", "node": "who", "label": "(none)", "split": "(none)"}
    assert app.multiselect(key="own-role-features").value == ["a", "b"]


def test_the_first_rows_are_shown_as_they_will_be_read(app: AppTest) -> None:
    nodes = b"who;kind;yes;team;ratio\n" + b"".join(
        b"%d;%s;%s;%s;%d,5\n" % (n, b"xyz"[n % 3 : n % 3 + 1], (b"True", b"False")[n % 2], b"no", n) for n in range(40)
    )
    upload(app, EDGES, nodes)
    app.selectbox(key="own-role-label").set_value("team")
    app.multiselect(key="own-role-one-hot").set_value(["kind"])
    app.run()

    assert not app.exception
    shown = app.dataframe[1].value
    assert list(shown.columns) == ["who (node)", "team (label)", "yes", "ratio", "kind = x", "kind = y", "kind = z"]
    assert shown.iloc[1].tolist() == ["1", "no", 0, 1.5, 0, 1, 0]
    assert "numbers are read with a decimal comma" in app.info[0].value
    assert not keeping.here()


def test_a_label_that_was_guessed_to_be_a_feature_is_none(app: AppTest) -> None:
    upload(app)
    app.selectbox(key="own-role-label").set_value("a")
    app.selectbox(key="own-task").set_value("Values")
    press(app, "Import")

    assert keeping.here()[0].config.features == ("b",)


def test_a_first_row_that_cannot_be_read_is_told_before_the_import(app: AppTest) -> None:
    upload(app, EDGES, NODES.replace(b"0,x,0,0.5", b"0,x,nan,0.5"))

    assert app.error[0].value.startswith(literal("Row 2 of nodes.csv holds NaN in column 'a'; put a finite"))
    assert all(button.label != "Import" for button in app.button)


def test_an_upload_is_imported_as_mapped_and_what_was_done_is_said(app: AppTest) -> None:
    upload(app)
    app.selectbox(key="own-role-label").set_value("kind")
    app.multiselect(key="own-role-features").set_value(["b"])
    app.text_input(key="own-title").set_value("Mine")
    app.selectbox(key="own-directed").set_value("One way")
    press(app, "Import")
    name = imported()
    assert app.success[0].value.startswith(f"Imported **Mine** as `{name}`: node classification, 40 nodes · 40 edges")
    told = app.info[-1].value.splitlines()
    assert any(line.startswith("- " + literal("There is no split: 60 % train")) for line in told)
    assert "- " + literal("Columns 'a' of nodes.csv are not used.") in told
    data = load(name).data
    assert (data.x.shape, data.edge_index.shape) == ((40, 1), (2, 40))
    assert card(name).class_names == ("x", "y")


def test_the_imported_graph_opens_on_train(app: AppTest, links: list[dict[str, Any]]) -> None:
    upload(app)
    app.selectbox(key="own-role-label").set_value("kind")
    press(app, "Import")
    asked = {"on": DatasetConfig(name=imported()).model_dump_json(exclude_none=True)}
    assert [link["query_params"] for link in links[-2:]] == [asked, asked]
    assert {link["path"] for link in links} == {page_script("train")}


def test_train_offers_own_graphs_and_trains_on_them(own: str, open_page) -> None:
    train = open_page("train", on=DatasetConfig(name=own).model_dump_json(exclude_none=True))
    assert train.selectbox(key="dataset").value == own
    assert train.selectbox(key="dataset").options[-1] == f"edges ({own})"
    press(train, "Train")
    with RunStore() as store:
        assert [run.config.dataset.name for run in store.list()] == [own]


@pytest.mark.parametrize(
    ("edges", "nodes", "sentence"),
    [
        (b"", None, "edges.csv is empty; give a file that holds a graph."),
        (b"\xff\xfe0\x00", None, "Row 1 of edges.csv says that it is UTF-16; save it with the encoding UTF-8."),
        (b"only\n1\n", None, "edges.csv has one column, and an edge list needs two (from and to); separate them by"),
        (EDGES, b"who,kind\n0,x\n", "Row 2 of edges.csv names the node '1' in column 'to', which is none of the 1 of"),
    ],
)
def test_a_bad_upload_is_told_and_leaves_nothing(
    app: AppTest, edges: bytes, nodes: bytes | None, sentence: str
) -> None:
    upload(app, edges, nodes)
    if not app.error:
        app.selectbox(key="own-role-label").set_value("kind")
        press(app, "Import")
    assert app.error[0].value.startswith(literal(sentence))
    assert not keeping.here()
    upload(app)
    assert not app.error


def test_an_upload_without_labels_says_what_can_be_done(app: AppTest) -> None:
    upload(app, EDGES + b"".join(b"0,%d\n1,%d\n" % (node, node) for node in range(5, 20)), nodes=None)
    press(app, "Import")
    assert literal("let classes by in-degree stand in") in app.error[0].value
    app.checkbox(key="own-stand-in").check()
    press(app, "Import")
    assert "stand in for classes, which says nothing of your data" in app.info[-1].value.replace("\\", "")


def test_text_of_an_upload_is_no_markdown(app: AppTest) -> None:
    upload(app, b"from,to\n0,![x](http://e.org/x.png)\n", b"who,kind\n0,x\n", "![x](http:e.org).csv")
    press(app, "Import")
    told = app.error[0].value
    assert r"\!\[x\]\(http\://e\.org/x\.png\)" in told
    assert told.startswith(r"Row 2 of \_\_x\_\(http\_e\.org\)\.csv names")
    assert keeping.here() == []


@pytest.fixture
def own() -> str:
    """An imported graph."""
    files = Files(Upload.of(EDGES, "edges.csv"), Upload.of(NODES, "nodes.csv"))
    return import_graph(files, ImportConfig(label="kind", node="who")).card.name


def test_deleting_asks_and_warns_of_runs(app: AppTest, own: str, store: RunStore) -> None:
    run = store.submit(preset("fp32", DatasetConfig(name=own)))
    app.run()
    press(app, "Delete")
    assert app.warning[0].value.startswith("1 run uses this graph. Their results stay, but none of them can be resumed")
    press(app, "Keep it")
    assert keeping.is_kept(own) and not app.warning
    press(app, "Delete")
    press(app, "Yes, delete it")
    assert not keeping.is_kept(own)
    assert app.caption[-1].value.startswith("No graph of your own yet")
    assert store.get(run.id).config.dataset.name == own


def test_deleting_a_graph_without_runs_does_not_warn(app: AppTest, own: str) -> None:
    app.run()
    press(app, "Delete")
    assert not app.warning
    press(app, "Yes, delete it")
    assert not keeping.here()


def test_train_stands_by_its_default_where_the_chosen_graph_was_deleted(own: str, open_page) -> None:
    train = open_page("train")
    train.selectbox(key="dataset").set_value(own).run()
    keeping.delete(own)
    train.run()
    assert not train.exception
    assert train.selectbox(key="dataset").value == "torch-imports"


def test_a_read_only_server_takes_no_upload(own: str, links, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A2Q_READONLY", "1")
    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception
    assert not app.file_uploader
    assert app.info[0].value == "Nothing can be imported here: this server is read-only."
    assert all(button.disabled for button in app.button)
    assert all(link["disabled"] for link in links)
