"""A real upload: files chosen in Chromium, looked at, imported, and opened on Train; a hostile one is refused."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from a2q.version import VERSION
from tests.browser.waiting import IDLE, PAGE_MS, TEST_SECONDS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(TEST_SECONDS)]

EDGES = "from,to\n" + "".join(f"person-{n},person-{m}\n" for n in range(60) for m in (n // 2, (7 * n + 3) % 60))
NODES = "who,age,height,label\n" + "".join(
    f"person-{n},{20 + n % 30},{1.5 + n % 5 / 10},{('red', 'blue')[n % 2]}\n" for n in range(60)
)
BOMB = '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]><graphml><graph><node id="&b;"/></graph></graphml>'


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """An edge list, a node table and an entity bomb."""
    contents = {"friends.csv": EDGES, "people.csv": NODES, "bomb.graphml": BOMB}
    for name, content in contents.items():
        (tmp_path / name).write_text(content)
    return {name: tmp_path / name for name in contents}


@pytest.fixture(autouse=True)
def no_graph_left(app) -> Iterator[None]:
    """The app serves other tests too: own graphs go with the test."""
    yield
    for graph in (app.home / "imports").glob("own-*/graph.npz"):
        graph.unlink()


def opened(page: Page) -> None:
    """Wait for the page and open the part for own graphs."""
    expect(page.get_by_text(f"A²Q Studio {VERSION} · Data")).to_be_visible(timeout=PAGE_MS)
    page.get_by_text("Your own graph: import, train, delete").click()
    expect(page.get_by_text("Edges, or a whole graph")).to_be_visible(timeout=PAGE_MS)


def upload(page: Page, key: str, file: Path) -> None:
    page.locator(f".st-key-own-{key} input[type=file]").set_input_files(file)


def settled(page: Page) -> None:
    """Wait until the form is whole and nothing is drawn anew."""
    expect(page.get_by_role("button", name="Import", exact=True)).to_be_visible(timeout=PAGE_MS)
    expect(page.locator(IDLE)).to_be_attached(timeout=PAGE_MS)


LOOKS = [("dark", 390), ("light", 1280)]


# Where no pictures are wanted, one look is enough: the tests of all pages draw both.
@pytest.mark.parametrize(("theme", "width"), LOOKS if os.environ.get("A2Q_SCREENSHOTS") else LOOKS[:1])
def test_an_upload_is_imported_and_opened_on_train(
    theme: str, width: int, files: dict[str, Path], app, open_page: Callable, screenshot: Callable
) -> None:
    page, watch = open_page("data?graph=Zachary's karate club", theme, width)
    opened(page)
    upload(page, "edges", files["friends.csv"])
    expect(page.get_by_text("Edges: the first rows as they will be read")).to_be_visible(timeout=PAGE_MS)
    upload(page, "nodes", files["people.csv"])
    expect(page.get_by_text("Nodes: the first rows as they will be read")).to_be_visible(timeout=PAGE_MS)
    settled(page)
    expect(page.locator(".st-key-own-role-label").get_by_role("combobox")).to_have_value("label", timeout=PAGE_MS)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text(re.compile("Imported friends as own-"))).to_be_visible(timeout=PAGE_MS)
    said = page.locator(".st-key-own-said")
    expect(said).to_contain_text("There is no split: 60 % train", timeout=PAGE_MS)
    expect(said).to_contain_text("Row 2 of friends.csv joins a node with itself", timeout=PAGE_MS)
    (stored,) = (app.home / "imports").glob("own-*/graph.npz")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    screenshot(page, f"imported-{theme}{'-phone' if width < 500 else ''}")
    page.locator(".st-key-own").get_by_role("link", name="Train on it").first.click()
    expect(page.get_by_text(f"A²Q Studio {VERSION} · Train")).to_be_visible(timeout=PAGE_MS)
    chosen = page.get_by_role("combobox", name="Dataset")
    expect(chosen).to_have_value(f"friends ({stored.parent.name})", timeout=PAGE_MS)
    assert not watch.outside
    assert not watch.errors


def test_a_hostile_upload_is_told_and_leaves_nothing(files: dict[str, Path], app, open_page: Callable) -> None:
    page, watch = open_page("data?graph=Zachary's karate club")
    opened(page)
    upload(page, "edges", files["bomb.graphml"])
    refused = page.get_by_text("bomb.graphml declares a document type or entities, which are never read")
    expect(refused).to_be_visible(timeout=PAGE_MS)
    assert not list((app.home / "imports").glob("own-*/graph.npz"))
    upload(page, "edges", files["friends.csv"])
    expect(page.get_by_text("Edges: the first rows as they will be read")).to_be_visible(timeout=PAGE_MS)
    expect(refused).to_be_hidden(timeout=PAGE_MS)
    assert not watch.outside
    assert not watch.errors


def test_an_import_is_cancelled_and_nothing_is_kept(tmp_path: Path, app, open_page: Callable) -> None:
    many = tmp_path / "many.csv"
    ends = ((7 * n) % 400_009 for n in range(1, 2_000_000))
    many.write_text("from,to\n" + "".join(f"paper-{n},paper-{(n * n) % 400_009}\n" for n in ends))
    page, watch = open_page("data?graph=Zachary's karate club")
    opened(page)
    upload(page, "edges", many)
    settled(page)
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_role("button", name="Cancel import").click()
    expect(page.get_by_text("Import cancelled; nothing was kept of it.")).to_be_visible(timeout=PAGE_MS)
    settled(page)
    assert not list((app.home / "imports").glob("own-*/graph.npz"))
    assert not watch.errors
