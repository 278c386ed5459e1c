"""The first rows of an upload as they will be read, before anything is imported."""

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from a2q.datasets.importers.categories import places
from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.features import finite
from a2q.datasets.importers.parts import Adjacency, Matrix, Parts
from a2q.datasets.importers.splits import PARTS, says_folds, split_of
from a2q.datasets.importers.tables import Batch, Table

_ROWS = 5
_COLUMNS = 20
"""Of a matrix of features, which have no names."""


def first_rows(parts: Parts, config: ImportConfig) -> dict[str, pd.DataFrame]:
    """A table for "Edges", "Nodes", "Graphs" and "Features", of those that there are, of 5 rows each.

    Args:
        parts: what the files hold.
        config: what their columns mean, every column filled in.

    Raises:
        DatasetError: one of these rows cannot be read.
    """
    found = {"Edges": _edges(parts.edges, config)}
    labelled = parts.nodes if parts.graphs is None else parts.graphs
    for title, table in (("Nodes", parts.nodes), ("Graphs", parts.graphs)):
        if table is not None:
            roles = (
                {"node": config.node, "graph": config.graph} if title == "Nodes" else {"graph": _name(table, config)}
            )
            roles |= {"label": config.label, "split": config.split} if table is labelled else {}
            found[title] = _rows(table, roles, config, parts.features is None and title == "Nodes")
    if parts.features is not None:
        found["Features"] = _matrix(parts.features)
    return found


def _edges(edges: Table | Adjacency, config: ImportConfig) -> pd.DataFrame:
    if isinstance(edges, Adjacency):
        return pd.DataFrame({"from": edges.source[:_ROWS], "to": edges.target[:_ROWS]})
    batch = _first(edges)
    ends = {"from": config.source, "to": config.target}
    return pd.DataFrame(
        {f"{column} ({end})": batch.names(str(column), "node").to_pylist() for end, column in ends.items()}
    )


def _rows(table: Table, roles: dict[str, str | None], config: ImportConfig, features: bool) -> pd.DataFrame:
    batch = _first(table)
    found: dict[str, object] = {}
    for role, column in roles.items():
        if not column:
            continue
        if role in ("node", "graph"):
            found[f"{column} ({role})"] = batch.names(column, role).to_pylist()
        elif role == "split":
            found[f"{column} (split)"] = _parts_shown(batch, column)
        else:
            found[f"{column} (label)"] = _labels(batch, column, config)
    for column in (config.features or ()) if features else ():
        found[column] = finite(batch, column).astype(np.float32)
    for column in config.one_hot if features else ():
        values = sorted(value for value in pc.unique(batch.text(column)).to_pylist() if value is not None)
        of_row = places(batch, column, values)
        found |= {f"{column} = {value}": (of_row == place).astype(np.float32) for place, value in enumerate(values)}
    return pd.DataFrame(found)


def _parts_shown(batch: Batch, column: str) -> list[str]:
    if says_folds(batch.table, column):
        return ["none" if np.isnan(number) else f"fold {number:g}" for number in batch.numbers(column)]
    return [("none", *PARTS)[part] for part in split_of(batch, column)]


def _labels(batch: Batch, column: str, config: ImportConfig) -> list[object]:
    table = batch.table
    if table.numeric(column) and config.task != "classes" and (config.task or _fractions(batch, column)):
        return list(batch.numbers(column))
    return list(batch.texts(column))


def _fractions(batch: Batch, column: str) -> bool:
    numbers = batch.numbers(column)
    return bool((numbers[~np.isnan(numbers)] % 1 != 0).any())


def _matrix(features: Matrix) -> pd.DataFrame:
    rows = features.values[:_ROWS, :_COLUMNS]
    dense = rows if isinstance(rows, np.ndarray) else rows.toarray()
    return pd.DataFrame(dense, columns=[f"feature {place}" for place in range(1, dense.shape[1] + 1)])


def _first(table: Table) -> Batch:
    whole = table.first_rows()
    return Batch(table, 0, whole.rows.slice(0, _ROWS))


def _name(graphs: Table, config: ImportConfig) -> str:
    return config.graph if config.graph and config.graph in graphs.columns else graphs.columns[0]
