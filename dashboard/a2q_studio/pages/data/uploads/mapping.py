"""A look at what was uploaded, and what each column means."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.mapping import guess
from a2q.datasets.importers.parts import Adjacency, Parts
from a2q.datasets.importers.tables import Table

_ROWS = 5
_COLUMNS = 20
_NONE = "(none)"
_TASKS: dict[str, str | None] = {"As the labels look": None, "Classes": "classes", "Values": "values"}
_DIRECTIONS: dict[str, bool | None] = {"As the file says, else both ways": None, "One way": True, "Both ways": False}
_MISSING = {"In-degree, one-hot": "degree", "A constant 1": "constant"}


def preview(parts: Parts) -> None:
    """The first rows of every table, and the sizes of matrices."""
    if isinstance(parts.edges, Adjacency):
        st.caption(f"{len(parts.edges.source):,} entries between {parts.edges.nodes:,} numbered nodes.")
    else:
        _head("Edges", parts.edges)
    for title, table in (("Nodes", parts.nodes), ("Graphs", parts.graphs)):
        if table is not None:
            _head(title, table)
    if parts.features is not None:
        rows, columns = parts.features.shape
        st.caption(f"Features: {columns:,} for each of {rows:,} nodes.")


def choose_columns(parts: Parts, header: bool | None) -> ImportConfig | None:
    """A form with the guessed meaning of each column; the config when *Import* is pressed, else None.

    Raises:
        DatasetError: the edges have no two columns.
    """
    guessed = guess(parts, ImportConfig())
    fields = ImportConfig.model_fields
    values: dict[str, Any] = {"header": header}
    with st.form("own-columns"):
        if isinstance(parts.edges, Table):
            for column, role in zip(st.columns(2), ("source", "target"), strict=True):
                with column:
                    values[role] = _pick(role, parts.edges, getattr(guessed, role), optional=False)
        if parts.nodes is not None:
            labelled = parts.nodes if parts.graphs is None else parts.graphs
            tables = {"node": parts.nodes, "label": labelled, "split": labelled, "graph": parts.nodes}
            for column, (role, table) in zip(st.columns(4), tables.items(), strict=True):
                with column:
                    values[role] = _pick(role, table, getattr(guessed, role))
            if parts.features is None:
                values["features"] = st.multiselect(
                    str(fields["features"].title),
                    parts.nodes.columns,
                    list(guessed.features or ()) if len(guessed.features or ()) <= _COLUMNS else [],
                    key="own-role-features",
                    placeholder="All columns of numbers that are left",
                    help="Columns of numbers that describe a node; empty: all that are left.",
                )
        task, direction, missing, seed = st.columns(4)
        values["task"] = _choose(task, "task", "Predict", _TASKS)
        values["directed"] = _choose(direction, "directed", "Edges go", _DIRECTIONS)
        values["missing_features"] = _choose(missing, "missing_features", "Without features", _MISSING)
        values["seed"] = seed.number_input(
            "Seed of the split", 0, 2**31 - 1, 0, key="own-seed", help=fields["seed"].description
        )
        values["title"] = st.text_input("Title", max_chars=60, key="own-title", placeholder="The file's name")
        values["stand_in_labels"] = st.checkbox(
            "Without labels, let classes by in-degree stand in",
            key="own-stand-in",
            help=fields["stand_in_labels"].description,
        )
        pressed = st.form_submit_button("Import", type="primary", icon=":material/download_done:")
    if not pressed:
        return None
    return ImportConfig.model_validate(values | {"features": tuple(values.get("features") or ()) or None})


def _pick(role: str, table: Table, guessed: str | None, optional: bool = True) -> str:
    field = ImportConfig.model_fields[role]
    options = [_NONE, *table.columns] if optional else list(table.columns)
    chosen = st.selectbox(
        str(field.title),
        options,
        index=options.index(guessed) if guessed in options else 0,
        key=f"own-role-{role}",
        help=field.description,
    )
    return "" if chosen == _NONE and optional else chosen


def _choose(column: DeltaGenerator, name: str, label: str, options: Mapping[str, Any]) -> Any:
    about = ImportConfig.model_fields[name].description
    return options[column.selectbox(label, list(options), key=f"own-{name}", help=about)]


def _head(title: str, table: Table) -> None:
    columns = table.columns[:_COLUMNS]
    more = f", the first {_COLUMNS}" if len(table.columns) > _COLUMNS else ""
    st.caption(f"{title}: the first rows of {len(table.columns):,} columns{more}")
    head = table.head.select(list(columns)).slice(0, _ROWS).to_pylist()
    # As text: a column may hold lists, bytes or dates.
    rows = [{name: "" if value is None else str(value) for name, value in row.items()} for row in head]
    st.dataframe(pd.DataFrame(rows, columns=list(columns)), hide_index=True, alt=f"First rows of the {title.lower()}")
