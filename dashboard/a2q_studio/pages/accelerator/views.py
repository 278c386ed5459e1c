"""The charts of the accelerator's page, each in a tab that is worked out when it is opened."""

import pandas as pd
import streamlit as st

from a2q.accelerator import Hardware
from a2q.accelerator.gcnax import TABLE_III
from a2q.accelerator.hardware import unit_of
from a2q.accelerator.layers import BASELINES
from a2q.accelerator.presets import MARKS, marks
from a2q.experiments.store import Run, RunStore, State
from a2q.layouts import Layout, degree_rings, kept_layout, request_layout
from a2q_studio.pages.accelerator.charts.amounts import byte_table, energy_table, moved_bytes, spent_energy
from a2q_studio.pages.accelerator.charts.causes import cause_table, cycle_causes
from a2q_studio.pages.accelerator.charts.lanes import lane_heatmap, lane_sweep, lane_table
from a2q_studio.pages.accelerator.charts.node_map import SHOWN, node_costs, node_map
from a2q_studio.pages.accelerator.charts.roofline import roofline, roofline_table
from a2q_studio.pages.accelerator.charts.timeline import timeline
from a2q_studio.pages.accelerator.keys import key
from a2q_studio.pages.accelerator.work import OWN, REFERENCE, Bench, network_report, run_edges, run_workload
from a2q_studio.ui.figure import show_figure
from a2q_studio.ui.theme import current_palette

_LANES = (1, 2, 4, 8, 16, 32, 64)
_MOST_RUNS = 4
NETWORKS = (*BASELINES, OWN)
# 32 bits make every other bar too small to read.
_SHOWN_FIRST = NETWORKS[1:]


def views(bench: Bench, store: RunStore, run: Run, preset: str) -> None:
    """All tabs."""
    cycles, lanes, nodes, amounts, roof, tiles, sources = st.tabs(
        ["Cycles", "Lanes", "Nodes", "Bytes and energy", "Roofline", "Tiles", "Sources"],
        key=key("view"),
        on_change="rerun",
        bind="query-params",
    )
    name = f"a2q-{run.id}-accelerator"
    for tab, draw in ((cycles, _cycles), (lanes, _lanes), (amounts, _amounts), (tiles, _tiles)):
        if tab.open:
            with tab:
                draw(bench, name)
    if nodes.open:
        with nodes:
            _nodes(bench, store, name)
    if roof.open:
        with roof:
            _roofline(bench, store, run, name)
    if sources.open:
        with sources:
            _sources(bench.hardware, bench, preset)


def _networks(name: str) -> list[str]:
    chosen = st.pills(
        "Networks",
        NETWORKS,
        selection_mode="multi",
        default=_SHOWN_FIRST,
        key=key(name),
        help="Of the same shape on the same graph; all bits as named.",
    )
    return [name for name in NETWORKS if name in chosen or name == OWN]


def _cycles(bench: Bench, name: str) -> None:
    shown = _networks("networks")
    shares = st.toggle("As shares of each network's cycles", key=key("shares"), bind="query-params")
    reports = bench.networks(shown)
    show_figure(
        cycle_causes(reports, OWN, current_palette(), shares),
        "accelerator-causes",
        file_name=f"{name}-causes",
        table=cause_table(reports),
    )


def _lanes(bench: Bench, name: str) -> None:
    palette = current_palette()
    layers = bench.report().layers
    number = st.segmented_control(
        "Layer", list(range(1, len(layers) + 1)), default=1, required=True, key=key("lane_layer"), bind="query-params"
    )
    layer = layers[(number if number in range(1, len(layers) + 1) else 1) - 1]
    show_figure(lane_heatmap(layer, palette), "accelerator-lanes", file_name=f"{name}-lanes", table=lane_table(layer))
    if not bench.live and not st.toggle("Work out every number of lanes", key=key("sweep")):
        return
    counts = sorted({*_LANES, bench.hardware.lanes})
    ways = {
        "dataset's order, lockstep": {"node_order": "id", "lane_sync": "lockstep"},
        "sorted by bits, lockstep": {"node_order": "bits", "lane_sync": "lockstep"},
        "perfect balance": {"node_order": "id", "lane_sync": "ideal"},
    }
    lines = {way: {count: bench.lanes(count, **given) for count in counts} for way, given in ways.items()}
    lockstep = ways["dataset's order, lockstep"]
    references = {count: bench.report(REFERENCE, bench.with_lanes(count), **lockstep) for count in counts}
    show_figure(lane_sweep(lines, references, palette), "accelerator-sweep", file_name=f"{name}-lane-sweep")


def _nodes(bench: Bench, store: RunStore, name: str) -> None:
    graph = bench.work.graph
    colour = st.segmented_control(
        "Colour",
        list(SHOWN),
        default="share",
        format_func=lambda shown: SHOWN[shown],
        required=True,
        key=key("node_colour"),
    )
    in_degree = graph.arriving - graph.own
    costs = node_costs(bench.report(), in_degree)
    edges = run_edges(store, bench.run_id)
    kept = Layout() if edges is None else kept_layout(edges, graph.num_nodes)
    places = degree_rings(in_degree) if kept.coordinates is None else kept.coordinates
    show_figure(
        node_map(costs, places, colour or "share", current_palette()),
        "accelerator-nodes",
        file_name=f"{name}-nodes",
        table=costs,
    )
    st.caption(
        "Cycles of a full array. A group's waiting is charged to its slowest node (share), or shown where it is spent "
        "(waiting). "
        + ("Rings by in-degree, hubs in the middle." if kept.coordinates is None else "Force-directed layout.")
    )
    if edges is not None and kept.coordinates is None:
        st.button(
            "Lay out by force" if kept.progress is None else f"Laid out by force: {kept.progress:.0%}; look again",
            icon=":material/hub:",
            key=key("lay_out"),
            on_click=request_layout,
            args=(edges, graph.num_nodes, bool(kept.reason)),
            help=kept.reason or "Computed once, for all runs on this graph, by a process of its own.",
        )


def _amounts(bench: Bench, name: str) -> None:
    palette = current_palette()
    reports = bench.networks(_networks("networks_moved"))
    logical = st.toggle("Bytes of values instead of transferred bursts", key=key("logical"), bind="query-params")
    show_figure(
        moved_bytes(reports, OWN, logical, palette),
        "accelerator-bytes",
        file_name=f"{name}-bytes",
        table=byte_table(reports),
    )
    show_figure(
        spent_energy(reports, OWN, palette),
        "accelerator-energy",
        file_name=f"{name}-energy",
        table=energy_table(reports),
    )
    st.caption(
        "On these constants bit-serial arithmetic saves energy below 2 bits only; what fewer bits save above all is "
        "bytes and time."
    )


def _roofline(bench: Bench, store: RunStore, run: Run, name: str) -> None:
    others = {
        other.id: other
        for other in store.list(states=(State.FINISHED,))
        if other.config.dataset == run.config.dataset and other.id != run.id
    }
    chosen = st.multiselect(
        "More finished runs on the same data",
        list(others),
        format_func=lambda run_id: f"{others[run_id].title} · {run_id}",
        max_selections=_MOST_RUNS,
        key=key("roofline_runs"),
    )
    classic = st.toggle(
        "Count multiplications, one roof for each bitwidth",
        key=key("classic"),
        bind="query-params",
        help="Off: single-bit steps, in which all bitwidths share one roof.",
    )
    reports = bench.networks(("uniform INT8", "uniform INT4", OWN))
    for run_id in chosen:
        work = run_workload(store, run_id)
        reports[run_id] = network_report(work, run_id, OWN, bench.hardware, bench.conventions)
    show_figure(
        roofline(reports, OWN, current_palette(), classic),
        "accelerator-roofline",
        file_name=f"{name}-roofline",
        table=roofline_table(reports),
    )


def _tiles(bench: Bench, name: str) -> None:
    report = bench.report()
    tiles = report.tiles()
    names = [layer.layer.name for layer in report.layers]
    layer = st.segmented_control(
        "Tiles of", ["all layers", *names], default="all layers", required=True, key=key("tiles_of")
    )
    shown = tiles if layer not in names else tiles[tiles["layer"] == layer].reset_index(drop=True)
    show_figure(
        timeline(shown, report.cycles, current_palette()), "accelerator-tiles", file_name=f"{name}-tiles", table=tiles
    )


def _sources(hardware: Hardware, bench: Bench, preset: str) -> None:
    st.markdown(
        "Every number that can change a result. Formulas, oracles and what differs from published models are in "
        "`docs/accelerator.md`."
    )
    found = marks(hardware, preset)
    numbers = pd.DataFrame(
        [
            {
                "setting": Hardware.model_fields[field].title,
                "value": f"{value:g}" if isinstance(value, float) else str(value),
                "unit": unit_of(field),
                "mark": found[field],
                "source": MARKS[found[field]],
            }
            for field, value in hardware.model_dump().items()
        ]
    )
    st.dataframe(numbers, hide_index=True, key=key("hardware_table"), alt="Every hardware setting with unit and source")
    counted = pd.DataFrame(
        [{"convention": field, "value": str(value)} for field, value in bench.conventions.model_dump().items()]
    )
    st.dataframe(counted, hide_index=True, key=key("convention_table"), alt="Every convention of counting")
    st.markdown("**GCNAX's Table III**, computed now by its closed form: accesses to memory, in values.")
    rows = pd.DataFrame(
        [
            {
                "dataset": row.dataset,
                "layer": row.layer,
                "published": row.accesses,
                "computed": round(row.loops.accesses),
                "agrees": round(row.loops.accesses) == row.accesses,
            }
            for row in TABLE_III
        ]
    )
    st.dataframe(
        rows, hide_index=True, key=key("gcnax_table"), alt="Ten rows of GCNAX's Table III, published and computed"
    )
