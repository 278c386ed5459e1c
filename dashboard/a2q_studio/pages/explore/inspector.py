"""One node under the glass: what it is, how it is quantized, and who it listens to."""

import numpy as np
import pandas as pd
import streamlit as st

from a2q.layers import LAYERS
from a2q.reports import quantized_layers
from a2q.reports.inspection import Contributions, NodeCodes, contributions, node_codes
from a2q_studio.pages.explore.charts import code_histogram, neighbour_bars, values_and_codes
from a2q_studio.pages.explore.neighbours import ego_view, neighbour_buttons
from a2q_studio.pages.explore.pins import pin_button, pinned_nodes
from a2q_studio.pages.explore.scene import RESULT, Scene, quantized_input
from a2q_studio.ui.figure import show_figure
from a2q_studio.ui.selection import INSPECTED

_MOST_DIGITS = 18
_TABS = ("Neighbourhood", "Values and codes", "Messages")


def find_node(nodes: pd.DataFrame, text: str) -> tuple[int | None, str]:
    """The node somebody typed, by number or by part of its name, and a sentence where there is none."""
    said = text.strip()
    if not said:
        return None, ""
    # Longer texts of digits Python refuses to read as a number; no run has such nodes.
    if said.isdecimal() and len(said) <= _MOST_DIGITS and int(said) < len(nodes):
        return int(said), ""
    if "name" in nodes and not said.isdecimal():
        found = nodes.index[nodes["name"].astype(str).str.contains(said, case=False, regex=False)]
        if len(found):
            return int(found[0]), f"The first of {len(found):,} nodes whose name contains this." if len(
                found
            ) > 1 else ""
    shown = said.replace("`", "")[:40]
    return None, f"There is no node `{shown}` in this run; nodes are numbered 0 to {len(nodes) - 1:,}."


def inspected_node(nodes: pd.DataFrame) -> int | None:
    """The node under the glass, from the text box or the link."""
    return find_node(nodes, str(st.session_state.get(INSPECTED) or st.query_params.get(INSPECTED) or ""))[0]


def inspector(scene: Scene) -> None:
    """A search box, and everything that is known of the node it names."""
    st.subheader("Node", anchor=False)
    text = st.text_input(
        "Inspect a node",
        key=INSPECTED,
        bind="query-params",
        type="search",
        placeholder="Number or name",
        help=f"0 to {len(scene.nodes) - 1:,}. A click on a node in the graph, or on a row of the table, fills this in.",
    )
    node, said = find_node(scene.nodes, text or "")
    if node is None:
        if said:
            st.warning(said, icon=":material/search_off:")
        else:
            st.info(
                "Click a node in the graph, or type its number, to see its bits and neighbours.",
                icon=":material/search:",
            )
    else:
        if said:
            st.caption(said)
        _node(scene, node)
    pinned_nodes(scene)


def _node(scene: Scene, node: int) -> None:
    with st.container(horizontal=True):
        neighbour_buttons(scene, node)
        pin_button(scene, node)
    st.markdown(_facts(scene, node))
    seen = _codes(scene, node)
    if seen is not None:
        _quantization(seen)
    arrived = _arrived(scene, node)
    tabs = st.tabs(_TABS, key="inspector-tab", on_change="rerun")
    if tabs[0].open:
        with tabs[0]:
            ego_view(scene, node, arrived)
    if tabs[1].open:
        with tabs[1]:
            if seen is None:
                st.info(_no_codes(scene), icon=":material/info:")
            else:
                show_figure(values_and_codes(seen, node, scene.palette), f"values-{node}")
                show_figure(code_histogram(seen, node, scene.palette), f"codes-{node}")
    if tabs[2].open:
        with tabs[2]:
            _messages(scene, node, arrived)
    _layers(scene, node)


def _facts(scene: Scene, node: int) -> str:
    row, edges = scene.nodes.iloc[node], scene.edges
    said = [f"**Node {node}**"]
    if "name" in row:
        # As code, so that no name becomes Markdown.
        said.append(f"`{' '.join(str(row['name']).replace('`', '').split())}`")
    said.append(f"in-degree {int(row['in_degree']):,}")
    if edges is not None:
        said.append(f"out-degree {int((edges[0] == node).sum()):,}")
    if "graph" in row:
        said.append(f"graph {int(row['graph'])}")
    if "split" in row:
        said.append(f"split: {row['split']}")
    number = (
        (lambda value: f"{value:.3g}") if scene.nodes["label"].dtype.kind == "f" else (lambda value: str(int(value)))
    )
    said.append(f"label {number(row['label'])}")
    quantized = f"predicted {number(row['prediction'])}"
    if "correct" in row:
        quantized += " :material/check: correct" if row["correct"] else " :material/close: wrong"
    said.append(quantized)
    if "prediction_fp32" in row:
        said.append(f"with quantizers off {number(row['prediction_fp32'])}")
    return " · ".join(said)


def _codes(scene: Scene, node: int) -> NodeCodes | None:
    taken = quantized_input(scene)
    if taken is None:
        return None
    place = taken.rows(np.array([node]))
    if not len(place):
        return None
    return node_codes(
        taken.values,
        taken.quantized,
        taken.step,
        scene.nodes["bits"].to_numpy()[taken.nodes],
        int(place[0]),
        taken.signed,
        taken.learned_bits,
    )


def _no_codes(scene: Scene) -> str:
    if quantized_input(scene) is not None:
        return "Layer inputs were kept of a sample of nodes, and this one is not among them; try a neighbour or a hub."
    return "Codes need a quantized run that kept its layer inputs" + (
        "." if scene.epoch == RESULT else f" of epoch {scene.epoch}; this one kept those of the result."
    )


def _quantization(seen: NodeCodes) -> None:
    with st.container(horizontal=True):
        st.metric("Bits", seen.bits, help="Effective bits: what one of the node's values costs to store.")
        if seen.learned_bits is not None:
            st.metric(
                "Learned → rounded",
                f"{seen.learned_bits:.2f} → {round(seen.learned_bits)}",
                help="The real number that was learned, and rounded; effective bits keep it within its bounds.",
            )
        st.metric("Step size", f"{seen.step:.3g}", help="Distance of two neighbouring codes.")
        st.metric("Range", f"{seen.low:.3g} … {seen.high:.3g}", help="Lowest and highest value a code stands for.")
        st.metric("Clipped", f"{seen.clipped:.0%}", help="Share of the node's values beyond the range.")
        st.metric("Rounding error", f"{seen.rounding.mean():.3g}", help="Mean |x_q − x| due to rounding.")
        st.metric("Clipping error", f"{seen.clipping.mean():.3g}", help="Mean |x_q − x| due to clipping.")


def _arrived(scene: Scene, node: int) -> Contributions | None:
    layer, edges = scene.aggregation_layer, scene.edges
    sent = None if layer is None else scene.tensor("sent", layer)
    if sent is None or edges is None or len(sent) != len(scene.nodes):
        return None
    return contributions(edges, sent, node, scene.run.config.model.name)


def _messages(scene: Scene, node: int, arrived: Contributions | None) -> None:
    if arrived is None:
        st.info(
            "Messages need a quantized run that kept what its layers send (the dataset's own features are not kept).",
            icon=":material/info:",
        )
        return
    bits = scene.nodes["bits"].to_numpy() if "bits" in scene.nodes else None
    show_figure(neighbour_bars(arrived, node, scene.palette, bits), f"messages-{node}")
    told = (
        f"What layer {scene.aggregation_layer} sums up for this node, after its quantizer. Colour: the sender's bits."
    )
    if LAYERS[scene.run.config.model.name].aggregation == "attention":
        told += " Attention weights are not kept with a run, so all messages count alike here."
    st.caption(told)


def _layers(scene: Scene, node: int) -> None:
    """Where several layers have bits: one row each."""
    layers = quantized_layers(scene.arrays)
    if len(layers) < 2:
        return
    columns = ("bits", "step", "magnitude", "error", "relative_error", "clipped")
    rows = [
        {"layer": layer} | {name: _value(scene.arrays[f"layer{layer}/{name}"][node]) for name in columns}
        for layer in layers
    ]
    if scene.epoch != RESULT:
        st.caption("Every layer at the result:")
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="node-layers", alt=f"Node {node} at the input of every layer")


def _value(value: np.generic) -> int | float:
    return int(value) if value.dtype.kind in "iu" else float(value)
