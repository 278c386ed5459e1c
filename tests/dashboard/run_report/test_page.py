import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from a2q.experiments.reproduce import command_line
from a2q.experiments.store import RunStore
from a2q.version import VERSION
from a2q_studio.glossary import tip
from a2q_studio.run_report import build_page, read_contents
from a2q_studio.run_report import drawing as drawing_module
from a2q_studio.run_report.tables import results_table

LOADS = {"src", "href", "srcset", "data", "action", "poster", "background", "xlink:href"}


class Reader(HTMLParser):
    """What a browser would see of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.styles: list[str] = []
        self.figures: list[dict] = []
        self.text: list[str] = []
        self.names: list[str] = []
        self.tags: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.loads += [value or "" for name, value in attrs if name in LOADS]
        self.styles += [value or "" for name, value in attrs if name == "style"]
        if given.get("role") == "img":
            self.names.append(given.get("aria-label") or "")
        self._inside = f"{tag} {given.get('type', '')}".strip() if tag in ("script", "style") else ""

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script application/json":
            self.figures.append(json.loads(data))
        elif self._inside == "style":
            self.styles.append(data)
        elif not self._inside:
            self.text.append(data)


@pytest.fixture(scope="module")
def read():
    def reader(page: str) -> Reader:
        found = Reader()
        found.feed(page)
        return found

    return reader


def words(reader: Reader) -> str:
    return " ".join(" ".join(reader.text).split())


def test_nothing_is_loaded_from_anywhere(contents, read) -> None:
    page = build_page(contents)
    found = read(page)
    assert found.loads == ["#conventions"]
    assert not any("url(" in style or "@import" in style for style in found.styles)
    assert "link" not in found.tags and "iframe" not in found.tags
    assert "default-src 'none'" in page
    for figure in found.figures:
        for image in figure["layout"].get("images", []):
            assert image["source"].startswith("data:image/png;base64,")
        assert figure["config"]["plotlyServerURL"] == ""


def test_it_says_what_it_is_of(contents, read) -> None:
    told = words(read(build_page(contents)))
    assert f"with A²Q Studio {VERSION}" in told
    for one in contents.compared:
        run = one.run
        assert f"{one.mark.letter}: {run.title}" in told and run.id in told
        assert f"seed {run.config.seed}" in told
        assert command_line(run.config) in told
        assert run.versions["torch"] in told
        assert f"{run.summary['average_bits']:.2f} average bits" in told
        assert f"{run.summary['full_bits_per_value']:.2f} bits per value" in told
        for item in run.summary["items"]:
            assert item["name"] in told
    assert tip("full bits per value") in told
    assert "quantization.method" in told and "Quantization: Method" in told


@pytest.mark.parametrize("bits", [3, None])
def test_bits_that_have_not_moved_are_told_among_the_results(contents, bits: int | None) -> None:
    one, *others = contents.compared
    one = replace(one, run=replace(one.run, summary={**one.run.summary, "unmoved_bits": bits}))
    table = results_table([one, *others])
    if bits is None:
        assert "bits moved" not in table.columns
    else:
        assert table["bits moved"].tolist()[0] == "bits equal their start: uniform INT3"


def test_a_note_is_text_and_nothing_else(contents, read) -> None:
    page = build_page(contents)
    assert "<b>Bits</b>" not in page
    found = read(page)
    assert "<b>Bits</b> & more </script>" in words(found)
    assert "Starred. Tags: best." in words(found)


def test_figures_have_names_tables_and_the_numbers_of_the_runs(contents, read) -> None:
    found = read(build_page(contents))
    assert len(found.names) == len(found.figures) >= 10
    assert all(found.names)
    assert any(name.startswith("The same 120 nodes in 2 runs; mean bits: A") for name in found.names)
    assert any("Pareto front" in name for name in found.names)
    assert words(found).count("As a table") >= 5
    types = {trace["type"] for figure in found.figures for trace in figure["data"]}
    # So few points are drawn as vectors, of which a page may have any number.
    assert "scattergl" not in types and "scatter" in types


def test_many_points_stay_in_webgl(contents, read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing_module, "MOST_VECTOR_POINTS", 10)
    page = build_page(contents)
    kinds = {trace["type"] for figure in read(page).figures for trace in figure["data"]}
    assert "scattergl" in kinds
    assert 'data-webgl="1"' in page


def test_one_run_alone(runs_here, store: RunStore, read) -> None:
    found = read(build_page(read_contents(store, [runs_here.a2q])))
    told = words(found)
    assert "The runs together" not in told and "Settings that differ" not in told
    assert any(name.startswith("Mean bitwidth") for name in found.names)


def test_a_run_that_failed_says_so(store: RunStore, small, read) -> None:
    run = store.submit(small())
    store.cancel(run.id)
    told = words(read(build_page(read_contents(store, [run.id]))))
    assert "A is cancelled, it has no epoch and no result. Cancelled before it started." in told


def test_runs_on_sets_of_graphs(graphs_here, store: RunStore, read) -> None:
    found = read(build_page(read_contents(store, [graphs_here.classes, graphs_here.values])))
    assert "test mean absolute error" in words(found)
    assert any(name.startswith("The graph's 24 nodes") for name in found.names)


def test_no_script_of_the_page_ends_early(contents, read) -> None:
    page = build_page(contents)
    opened = len(re.findall(r'<script(?: type="application/json")?>', page))
    # plotly.js, the script that draws, and one for each figure.
    assert page.count("</script>") == opened == 2 + len(read(page).figures)


@pytest.mark.parametrize("alone", [True, False], ids=["one run", "a run and its control"])
def test_what_the_assignment_is_worth(controlled, runs_here, store: RunStore, alone: bool) -> None:
    chosen = [runs_here.a2q, controlled(5)[0]]
    page = build_page(read_contents(store, chosen[:1] if alone else chosen))
    assert page.count("What it is worth which node has which bits</h2>") == 1
    assert "<td>better, with the whole 95 % interval</td>" in page
    assert "What it is worth" not in build_page(read_contents(store, [runs_here.fp32]))
