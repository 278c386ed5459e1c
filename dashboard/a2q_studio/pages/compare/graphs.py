"""The graph itself in several runs, and how bits differ node by node; where runs are on different graphs, what of it
can be set side by side."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from a2q.experiments.store import RunStore
from a2q.reports.bit_changes import bit_changes
from a2q.reports.tensors import EDGES
from a2q_studio.charts.palette import Palette, Theme, palette
from a2q_studio.comparison.charts.change_by_degree import change_by_degree
from a2q_studio.comparison.charts.graphs import COLOUR_BY, aligned_graphs, change_maps
from a2q_studio.comparison.charts.panels import Ground
from a2q_studio.comparison.compared import Compared, letters, node_groups
from a2q_studio.comparison.ground import drawn_in_words, ground_of
from a2q_studio.pages.compare.places import LAYOUTS, Places, find_places, layout_progress
from a2q_studio.ui.figure import show_figure
from a2q_studio.ui.shared_results import shared


def show_graphs(
    store: RunStore,
    compared: Sequence[Compared],
    layer: int | None,
    highlight: str | None,
    colours: Palette,
) -> None:
    """For runs on the same graph: one drawing each with one zoom, and differences in bits from one of them.

    Args:
        store: where edges are kept.
        compared: the runs.
        layer: whose input the bits are of; None where no run has bits.
        highlight: letter of the run to stress.
        colours: of the theme.
    """
    st.subheader("Node by node")
    groups = node_groups(compared)
    for sentence in what_does_not_align(compared, groups):
        st.caption(sentence)
    aligned = [group for group in groups if len(group) > 1]
    if not aligned:
        st.info(
            "No two of these runs are on the same graph, so nodes cannot be set side by side.", icon=":material/info:"
        )
        return
    colour_by, layout, against, node = _controls(aligned)
    for group in aligned:
        name = "".join(one.mark.letter for one in group)
        places = find_places(group[0], _edges(store, group[0].run.id), layout)
        if places.coordinates is None:
            layout_progress(group[0], _edges(store, group[0].run.id), places, name)
        shown = layer if layer is not None else group[0].run.config.model.layers
        ring = node if node is not None and node < len(group[0].arrays["in_degree"]) else None
        if places.coordinates is not None:
            ground = _ground(
                group[0], places.key, places.coordinates, _edges(store, group[0].run.id), colours, len(group), ring
            )
            tables = [(one.mark, one.table(shown)) for one in group]
            figure = aligned_graphs(tables, ground, colour_by, highlight, colours)
            show_figure(figure, f"aligned-{name}", file_name="a2q-graphs")
            st.caption(f"{drawn_in_words(ground)} Zoom or pan in one drawing, and all follow. {places.note}".strip())
        if ring is not None:
            st.markdown(node_in_words(group, shown, ring))
        _changes(group, shown, against, places, store, highlight, colours, name, ring)


def _changes(
    group: Sequence[Compared],
    layer: int,
    against: str,
    places: Places,
    store: RunStore,
    highlight: str | None,
    colours: Palette,
    name: str,
    ring: int | None,
) -> None:
    held = [one for one in group if layer in one.layers]
    if len(held) < 2:
        st.caption(f"Layer {layer}: fewer than two of {letters(group)} have bits per node, so there is no difference.")
        return
    base = next((one for one in held if one.mark.letter == against), held[0])
    others = [one for one in held if one is not base]
    changes = [(one.mark, bit_changes(base.table(layer), one.table(layer))) for one in others]
    if places.coordinates is not None:
        edges = _edges(store, group[0].run.id)
        ground = _ground(group[0], places.key, places.coordinates, edges, colours, len(others), ring)
        figure = change_maps(changes, base.mark, ground, highlight, colours)
        show_figure(figure, f"changes-{name}", file_name="a2q-bit-changes")
    figure = change_by_degree(changes, base.mark, highlight, colours)
    show_figure(figure, f"changes-by-degree-{name}", file_name="a2q-bit-changes-by-degree")


def what_does_not_align(compared: Sequence[Compared], groups: Sequence[Sequence[Compared]]) -> list[str]:
    """A sentence for every run whose nodes cannot be set beside the others', and why."""
    said = [
        f"{one.mark.letter}: its nodes are not measured yet, or it ended before they were."
        for one in compared
        if not one.graph
    ]
    if len(groups) > 1:
        names = "; ".join(
            f"{letters(group)} on {group[0].run.config.dataset.name} ({len(group[0].arrays['in_degree']):,} nodes)"
            for group in groups
        )
        said.append(
            f"Different graphs: {names}. Nodes of different graphs have nothing to do with each other, so only runs on "
            "the same graph are aligned; curves, results and shares of bitwidths above compare all runs."
        )
    return said


def node_in_words(group: Sequence[Compared], layer: int, node: int) -> str:
    """What one node is in every run of the group."""
    told = []
    for one in group:
        row = one.table(layer).iloc[node]
        bits = f"{row['bits']} bits" if "bits" in row else "32 bits (FP32)"
        right = "" if "correct" not in row else ", right" if row["correct"] else ", wrong"
        told.append(f"**{one.mark.letter}** {bits}{right}")
    in_degree = int(group[0].arrays["in_degree"][node])
    return f"Node {node}, in-degree {in_degree:,}: {'; '.join(told)}"


def _controls(aligned: Sequence[Sequence[Compared]]) -> tuple[str, str, str, int | None]:
    named = [one.mark.letter for group in aligned for one in group if one.layers]
    most = max(len(group[0].arrays["in_degree"]) for group in aligned) - 1
    with st.container(horizontal=True, vertical_alignment="bottom"):
        colour_by = st.segmented_control(
            "Colour",
            COLOUR_BY,
            default="bits",
            required=True,
            key="colour_by",
            bind="query-params",
        )
        layout = st.segmented_control(
            "Places",
            LAYOUTS,
            default="force",
            required=True,
            key="places",
            bind="query-params",
            help="Force: linked nodes close together. Degree rings: hubs in the middle.",
        )
        against = None
        if len(named) > 1:
            against = st.segmented_control(
                "Differences from",
                named,
                default=named[0],
                required=True,
                key="against",
                bind="query-params",
                help="Bits of every other run minus bits of this one; FP32 runs have none.",
            )
        node = st.number_input(
            "Mark a node",
            0,
            most,
            None,
            key="mark",
            bind="query-params",
            width=160,
            help="Rings this node in every drawing, and tells its bits in every run.",
        )
    return colour_by or "bits", layout or "force", against or "", node


def _ground(
    one: Compared,
    key: str,
    coordinates: np.ndarray,
    edges: np.ndarray | None,
    colours: Palette,
    drawings: int,
    ring: int | None,
) -> Ground:
    return _shared_ground(key, colours.theme, drawings, ring, coordinates, one.arrays, edges)


@shared
def _shared_ground(
    key: str,
    theme: Theme,
    drawings: int,
    ring: int | None,
    _coordinates: np.ndarray,
    _arrays: Mapping[str, np.ndarray],
    _edges: np.ndarray | None,
) -> Ground:
    none = np.zeros((2, 0), dtype=np.int32)
    edges = none if _edges is None else _edges
    return ground_of(_coordinates, _arrays["in_degree"], edges, palette(theme), drawings, ring)


@shared
def _kept_edges(_store: RunStore, run_id: str) -> np.ndarray:
    edges = _store.array(run_id, EDGES)
    if edges is None:
        # What is raised is not kept: the run may store them yet.
        raise LookupError(run_id)
    return edges


def _edges(store: RunStore, run_id: str) -> np.ndarray | None:
    try:
        return _kept_edges(store, run_id)
    except LookupError:
        return None
