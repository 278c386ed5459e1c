"""What runs recorded: metrics of every epoch, node arrays and checkpoints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from a2q.experiments.store.arrays import pack, unpack
from a2q.experiments.store.errors import DamagedRunError
from a2q.experiments.store.patience import Answer, patiently
from a2q.experiments.store.schema import ArrayRow, EpochRow
from a2q.training import EpochMetrics
from a2q.units import MOST_BITS

if TYPE_CHECKING:
    # Commands that look at no array do not wait for it.
    import numpy as np

CHECKPOINT = "checkpoint"


class RunHistory:
    """Epochs and arrays of all runs in one database.

    Args:
        engine: the open database.
        patience: for how many seconds what a worker reads and writes is tried again while the store is locked, or its
            server away.
    """

    def __init__(self, engine: Engine, patience: float = 0.0) -> None:
        self._engine = engine
        self._patience = patience

    def _transaction(self, step: Callable[[Session], Answer]) -> Answer:
        def whole() -> Answer:
            with Session(self._engine) as session, session.begin():
                return step(session)

        return patiently(whole, self._patience)

    def epochs(self, run_id: str, after: int = 0) -> Sequence[EpochMetrics]:
        """The run's history beyond epoch ``after``, in order.

        Raises:
            DamagedRunError: a row holds anything else.
        """
        # Plain columns: thousands of rows as mapped objects would take a page a good part of a second.
        columns = [getattr(EpochRow, name) for name in EpochMetrics.__dataclass_fields__]
        rows = select(*columns).where(EpochRow.run_id == run_id, EpochRow.epoch > after).order_by(EpochRow.epoch)
        try:
            found = self._transaction(lambda session: [EpochMetrics(*row) for row in session.execute(rows)])
        except (ValueError, TypeError) as error:
            raise DamagedRunError(run_id, "The history") from error
        if not all(map(_is_whole, found)):
            raise DamagedRunError(run_id, "The history")
        return found

    def array(self, run_id: str, name: str, epoch: int = 0) -> np.ndarray | None:
        """One stored array; epoch 0 is the latest. None where there is none.

        Raises:
            DamagedRunError: it is not what was stored; so do the two below.
        """
        payload = self.payload(run_id, name, epoch)
        return None if payload is None else unpacked(run_id, name, payload)

    def arrays(self, run_id: str) -> dict[str, np.ndarray]:
        """All latest node arrays of a run, by name; not the tensors of :mod:`a2q.reports.tensors`, which are large."""
        from a2q.reports.tensors import PREFIX

        rows = select(ArrayRow).where(
            ArrayRow.run_id == run_id,
            ArrayRow.epoch == 0,
            ArrayRow.name != CHECKPOINT,
            ArrayRow.name.not_like(f"{PREFIX}%"),
        )
        with Session(self._engine) as session:
            return {row.name: unpacked(run_id, row.name, row.payload) for row in session.scalars(rows)}

    def snapshots(self, run_id: str, name: str) -> dict[int, np.ndarray]:
        """An array's snapshots by epoch, in order."""
        rows = select(ArrayRow).where(ArrayRow.run_id == run_id, ArrayRow.name == name, ArrayRow.epoch > 0)
        with Session(self._engine) as session:
            found = session.scalars(rows.order_by(ArrayRow.epoch))
            return {row.epoch: unpacked(run_id, name, row.payload) for row in found}

    def payload(self, run_id: str, name: str, epoch: int = 0) -> bytes | None:
        """The stored bytes of an array or checkpoint."""
        place = (ArrayRow.run_id == run_id) & (ArrayRow.name == name) & (ArrayRow.epoch == epoch)
        return self._transaction(lambda session: session.scalar(select(ArrayRow.payload).where(place)))

    def payloads(self, run_id: str) -> dict[tuple[str, int], bytes]:
        """The stored bytes of all arrays of a run by name and epoch, tensors and snapshots included, no checkpoint."""
        rows = select(ArrayRow).where(ArrayRow.run_id == run_id, ArrayRow.name != CHECKPOINT)
        with Session(self._engine) as session:
            return {(row.name, row.epoch): row.payload for row in session.scalars(rows)}

    def add_epochs(self, run_id: str, epochs: Iterable[EpochMetrics]) -> None:
        """Append to the run's history; epochs that are there already are replaced."""
        rows = {metrics.epoch: {"run_id": run_id, **asdict(metrics)} for metrics in epochs}

        def add(session: Session) -> None:
            # What a server kept without a word is written again after the fault.
            session.execute(delete(EpochRow).where(EpochRow.run_id == run_id, EpochRow.epoch.in_(rows)))
            session.add_all(EpochRow(**row) for row in rows.values())

        self._transaction(add)

    def forget_epochs(self, run_id: str, after: int) -> None:
        """Drop history beyond a checkpoint, before the run goes on from there."""

        def forget(session: Session) -> None:
            session.execute(delete(EpochRow).where(EpochRow.run_id == run_id, EpochRow.epoch > after))
            session.execute(delete(ArrayRow).where(ArrayRow.run_id == run_id, ArrayRow.epoch > after))

        self._transaction(forget)

    def put(self, run_id: str, arrays: dict[str, np.ndarray], epoch: int = 0) -> None:
        """Store arrays, replacing those of the same name and epoch."""
        self.put_payloads(run_id, {name: pack(array) for name, array in arrays.items()}, epoch)

    def put_payloads(self, run_id: str, payloads: dict[str, bytes], epoch: int = 0) -> None:
        """Store bytes, replacing those of the same name and epoch."""
        old = ArrayRow.name.in_(payloads) & (ArrayRow.run_id == run_id) & (ArrayRow.epoch == epoch)

        def replace(session: Session) -> None:
            session.execute(delete(ArrayRow).where(old))
            session.add_all(
                ArrayRow(run_id=run_id, name=name, epoch=epoch, payload=payload) for name, payload in payloads.items()
            )

        self._transaction(replace)


def unpacked(run_id: str, name: str, payload: bytes) -> np.ndarray:
    """The array of a run's row.

    Raises:
        DamagedRunError: the bytes are not those that were stored.
    """
    try:
        return unpack(payload)
    except ValueError as error:
        raise DamagedRunError(run_id, f"The array {name}") from error


def _is_whole(metrics: EpochMetrics) -> bool:
    """Whether a row holds numbers, and counts of nodes by bits; databases keep whatever they are given."""
    held = vars(metrics).copy()
    counts = held.pop("bit_counts")
    layers = isinstance(counts, list) and all(
        isinstance(layer, list) and len(layer) == MOST_BITS + 1 for layer in counts
    )
    numbers = [*held.values(), *(count for layer in counts for count in layer)] if layers else []
    return layers and all(isinstance(number, int | float) for number in numbers)
