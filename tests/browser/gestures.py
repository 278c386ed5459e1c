"""What a hand does on a chart. Browser tests and the benchmark of the dashboard share this."""

from playwright.sync_api import Locator, Page


def lasso(page: Page, plot: Locator) -> None:
    """Draw round the left half of a chart."""
    area = plot.locator(".nsewdrag").first
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box
    corners = [(0.02, 0.02), (0.45, 0.02), (0.45, 0.97), (0.02, 0.97), (0.02, 0.02)]
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=5)
    page.mouse.up()
