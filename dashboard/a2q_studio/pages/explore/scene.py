"""What the views of one run share: its nodes at one layer and epoch, its edges, and the tensors it kept."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from a2q.experiments.store import Run, RunStore
from a2q.reports import node_table
from a2q.reports.error_decomposition import beyond, clipping_range
from a2q.reports.input_samples import stored_sample
from a2q.reports.quantized_input import QuantizedInput
from a2q.reports.tensors import EDGES, PREFIX
from a2q_studio.charts import Palette
from a2q_studio.ui.selection import Selection, selections
from a2q_studio.ui.shared_results import made_once, shared

RESULT = "result"
"""The epoch that is shown by default: the one the run reports, chosen on validation."""


@dataclass(frozen=True)
class Scene:
    """One run as all views see it.

    Attributes:
        store, run: where it is kept.
        moment: changes whenever the run's arrays may have.
        arrays: its node arrays.
        layer: whose input is looked at, from 1; None in FP32.
        nodes: the node table at that layer and epoch.
        epoch: a snapshot's, or "result".
        palette: colours of the reader's theme.
    """

    store: RunStore
    run: Run
    moment: str
    arrays: dict[str, np.ndarray]
    layer: int | None
    nodes: pd.DataFrame
    epoch: str
    palette: Palette

    @property
    def identity(self) -> tuple[str | int | None, ...]:
        """All that the node table follows from; figures of all nodes follow from it and the theme."""
        return self.run.id, self.moment, self.layer, self.epoch

    @property
    def selection(self) -> Selection | None:
        """The selected nodes, None for all."""
        return selections(self.run.id).now

    @property
    def focus(self) -> pd.DataFrame | None:
        """Rows of the selected nodes, None for all."""
        chosen = self.selection
        return None if chosen is None else self.nodes.iloc[chosen.nodes[chosen.nodes < len(self.nodes)]]

    def focus_for(self, chart: str) -> pd.DataFrame | None:
        """Rows to highlight in a chart: none where the selection was made, which keeps its own marks."""
        return None if self.selection is not None and self.selection.origin == chart else self.focus

    def figure(
        self, focus: pd.DataFrame | None, draw: Callable[[], go.Figure], *follows_from: str | int | None
    ) -> go.Figure:
        """The figure that ``draw`` draws; where it highlights nobody, one for all who look at the run."""
        return draw() if focus is not None else made_once(draw, *follows_from, *self.identity, self.palette.theme)

    @property
    def edges(self) -> np.ndarray | None:
        """Source and target, [2, num_edges]; None where the run has none."""
        return _array(self.store, self.run.id, EDGES, self.moment)

    def tensor(self, what: str, layer: int | None = None) -> np.ndarray | None:
        """What :mod:`a2q.reports.tensors` keeps of a layer, such as ``values``; by default of the one looked at."""
        number = layer or self.layer
        return _array(self.store, self.run.id, f"{PREFIX}layer{number}/{what}", self.moment)

    @property
    def aggregation_layer(self) -> int | None:
        """The convolution whose sum the layer reads: itself where it aggregates first, else the one before."""
        if self.layer is None:
            return None
        return self.layer if self.arrays.get("aggregates_first", np.zeros(1))[0] else self.layer - 1

    def file_name(self, what: str) -> str:
        """Name of a download: project, run, what it is."""
        return f"a2q-{self.run.id}-{what}"


def set_scene(
    store: RunStore, run: Run, arrays: dict[str, np.ndarray], layer: int | None, epoch: str, palette: Palette
) -> Scene:
    """Put together what the views share; a snapshot's bits replace those of the result."""
    moment = f"{run.state} {run.progress:.4f}"
    scene = Scene(store, run, moment, arrays, layer, _nodes(store, run.id, layer, moment, arrays), epoch, palette)
    if epoch == RESULT or layer is None:
        return scene
    columns = {"bits": snapshots(store, run, layer)[int(epoch)].astype(np.int64)}
    taken = quantized_input(scene)
    if taken is not None and _of_all(scene, taken):
        columns |= taken.node_columns()
    return replace(scene, nodes=scene.nodes.assign(**columns))


def snapshots(store: RunStore, run: Run, layer: int) -> dict[int, np.ndarray]:
    """Every node's bits at the epochs the run kept."""
    return _snapshots(store, run.id, layer, f"{run.state} {run.progress:.4f}")


def in_words(scene: Scene) -> str:
    """What of the node table is of another epoch than the result; empty where nothing is."""
    if scene.epoch == RESULT:
        return ""
    taken = quantized_input(scene)
    if taken is not None and _of_all(scene, taken):
        return f"Bits, step sizes and errors as they were at epoch {scene.epoch}."
    return f"Bits as they were at epoch {scene.epoch}; step sizes and errors of the nodes are the result's."


def _of_all(scene: Scene, taken: QuantizedInput) -> bool:
    return len(taken.nodes) == len(scene.nodes)


def quantized_input(scene: Scene) -> QuantizedInput | None:
    """Values before and after quantization at the epoch that is shown, of all nodes or of a sample; None where the
    run kept none."""
    return _quantized_input(scene, scene.run.id, scene.layer, scene.epoch, scene.moment)


@shared
def _array(_store: RunStore, run_id: str, name: str, moment: str) -> np.ndarray | None:
    return _store.array(run_id, name)


@shared
def _snapshots(_store: RunStore, run_id: str, layer: int, moment: str) -> dict[int, np.ndarray]:
    return _store.snapshots(run_id, f"layer{layer}/bits")


@shared
def _nodes(
    _store: RunStore, run_id: str, layer: int | None, moment: str, _arrays: dict[str, np.ndarray]
) -> pd.DataFrame:
    # Of an FP32 run the sum that the second layer reads is shown, as a quantized run's first layer with bits does.
    return node_table(_arrays, layer or 2)


@shared
def _quantized_input(_scene: Scene, run_id: str, layer: int | None, epoch: str, moment: str) -> QuantizedInput | None:
    if layer is None:
        return None
    if epoch != RESULT:
        return stored_sample(lambda name: _scene.store.array(run_id, name, int(epoch)), layer)
    values, quantized = _scene.tensor("values"), _scene.tensor("quantized")
    if values is None or quantized is None or len(values) != len(_scene.nodes):
        # Not written before a run's end, and not where they would be too large.
        return stored_sample(lambda name: _scene.store.array(run_id, name), layer)
    step = _scene.arrays[f"layer{layer}/step"]
    bits = _scene.arrays[f"layer{layer}/bits"]
    signed = _scene.tensor("signed")
    clipped = beyond(values, *clipping_range(values, quantized, step, bits, signed))
    nodes = np.arange(len(values))
    return QuantizedInput(nodes, values, quantized, clipped, step, signed, _scene.tensor("learned_bits"))
