"""Runs side by side in a real browser: one zoom for all drawings, one highlight, chosen by keyboard."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from a2q.experiments.bundle.bundle import import_bundle
from a2q.experiments.store import RunStore
from a2q_studio.samples import SAMPLES, read_sample
from tests.browser.waiting import PAGE_MS, TEST_SECONDS, idle, settled, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(TEST_SECONDS)]

NAMES = ("gin-lambda-0.02", "gin-lambda-0.5", "gin-fp32")


@pytest.fixture(scope="module")
def compared(app) -> str:
    """The link to three sample runs on the same graph, one of them FP32."""
    app.home.mkdir(exist_ok=True)
    with RunStore(f"sqlite:///{app.home / 'runs.sqlite'}") as store:
        return "compare?runs=" + ",".join(import_bundle(store, read_sample(name)).id for name in NAMES)


def drawn(page: Page, key: str):
    """A chart once it is there."""
    plot = page.locator(f"[class*=st-key-{key}] .js-plotly-plot").first
    plot.wait_for(timeout=PAGE_MS)
    expect(page.get_by_text(re.compile("A²Q Studio .* · Compare"))).to_be_visible(timeout=PAGE_MS)
    idle(page)
    return plot


def ranges(plot) -> list[list[float]]:
    """The horizontal range of each drawing."""
    axes = "Object.keys(plot._fullLayout).filter(name => /^xaxis\\d*$/.test(name))"
    return plot.evaluate(f"plot => {axes}.map(name => [...plot._fullLayout[name].range])")


def opacities(plot, run: str) -> list[float]:
    """The opacity of each trace of a run, by its letter."""
    return plot.evaluate("(plot, run) => plot.data.filter(t => t.name?.startsWith(run)).map(t => t.opacity)", run)


def test_one_zoom_for_all_drawings_and_one_run_stressed_in_every_chart(compared: str, open_page: Callable) -> None:
    page, watch = open_page(compared)
    plot = drawn(page, "aligned-ABC")
    before = ranges(plot)
    assert len(before) == 3 and before.count(before[0]) == 3
    area = page.locator("[class*=st-key-aligned-ABC] .nsewdrag").first
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.7 * box["height"], steps=8)
    page.mouse.up()
    until(page, lambda: before[0] not in ranges(plot), PAGE_MS)
    after = ranges(plot)
    assert after.count(after[0]) == 3 and after[0] != before[0]
    assert before[0][0] < after[0][0] < after[0][1] < before[0][1]
    page.get_by_role("radio", name="B", exact=True).first.click()
    page.wait_for_url("**highlight=B**", timeout=PAGE_MS)
    for key in ("compare-loss", "compare-distributions", "pareto-average_bits"):
        plot = drawn(page, key)
        until(page, lambda plot=plot: max(opacities(plot, "B")) == 1 > max(opacities(plot, "A")), PAGE_MS)
    assert not watch.outside
    assert not watch.errors


def test_the_list_of_runs_is_chosen_from_by_keyboard(compared: str, open_page: Callable) -> None:
    first = compared.partition("=")[2].split(",")[0]
    page, watch = open_page(f"compare?runs={first}")
    expect(page.get_by_text("Choose one run more")).to_be_visible(timeout=PAGE_MS)
    page.get_by_role("combobox", name="Runs to compare").focus()
    page.keyboard.type(SAMPLES["gin-fp32"].run_id)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{first}**{SAMPLES['gin-fp32'].run_id}**", timeout=PAGE_MS)
    drawn(page, "aligned-AB")
    assert not watch.errors


def test_a_brush_over_parallel_axes_chooses_runs(compared: str, open_page: Callable) -> None:
    page, watch = open_page(compared)
    page.get_by_text("Finished runs as lines").click(timeout=PAGE_MS)
    plot = drawn(page, "compare-parallel")
    points = plot.evaluate(
        "plot => plot.data.flatMap(t => Array.from(t.x).map((x, i) => [t.customdata[i][0], x, t.y[i]]))"
    )
    # Part of the first axis, average bits: neither the fewest, nor FP32 at 32 bits.
    inside = {run for run, x, y in points if y == 0 and 0.2 < x < 0.7}
    assert 2 <= len(inside) <= 6
    brush(page, 0.2, 0.7)
    until(page, lambda: set(re.findall(r"[0-9a-f]{12}", page.url)) == inside, PAGE_MS)
    settled(page)
    after = page.url
    # Redrawn, and left by a double click, the chart sends empty events, which choose nothing.
    page.locator("[class*=st-key-compare-parallel] .nsewdrag").first.dblclick()
    settled(page)
    assert page.url == after
    # One run alone is too few.
    brush(page, 0.9, 1.03)
    expect(page.get_by_text("1 run passes through what you brushed")).to_be_visible(timeout=PAGE_MS)
    assert page.url == after
    assert not watch.errors


def brush(page: Page, start: float, end: float) -> None:
    """Draw a box around a part of the first axis, given in shares of it."""
    plot = drawn(page, "compare-parallel")
    plot.scroll_into_view_if_needed()
    corners = plot.evaluate(
        """(plot, places) => {
            const {xaxis, yaxis} = plot._fullLayout, box = plot.getBoundingClientRect();
            const x = place => box.x + xaxis._offset + xaxis.l2p(place);
            const y = box.y + yaxis._offset + yaxis.l2p(0);
            return [x(places[0]), y - 14, x(places[1]), y + 14];
        }""",
        [start, end],
    )
    page.mouse.move(corners[0], corners[1])
    page.mouse.down()
    page.mouse.move(corners[2], corners[3], steps=8)
    page.mouse.up()
