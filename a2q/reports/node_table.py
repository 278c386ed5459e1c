"""One row per node: degree, bits, aggregation value and error, ready for charts and files."""

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

DEGREE_EDGES = (-1, 1, 2, 3, 5, 10, 30, np.inf)
DEGREE_GROUPS = ("≤ 1", "2", "3", "4–5", "6–10", "11–30", "> 30")
SPLITS = ("none", "train", "validation", "test")

COLUMNS = {
    "node": "number of the node, from 0",
    "name": "name of the node, where the dataset has one",
    "in_degree": "incoming edges, self-loops not counted",
    "degree_group": "group of in-degrees",
    "bits": "effective bits of the node's features entering the layer",
    "step": "step size of the node's features",
    "aggregation_fp32": "mean |feature| of the sum over neighbours that the layer reads, quantizers off",
    "aggregation": "mean |feature| of the sum over neighbours that the layer reads, quantizers on",
    "magnitude": "mean |x| entering the layer",
    "error": "mean |x_q - x| entering the layer",
    "relative_error": "error over magnitude",
    "clipped": "share of the node's values beyond the largest code",
    "label": "class of the node, or class or value of its graph",
    "prediction": "class or value the model predicts",
    "correct": "whether the two agree",
    "prediction_fp32": "class or value the same weights predict with all quantizers off",
    "graph": "number of the node's graph",
    "split": "train, validation, test or none",
}
"""Columns of the node table and what each holds."""


def quantized_layers(arrays: Mapping[str, np.ndarray]) -> list[int]:
    """Layers (counted from 1) whose input has bits per node, from a run's node arrays."""
    found = (re.fullmatch(r"layer(\d+)/bits", name) for name in arrays)
    return sorted(int(match[1]) for match in found if match)


def node_table(arrays: Mapping[str, np.ndarray], layer: int) -> pd.DataFrame:
    """The node arrays of a run as one table for the input of a linear map in ``layer`` (counted from 1).

    Columns are those of :data:`COLUMNS` for which the run has values; an FP32 run has no bits.
    """
    in_degree = arrays["in_degree"].astype(np.int64)
    table: dict[str, object] = {"node": np.arange(len(in_degree))}
    if "node_name" in arrays:
        table["name"] = arrays["node_name"]
    table |= {"in_degree": in_degree, "degree_group": degree_groups(in_degree)}
    for column in ("bits", "step"):
        _add(table, column, arrays.get(f"layer{layer}/{column}"))
    own = bool(arrays.get("aggregates_first", np.zeros(1))[0])
    for column in ("aggregation_fp32", "aggregation"):
        _add(table, column, arrays.get(f"layer{layer if own else layer - 1}/{column}"))
    for column in ("magnitude", "error", "relative_error", "clipped"):
        _add(table, column, arrays.get(f"layer{layer}/{column}"))
    label, prediction = arrays["label"], arrays["prediction"]
    if label.dtype.kind == "f":
        table |= {"label": label, "prediction": prediction}
    else:
        table |= {"label": label.astype(np.int64), "prediction": prediction.astype(np.int64)}
        table["correct"] = label == prediction
    _add(table, "prediction_fp32", arrays.get("prediction_fp32"))
    _add(table, "graph", arrays.get("graph"))
    if "split" in arrays:
        table["split"] = np.array(SPLITS)[arrays["split"]]
    return pd.DataFrame(table)


def degree_groups(in_degree: np.ndarray) -> pd.Categorical:
    """The group of in-degrees each node belongs to, ordered from few to many."""
    return pd.cut(in_degree, DEGREE_EDGES, labels=DEGREE_GROUPS)


def by_degree_group(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Mean, quartiles and number of nodes of a column for each group of in-degrees that occurs."""
    grouped = table.groupby("degree_group", observed=True)[column]
    return pd.DataFrame(
        {
            "mean": grouped.mean(),
            "low": grouped.quantile(0.25),
            "high": grouped.quantile(0.75),
            "nodes": grouped.size(),
        }
    ).reset_index()


def _add(table: dict[str, object], column: str, values: np.ndarray | None) -> None:
    if values is not None:
        table[column] = values.astype(np.int64) if values.dtype.kind == "u" else values
