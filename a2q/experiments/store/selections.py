"""Selections of nodes that people saved with a run, so that a link can name them; they change no result."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Engine, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from a2q.experiments.store.arrays import pack, unpack
from a2q.experiments.store.errors import RunError, UnknownRunError
from a2q.experiments.store.schema import RunRow, SelectionRow

if TYPE_CHECKING:
    # Commands that look at no array do not wait for it.
    import numpy as np

MOST_SELECTIONS = 100
"""Of one run."""
MOST_NAME_CHARACTERS = 80
_ID = re.compile(r"[0-9a-f]{12}")
_LARGEST = 2**31 - 1


@dataclass(frozen=True)
class SavedSelection:
    """A selection by its name, without its nodes.

    Attributes:
        id: what links hold; it never stands for other nodes.
        name: what people call it, one line, no two of a run the same.
        num_nodes: how many nodes it has.
    """

    id: str
    name: str
    num_nodes: int


class SavedSelections:
    """The saved selections of all runs in one database.

    Args:
        engine: the open database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, run_id: str) -> Sequence[SavedSelection]:
        """The run's saved selections, in the order they were saved in."""
        columns = (SelectionRow.id, SelectionRow.name, SelectionRow.num_nodes)
        rows = select(*columns).where(SelectionRow.run_id == run_id).order_by(SelectionRow.created, SelectionRow.id)
        with Session(self._engine) as session:
            return [SavedSelection(*row) for row in session.execute(rows)]

    def nodes(self, run_id: str, selection_id: str) -> np.ndarray | None:
        """The numbers of a saved selection's nodes, int64 and ascending; None where the run has no such selection."""
        import numpy as np

        if not _ID.fullmatch(selection_id):
            return None
        with Session(self._engine) as session:
            row = session.get(SelectionRow, (run_id, selection_id))
            return None if row is None else unpack(row.payload).astype(np.int64)

    def save(self, run_id: str, name: str, nodes: Iterable[int] | np.ndarray) -> SavedSelection:
        """Save nodes under a name.

        Args:
            run_id: the whole id.
            name: 1 to 80 characters; spaces around it and line breaks go.
            nodes: their numbers, in any order; at least one.

        Raises:
            UnknownRunError: there is no such run.
            RunError: the name is empty, too long or taken, the nodes are none or no node numbers, or the run has 100
                saved selections already.
        """
        called, numbers = _checked_name(name), _checked_nodes(nodes)
        kept = SavedSelection(uuid.uuid4().hex[:12], called, len(numbers))
        row = SelectionRow(
            run_id=run_id,
            id=kept.id,
            name=called,
            created=time.time(),
            num_nodes=len(numbers),
            payload=pack(numbers),
        )
        taken = f"This run has a selection {called!r} already; choose another name, or delete that one."
        try:
            with Session(self._engine) as session, session.begin():
                if session.get(RunRow, run_id) is None:
                    raise UnknownRunError(f"There is no run {run_id!r}; give an id from the list of runs.")
                names = session.scalars(select(SelectionRow.name).where(SelectionRow.run_id == run_id)).all()
                if called in names:
                    raise RunError(taken)
                if len(names) >= MOST_SELECTIONS:
                    raise RunError(f"A run has at most {MOST_SELECTIONS} saved selections; delete one first.")
                session.add(row)
        except IntegrityError as error:
            # Somebody saved one of this name, or deleted the run, between the look and the write; or the server takes
            # names for equal that differ in case.
            raise RunError(taken) from error
        return kept

    def delete(self, run_id: str, selection_id: str) -> bool:
        """Remove a saved selection; False when there was none, for somebody else may have removed it."""
        fits = (SelectionRow.run_id == run_id) & (SelectionRow.id == selection_id)
        with self._engine.begin() as connection:
            return connection.execute(delete(SelectionRow).where(fits)).rowcount == 1


def _checked_name(name: str) -> str:
    words = " ".join("".join(character if character.isprintable() else " " for character in name).split())
    if not words:
        raise RunError(f"The selection has no name; give it one of 1 to {MOST_NAME_CHARACTERS} characters.")
    if len(words) > MOST_NAME_CHARACTERS:
        raise RunError(f"The name has {len(words):,} characters; keep it to {MOST_NAME_CHARACTERS}.")
    return words


def _checked_nodes(nodes: Iterable[int] | np.ndarray) -> np.ndarray:
    import numpy as np

    numbers = np.unique(np.asarray(nodes if isinstance(nodes, np.ndarray) else list(nodes)))
    if numbers.size == 0:
        raise RunError("The selection has no nodes; select some before saving it.")
    if numbers.dtype.kind not in "iu" or numbers[0] < 0 or numbers[-1] > _LARGEST:
        raise RunError(f"A selection is of node numbers, 0 to {_LARGEST:,}.")
    return numbers.astype(np.int32)
