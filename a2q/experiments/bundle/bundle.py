"""One run with everything it recorded, to be taken from one run store to another."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from a2q.experiments.bundle.arrays import LATEST, Arrays
from a2q.experiments.store.arrays import pack
from a2q.experiments.store.errors import RunError
from a2q.experiments.store.history import unpacked
from a2q.experiments.store.run import Run
from a2q.experiments.store.run_store import RunStore
from a2q.reports.node_table import quantized_layers
from a2q.reports.tensors import PREFIX
from a2q.training import EpochMetrics


@dataclass(frozen=True)
class Bundle:
    """An ended run outside of a store.

    Attributes:
        run: settings, state, times and report.
        epochs: its history, in order.
        all_arrays: what it stored, by name and epoch; epoch 0 holds the values as at the end.
    """

    run: Run
    epochs: Sequence[EpochMetrics]
    all_arrays: Arrays

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """Node arrays as at the end, by name, as :meth:`RunStore.arrays` has them."""
        return {
            name: array
            for (name, epoch), array in self.all_arrays.items()
            if epoch == LATEST and not name.startswith(PREFIX)
        }

    @property
    def layers(self) -> list[int]:
        """Layers, from 1, whose input has bits per node."""
        return quantized_layers(self.arrays)

    def array(self, name: str) -> np.ndarray | None:
        """One array as at the end; None where there is none."""
        return self.all_arrays.get((name, LATEST))

    def snapshots(self, name: str) -> dict[int, np.ndarray]:
        """An array's snapshots by epoch, in order."""
        return {
            epoch: array
            for (other, epoch), array in sorted(self.all_arrays.items())
            if other == name and epoch > LATEST
        }


def bundle_of(store: RunStore, run: Run) -> Bundle:
    """Everything that an ended run recorded.

    Raises:
        RunError: the run is still active, or damaged.
    """
    if run.is_active:
        raise RunError(f"Run {run.id} is {run.state}; a run can be exported when it has ended.")
    arrays = {place: unpacked(run.id, place[0], payload) for place, payload in store.payloads(run.id).items()}
    return Bundle(run, store.epochs(run.id), arrays)


def import_bundle(store: RunStore, bundle: Bundle) -> Run:
    """Put a run into a store, under its own id where that is free, and return it as it is there.

    A run that the store has already, by id, settings and time, is not put there twice.
    """
    payloads = _payloads(bundle.all_arrays)
    run = bundle.run
    while not store.insert_imported(run, bundle.epochs, payloads):
        known = store.get(run.id)
        if known.config == run.config and known.created == run.created:
            return known
        run = replace(run, id=uuid.uuid4().hex[:12])
    return store.get(run.id)


def _payloads(arrays: Arrays) -> Mapping[tuple[str, int], bytes]:
    return {place: pack(array) for place, array in arrays.items()}
