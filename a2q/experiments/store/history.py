"""What runs recorded: metrics of every epoch, node arrays and checkpoints."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict

import numpy as np
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from a2q.experiments.store.arrays import pack, unpack
from a2q.experiments.store.schema import ArrayRow, EpochRow
from a2q.training import EpochMetrics

CHECKPOINT = "checkpoint"


class RunHistory:
    """Epochs and arrays of all runs in one database.

    Args:
        engine: the open database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def epochs(self, run_id: str, after: int = 0) -> Sequence[EpochMetrics]:
        """The run's history beyond epoch ``after``, in order."""
        # Plain columns: thousands of rows as mapped objects would take a page a good part of a second.
        columns = [getattr(EpochRow, name) for name in EpochMetrics.__dataclass_fields__]
        rows = select(*columns).where(EpochRow.run_id == run_id, EpochRow.epoch > after).order_by(EpochRow.epoch)
        with Session(self._engine) as session:
            return [EpochMetrics(*row) for row in session.execute(rows)]

    def array(self, run_id: str, name: str, epoch: int = 0) -> np.ndarray | None:
        """One stored array; epoch 0 is the latest. None where there is none."""
        payload = self.payload(run_id, name, epoch)
        return None if payload is None else unpack(payload)

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
            return {row.name: unpack(row.payload) for row in session.scalars(rows)}

    def snapshots(self, run_id: str, name: str) -> dict[int, np.ndarray]:
        """An array's snapshots by epoch, in order."""
        rows = select(ArrayRow).where(ArrayRow.run_id == run_id, ArrayRow.name == name, ArrayRow.epoch > 0)
        with Session(self._engine) as session:
            return {row.epoch: unpack(row.payload) for row in session.scalars(rows.order_by(ArrayRow.epoch))}

    def payload(self, run_id: str, name: str, epoch: int = 0) -> bytes | None:
        """The stored bytes of an array or checkpoint."""
        with Session(self._engine) as session:
            row = session.get(ArrayRow, (run_id, name, epoch))
            return row.payload if row is not None else None

    def payloads(self, run_id: str) -> dict[tuple[str, int], bytes]:
        """The stored bytes of all arrays of a run by name and epoch, tensors and snapshots included, no checkpoint."""
        rows = select(ArrayRow).where(ArrayRow.run_id == run_id, ArrayRow.name != CHECKPOINT)
        with Session(self._engine) as session:
            return {(row.name, row.epoch): row.payload for row in session.scalars(rows)}

    def add_epochs(self, run_id: str, epochs: Iterable[EpochMetrics]) -> None:
        """Append to the run's history."""
        with Session(self._engine) as session, session.begin():
            session.add_all(EpochRow(run_id=run_id, **asdict(metrics)) for metrics in epochs)

    def forget_epochs(self, run_id: str, after: int) -> None:
        """Drop history beyond a checkpoint, before the run goes on from there."""
        with Session(self._engine) as session, session.begin():
            session.execute(delete(EpochRow).where(EpochRow.run_id == run_id, EpochRow.epoch > after))
            session.execute(delete(ArrayRow).where(ArrayRow.run_id == run_id, ArrayRow.epoch > after))

    def put(self, run_id: str, arrays: dict[str, np.ndarray], epoch: int = 0) -> None:
        """Store arrays, replacing those of the same name and epoch."""
        self.put_payloads(run_id, {name: pack(array) for name, array in arrays.items()}, epoch)

    def put_payloads(self, run_id: str, payloads: dict[str, bytes], epoch: int = 0) -> None:
        """Store bytes, replacing those of the same name and epoch."""
        with Session(self._engine) as session, session.begin():
            old = ArrayRow.name.in_(payloads) & (ArrayRow.run_id == run_id) & (ArrayRow.epoch == epoch)
            session.execute(delete(ArrayRow).where(old))
            session.add_all(
                ArrayRow(run_id=run_id, name=name, epoch=epoch, payload=payload) for name, payload in payloads.items()
            )
