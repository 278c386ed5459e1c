"""Long reads that say how far they are, and end where nobody wants them any more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from a2q.datasets.importers.parts import Parts
from a2q.datasets.importers.tables import Table
from a2q.datasets.progress import Progress

EVERY_ROWS = 100_000


@dataclass
class Stage:
    """What an import does now. Reports go to ``progress``; what that raises ends the import.

    Args:
        progress: told the fraction (0 to 1) and a sentence.
    """

    progress: Progress
    _fraction: float = 0.0
    _sentence: str = ""

    def enter(self, fraction: float, sentence: str) -> None:
        """Begin the next stage."""
        self._fraction, self._sentence = fraction, sentence
        self.progress(fraction, sentence)

    def rows(self, name: str, done: int) -> None:
        """So many rows of a file were read for this stage."""
        self.progress(self._fraction, f"{self._sentence}: {done:,} rows of {name}")


def with_progress(parts: Parts, stage: Stage) -> Parts:
    """The same, with tables that report to ``stage`` after every 100,000 rows that are read of them."""
    edges, nodes, graphs = parts.edges, parts.nodes, parts.graphs
    return replace(
        parts,
        edges=_followed(edges, stage) if isinstance(edges, Table) else edges,
        nodes=_followed(nodes, stage) if nodes else None,
        graphs=_followed(graphs, stage) if graphs else None,
    )


def _followed(table: Table, stage: Stage) -> Table:
    def read(columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        done = told = 0
        for batch in table.read(columns):
            yield batch
            done += batch.num_rows
            if done - told >= EVERY_ROWS:
                told = done
                stage.rows(table.name, done)

    return replace(table, read=read)
