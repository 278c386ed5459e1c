"""The graph on the page: picture, tier, what to see while its layout is computed, and who lies in a box or lasso."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from a2q.layouts import request_layout
from a2q_studio.charts.graph import COLOURINGS, Raster, density_raster, drawn_nodes, edge_raster, graph_figure, tier
from a2q_studio.charts.graph.figure import scale_ticks, scaled
from a2q_studio.charts.graph.tiers import drawn_in_words
from a2q_studio.pages.explore.layouts import Placed, place_nodes
from a2q_studio.pages.explore.scene import Scene, in_words
from a2q_studio.ui.figure import show_figure
from a2q_studio.ui.literal import message
from a2q_studio.ui.polling import poll
from a2q_studio.ui.selection import chart_key, select, select_by
from a2q_studio.ui.shared_results import shared

CHART = "graph"
SKELETON = 560
_FEW_SELECTED = 300


def graph_view(scene: Scene, colour_by: str, layout: str, node: int | None) -> None:
    """Draw the graph; while its layout is computed, only this part of the page looks again every second."""
    placed = place_nodes(scene, layout, node)
    if placed.progress is not None:
        st.fragment(_waiting, run_every=poll(True))(scene, layout, node)
    elif placed.coordinates is None:
        _missing(scene, placed)
    else:
        # In no fragment of its own: what is selected here concerns all other views.
        _picture(scene, colour_by, placed, node)


def _waiting(scene: Scene, layout: str, node: int | None) -> None:
    placed = place_nodes(scene, layout, node)
    if placed.progress is None:
        # Once more with everything, which ends the timer.
        st.rerun()
    st.progress(min(placed.progress, 1.0), text=placed.note)
    st.skeleton(SKELETON)


def _missing(scene: Scene, placed: Placed) -> None:
    st.info(message(placed.note), icon=":material/info:")
    edges = scene.edges
    if placed.key and edges is not None:
        st.button(
            "Lay out again",
            icon=":material/refresh:",
            key="layout-again",
            on_click=request_layout,
            args=(edges, len(scene.nodes), True),
        )


def _picture(scene: Scene, colour_by: str, placed: Placed, node: int | None) -> None:
    nodes, edges, coordinates = scene.nodes, scene.edges, placed.coordinates
    assert coordinates is not None  # The caller has looked.
    size = tier(len(nodes))
    anyway = size.sampled and st.toggle(
        "Draw every node",
        key="draw-all",
        help=f"{len(nodes):,} points may take the browser half a minute and slow down every selection.",
    )
    drawn = drawn_nodes(nodes["in_degree"].to_numpy()) if size.sampled and not anyway else np.arange(len(nodes))
    rasters: list[Raster] = []
    if size.sampled:
        rasters = [_density(scene, colour_by, placed.key, coordinates)]
    elif edges is not None and size.edges:
        rasters = [_edges(placed.key, scene.palette.theme, coordinates, edges, scene.palette.muted)]
    focus = scene.focus_for(CHART)
    chosen = None if focus is None else focus["node"].to_numpy()

    def draw() -> go.Figure:
        return graph_figure(
            nodes,
            coordinates,
            colour_by,
            scene.palette,
            drawn=drawn,
            rasters=rasters,
            focus=chosen,
            lines=None if edges is None else _lines(edges, chosen, node, len(nodes)),
            marked=[] if node is None else [node],
        )

    show_figure(
        # All nodes of a large graph are too much to keep.
        draw() if anyway else scene.figure(focus, draw, CHART, placed.key, colour_by, node),
        chart_key(scene.run.id, CHART),
        _select_region(scene, coordinates)
        if len(drawn) < len(nodes)
        else select_by(scene.run.id, CHART, nodes, ("node",), "nodes of the graph"),
        scene.file_name("graph"),
        table=lambda: nodes[["node", "in_degree", COLOURINGS[colour_by].column]].assign(
            x=coordinates[:, 0], y=coordinates[:, 1]
        ),
    )
    size_told = drawn_in_words(len(drawn), len(nodes), 0 if edges is None else edges.shape[1])
    told = [size_told, placed.note, in_words(scene)]
    st.caption(" ".join(sentence for sentence in told if sentence))


def _select_region(scene: Scene, coordinates: np.ndarray) -> Callable[[], None]:
    """A callback that selects every node in a box or lasso, drawn or not; a click selects the node under it."""
    run_id, key = scene.run.id, chart_key(scene.run.id, CHART)
    one_by_one = select_by(run_id, CHART, scene.nodes, ("node",), "nodes of the graph")

    def remember() -> None:
        drawn = st.session_state[key].selection
        found = within_regions(coordinates, drawn.get("box") or [], drawn.get("lasso") or [])
        if len(found):
            select(run_id, found, "a region of the graph", CHART)
        else:
            one_by_one()

    return remember


def _lines(edges: np.ndarray, chosen: np.ndarray | None, node: int | None, count: int) -> np.ndarray:
    """Edges to draw one by one: those at the inspected node, and at the selected ones where these are few."""
    wanted = np.zeros(count, dtype=bool)
    if node is not None:
        wanted[node] = True
    if chosen is not None and len(chosen) <= _FEW_SELECTED:
        wanted[chosen] = True
    return edges[:, wanted[edges[0]] | wanted[edges[1]]]


@shared
def _edges(key: str, theme: str, _coordinates: np.ndarray, _edges: np.ndarray, _colour: str) -> Raster:
    return edge_raster(_coordinates, _edges, _colour)


def _density(scene: Scene, colour_by: str, places: str, coordinates: np.ndarray) -> Raster:
    colouring = COLOURINGS[colour_by]
    values = scene.nodes[colouring.column].to_numpy(dtype=float)
    low, high = (1.0, 8.0) if colouring.kind == "bits" else (0.0, 1.0)
    if colouring.kind == "number":
        ticks, _ = scale_ticks(values, colouring)
        values, low, high = scaled(values, colouring), ticks[0], ticks[-1]
    elif colouring.kind == "class":
        # A mean of classes means nothing: one tone, density alone.
        values = np.zeros(len(values))
    key = f"{places} {scene.run.id} {scene.layer} {scene.epoch} {scene.moment} {colour_by}"
    return _density_raster(key, scene.palette.theme, coordinates, values, scene.palette.scale, low, high)


@shared
def _density_raster(
    key: str, theme: str, _coordinates: np.ndarray, _values: np.ndarray, _scale: list[str], _low: float, _high: float
) -> Raster:
    return density_raster(_coordinates, _values, _scale, _low, _high)


Region = Mapping[str, Sequence[float]]


def within_regions(coordinates: np.ndarray, boxes: Sequence[Region], lassos: Sequence[Region]) -> np.ndarray:
    """Numbers of the nodes inside any of the boxes and lassos, ascending.

    Args:
        coordinates: [num_nodes, 2]; a node without a place (NaN) lies nowhere.
        boxes: opposite corners, {"x": [x0, x1], "y": [y0, y1]}.
        lassos: corners in order, {"x": […], "y": […]}; the last is joined to the first.
    """
    inside = np.zeros(len(coordinates), dtype=bool)
    for box in boxes:
        low, high = (np.array([end(box["x"]), end(box["y"])], dtype=float) for end in (min, max))
        inside |= ((coordinates >= low) & (coordinates <= high)).all(axis=1)
    for lasso in lassos:
        inside |= _in_polygon(coordinates, np.column_stack([lasso["x"], lasso["y"]]).astype(float))
    return np.flatnonzero(inside)


def _in_polygon(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """The even-odd rule: a ray to the right of a point inside crosses an odd number of sides."""
    inside = np.zeros(len(points), dtype=bool)
    x, y = points[:, 0].astype(float), points[:, 1].astype(float)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        crosses = (y0 > y) != (y1 > y)
        if y0 != y1:
            inside ^= crosses & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return inside
