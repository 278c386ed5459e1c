"""Where nodes stand on the page: layouts that are there at once, and one that is computed elsewhere."""

from dataclasses import dataclass

import numpy as np

from a2q.layouts import Layout, degree_rings, hop_rings, hops_from, kept_layout, principal_axes, request_layout
from a2q.layouts.layout_cache import layout_key
from a2q_studio.pages.explore.scene import Scene
from a2q_studio.ui.shared_results import made_once, shared

MOST_HOPS = 3


@dataclass(frozen=True)
class Placed:
    """Nodes at their places, or why not yet.

    Attributes:
        coordinates: [num_nodes, 2], NaN for nodes that are not drawn; None where there are none.
        key: of what depends on these places.
        note: a sentence about them.
        progress: share done while they are computed.
        failed: whether they cannot be had; ``note`` says why.
    """

    coordinates: np.ndarray | None
    key: str
    note: str = ""
    progress: float | None = None
    failed: bool = False


def place_nodes(scene: Scene, layout: str, node: int | None) -> Placed:
    """The places of all nodes in one of the layouts; asks for the force-directed one where it is not there yet."""
    edges = scene.edges
    count = len(scene.nodes)
    if layout == "rings":
        key = f"rings {scene.run.id} {scene.moment}"
        return Placed(made_once(lambda: degree_rings(scene.nodes["in_degree"].to_numpy()), key), key)
    if layout == "embedding":
        values = scene.tensor("values")
        if values is None or len(values) != count:
            why = "This run kept no layer inputs, which the embedding is made of; choose another layout."
            return Placed(None, "", why, failed=True)
        note = "Where nodes stand: the first two principal components of what enters the layer."
        key = f"embedding {scene.run.id} {scene.layer} {scene.moment}"
        return Placed(made_once(lambda: principal_axes(values), key), key, note)
    if edges is None:
        return Placed(None, "", "This run kept no edges; choose degree rings, or train it again.", failed=True)
    if layout == "hops":
        if node is None:
            return Placed(None, "", "K-hop rings stand around one node: name it in the inspector.", failed=True)
        places = hop_rings(edges, count, node)
        near = hops_from(edges, count, node) <= MOST_HOPS
        places[~near] = np.nan
        drawn = int(np.isfinite(places[:, 0]).sum())
        note = f"Node {node} in the middle and the {drawn - 1:,} nodes at most {MOST_HOPS} hops away."
        return Placed(places, f"hops {layout_key(edges, count)} {node}", note)
    return _force(scene, edges, count)


def _force(scene: Scene, edges: np.ndarray, count: int) -> Placed:
    key = made_once(lambda: layout_key(edges, count), "layout key", scene.run.id, scene.moment)
    found = _kept(key, edges, count)
    if found.coordinates is not None:
        return Placed(found.coordinates, f"force {key}")
    if found.reason:
        return Placed(None, key, found.reason, failed=True)
    request_layout(edges, count)
    found = _kept(key, edges, count)
    if found.coordinates is not None:
        return Placed(found.coordinates, f"force {key}")
    note = f"Laying out {count:,} nodes and {edges.shape[1]:,} edges, once for all runs on this graph"
    return Placed(None, key, note, progress=found.progress or 0.0)


def _kept(key: str, edges: np.ndarray, count: int) -> Layout:
    """The layout, read once; asked for anew until it is there."""
    try:
        return _finished(key, edges, count)
    except LookupError:
        return kept_layout(edges, count)


@shared
def _finished(key: str, _edges: np.ndarray, _count: int) -> Layout:
    found = kept_layout(_edges, _count)
    if found.coordinates is None:
        # What is raised is not kept.
        raise LookupError(key)
    return found
