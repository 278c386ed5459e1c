"""A figure as HTML that draws itself when it comes into view, so that a report of many opens quickly."""

import json
from typing import Any

import plotly.graph_objects as go
from markupsafe import Markup

from a2q_studio.charts.twin import table_of
from a2q_studio.run_report.tables import as_html

MOST_ROWS = 200
"""Rows of the table under a figure; what has more is in the ZIP."""
MOST_VECTOR_POINTS = 12_000
"""Points of a figure that are drawn as vectors, which print; more need WebGL, of which a page has little."""
_CONFIG = {"displaylogo": False, "responsive": True, "plotlyServerURL": ""}
_FONT, _AXIS_FONT = 13, 13
_TITLE_HEIGHT = 65

# Browsers keep about sixteen WebGL drawings alive on a page; so what has left the view is taken off again.
SCRIPT = """
const drawn = new Set()
const draw = (place) => {
  if (drawn.has(place)) return
  drawn.add(place)
  const spec = JSON.parse(place.nextElementSibling.textContent)
  Plotly.newPlot(place, spec.data, spec.layout, spec.config)
}
const watcher = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) draw(target)
    else if (target.dataset.webgl && drawn.delete(target)) Plotly.purge(target)
  }
}, { rootMargin: "400px" })
const places = document.querySelectorAll(".drawing")
places.forEach((place) => watcher.observe(place))
window.addEventListener("beforeprint", () => places.forEach(draw))
"""


def drawing(figure: go.Figure, note: str) -> Markup:
    """A figure with its note, its name for screen readers, and the table behind it where that is short.

    Args:
        figure: as the app draws it.
        note: what to know when reading it.
    """
    rows = table_of(figure)
    title = " ".join(str(figure.layout.title.text).replace("<br>", " ").split())
    spec, webgl = _spec(figure)
    table = Markup("")
    if 0 < len(rows) <= MOST_ROWS:
        folded = Markup('<details><summary>As a table</summary><div class="wide">{}</div></details>')
        table = folded.format(as_html(rows))
    place = Markup(
        '<div class="drawing" role="img" aria-label="{}" style="height: {}px"{}></div>'
        '<script type="application/json">{}</script>'
    ).format(title, spec["layout"]["height"], Markup(' data-webgl="1"') if webgl else "", _in_script(spec))
    return Markup("<figure><h4>{}</h4>{}<figcaption>{} {}</figcaption></figure>").format(title, place, note, table)


def _spec(figure: go.Figure) -> tuple[dict[str, Any], bool]:
    """What plotly.js draws, and whether it needs WebGL."""
    spec = json.loads(figure.to_json())
    points = sum(len(trace.x) for trace in figure.data if trace.x is not None)
    webgl = any(trace["type"].endswith("gl") for trace in spec["data"])
    if webgl and points <= MOST_VECTOR_POINTS:
        for trace in spec["data"]:
            trace["type"] = trace["type"].removesuffix("gl")
        webgl = False
    layout = spec["layout"]
    # The title stands above as text, which wraps as the page does.
    layout.pop("title", None)
    layout["margin"]["t"] -= _TITLE_HEIGHT
    layout["height"] -= _TITLE_HEIGHT
    layout["font"]["size"] = _FONT
    for name, axis in layout.items():
        if name.startswith(("xaxis", "yaxis")) and "text" in axis.get("title", {}):
            axis["title"]["font"] = {"size": _AXIS_FONT}
    return spec | {"config": _CONFIG}, webgl


def _in_script(spec: dict[str, Any]) -> Markup:
    """JSON that cannot end the element it stands in."""
    return Markup(json.dumps(spec, ensure_ascii=False).replace("<", "\\u003c").replace("\u2028", "\\u2028"))
