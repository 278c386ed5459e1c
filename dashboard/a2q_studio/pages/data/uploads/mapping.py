"""What each column of an upload means: guessed, and chosen."""

from collections.abc import Mapping
from typing import Any, TypedDict

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.mapping import guess
from a2q.datasets.importers.parts import Parts
from a2q.datasets.importers.tables import Table

_COLUMNS = 20
_NONE = "(none)"
_TASKS: dict[str, str | None] = {"As the labels look": None, "Classes": "classes", "Values": "values"}
_DIRECTIONS: dict[str, bool | None] = {"As the file says, else both ways": None, "One way": True, "Both ways": False}
_MISSING = {"In-degree, one-hot": "degree", "A constant 1": "constant"}


class Form(TypedDict):
    """How a CSV is written: whether its first row names the columns, and what stands before fractions."""

    header: bool | None
    decimal: str | None


def choose_columns(parts: Parts, form: Form) -> ImportConfig:
    """The guessed meaning of each column, to be changed; what is seen is what will be imported.

    Raises:
        DatasetError: the edges have no two columns.
    """
    guessed = guess(parts, ImportConfig())
    fields = ImportConfig.model_fields
    values: dict[str, Any] = {**form}
    with st.container(border=True, key="own-columns"):
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
                values["one_hot"] = st.multiselect(
                    "One-hot",
                    [name for name in parts.nodes.columns if not parts.nodes.numeric(name)],
                    key="own-role-one-hot",
                    placeholder="No categories",
                    help=fields["one_hot"].description,
                )
        task, direction, missing, seed, folds = st.columns(5)
        values["task"] = _choose(task, "task", "Predict", _TASKS)
        values["directed"] = _choose(direction, "directed", "Edges go", _DIRECTIONS)
        values["missing_features"] = _choose(missing, "missing_features", "Without features", _MISSING)
        values["seed"] = seed.number_input(
            "Seed of the split", 0, 2**31 - 1, 0, key="own-seed", help=fields["seed"].description
        )
        values["folds"] = folds.number_input(
            "Folds", 3, 100, None, key="own-folds", placeholder="One split", help=fields["folds"].description
        )
        values["title"] = st.text_input("Title", max_chars=60, key="own-title", placeholder="The file's name")
        values["stand_in_labels"] = st.checkbox(
            "Without labels, let classes by in-degree stand in",
            key="own-stand-in",
            help=fields["stand_in_labels"].description,
        )
    # A column of labels that was guessed to be a feature would give them away.
    roles = {values.get(role) for role in ("node", "label", "split", "graph")}
    chosen = {name: tuple(values.get(name) or ()) for name in ("features", "one_hot")}
    kept = {name: tuple(column for column in columns if column not in roles) for name, columns in chosen.items()}
    return ImportConfig.model_validate(values | kept | {"features": kept["features"] if chosen["features"] else None})


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
