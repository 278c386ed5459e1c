from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from a2q.reports import DEGREE_GROUPS, by_degree_group, measure_nodes, node_table, quantized_layers
from a2q.reports.node_table import COLUMNS, DEGREE_EDGES, SPLITS, degree_groups


@pytest.fixture
def arrays() -> dict[str, np.ndarray]:
    """Node arrays of three layers as a run stores them, each value telling where it comes from."""
    found = {
        "in_degree": np.array([0, 2, 40, 5], dtype=np.uint8),
        "label": np.array([0, 1, 2, 1], dtype=np.uint8),
        "prediction": np.array([0, 1, 0, 1], dtype=np.uint8),
    }
    for layer in (1, 2, 3):
        found[f"layer{layer}/aggregation"] = np.full(4, layer, dtype=np.float32)
        found[f"layer{layer}/aggregation_fp32"] = np.full(4, layer + 0.5, dtype=np.float32)
        if layer > 1:
            found[f"layer{layer}/bits"] = np.array([1, 2, layer, 4], dtype=np.uint8)
            for place, name in enumerate(("step", "magnitude", "error", "relative_error", "clipped")):
                found[f"layer{layer}/{name}"] = np.full(4, 10 * layer + place, dtype=np.float32)
    return found


def test_columns_are_the_documented_ones_in_order(arrays) -> None:
    arrays |= {"node_name": np.array(["a", "b", "c", "d"]), "split": np.array([1, 0, 3, 2], dtype=np.uint8)}
    arrays |= {"graph": np.array([0, 0, 1, 1]), "prediction_fp32": arrays["prediction"]}
    table = node_table(arrays, 2)
    assert list(table.columns) == list(COLUMNS)
    assert list(table["name"]) == ["a", "b", "c", "d"]
    assert list(table["split"]) == ["train", "none", "test", "validation"]
    assert set(SPLITS) == {"none", "train", "validation", "test"}


def test_columns_without_values_are_left_out(arrays) -> None:
    assert set(COLUMNS) - set(node_table(arrays, 2).columns) == {"name", "split", "graph", "prediction_fp32"}


def test_a_layer_that_aggregates_first_reads_its_own_sum(arrays) -> None:
    table = node_table(arrays | {"aggregates_first": np.array([1], dtype=np.uint8)}, 2)
    assert set(table["aggregation"]) == {2}


def test_values_are_not_classes(arrays) -> None:
    values = {"label": np.array([0.5, 1, 2, 3], np.float32), "prediction": np.array([0.25, 1, 2, 3], np.float32)}
    table = node_table(arrays | values, 2)
    assert list(table["label"] - table["prediction"]) == [0.25, 0, 0, 0]
    assert "correct" not in table


@pytest.mark.parametrize("layer", [2, 3])
def test_a_layers_input_comes_from_the_aggregation_before_it(arrays, layer: int) -> None:
    table = node_table(arrays, layer)
    assert list(table["bits"]) == [1, 2, layer, 4]
    assert set(table["aggregation"]) == {layer - 1}
    assert set(table["aggregation_fp32"]) == {layer - 0.5}
    for place, name in enumerate(("step", "magnitude", "error", "relative_error", "clipped")):
        assert set(table[name]) == {10 * layer + place}


def test_rows_are_nodes(arrays) -> None:
    table = node_table(arrays, 2)
    assert list(table["node"]) == [0, 1, 2, 3]
    assert list(table["in_degree"]) == [0, 2, 40, 5]
    assert list(table["correct"]) == [True, True, False, True]


def test_counts_can_be_subtracted(arrays) -> None:
    table = node_table(arrays, 2)
    for name in ("in_degree", "bits", "label", "prediction"):
        assert (table[name] - 200).min() < 0, f"{name} is stored unsigned and wraps around"


def test_an_fp32_run_has_no_bits(arrays) -> None:
    kept = {name: values for name, values in arrays.items() if "/" not in name or name.endswith("/aggregation")}
    assert quantized_layers(kept) == []
    assert list(node_table(kept, 2).columns) == [
        "node",
        "in_degree",
        "degree_group",
        "aggregation",
        "label",
        "prediction",
        "correct",
    ]


def test_quantized_layers_are_in_order(arrays) -> None:
    layers = {f"layer{layer}/bits": arrays["layer2/bits"] for layer in (10, 3, 2)}
    assert quantized_layers(arrays) == [2, 3]
    assert quantized_layers(layers) == [2, 3, 10]


@pytest.mark.parametrize("method", ["a2q", "fp32"])
def test_what_a_trained_run_measures_fits(train, method: str) -> None:
    trainer = train(method, "training.epochs=2")
    measured = measure_nodes(trainer.model, trainer.task)
    table = node_table(measured, 2)
    assert len(table) == 300
    if method == "a2q":
        assert quantized_layers(measured) == [2]
        assert set(COLUMNS) - set(table.columns) == {"name", "split", "graph"}
    else:
        assert quantized_layers(measured) == []
        assert "aggregation" in table
    assert set(table.columns) <= set(COLUMNS)


@pytest.mark.parametrize(
    ("group", "first", "last"),
    [("≤ 1", 0, 1), ("2", 2, 2), ("3", 3, 3), ("4–5", 4, 5), ("6–10", 6, 10), ("11–30", 11, 30), ("> 30", 31, 10**9)],
)
def test_edges_of_the_degree_groups(group: str, first: int, last: int) -> None:
    assert list(degree_groups(np.array([first, last]))) == [group, group]


def test_degree_groups_are_ordered() -> None:
    groups = degree_groups(np.array([40, 2, 0]))
    assert groups.ordered
    assert tuple(groups.categories) == DEGREE_GROUPS
    assert len(DEGREE_EDGES) == len(DEGREE_GROUPS) + 1
    assert list(groups.sort_values()) == ["≤ 1", "2", "> 30"]


def test_group_means_against_a_plain_loop() -> None:
    random = np.random.default_rng(0)
    degrees = random.integers(0, 60, 200)
    values = random.normal(size=200)
    table = pd.DataFrame({"degree_group": degree_groups(degrees), "value": values})
    found = by_degree_group(table, "value")
    assert list(found["degree_group"]) == list(DEGREE_GROUPS)
    for position, (low, high) in enumerate(pairwise(DEGREE_EDGES)):
        members = [value for degree, value in zip(degrees, values, strict=True) if low < degree <= high]
        row = found.iloc[position]
        assert row["nodes"] == len(members)
        assert row["mean"] == pytest.approx(sum(members) / len(members))
        assert row["low"] == pytest.approx(np.percentile(members, 25))
        assert row["high"] == pytest.approx(np.percentile(members, 75))


def test_groups_that_do_not_occur_are_left_out() -> None:
    table = pd.DataFrame({"degree_group": degree_groups(np.array([0, 40, 50])), "value": [1.0, 2.0, 4.0]})
    found = by_degree_group(table, "value")
    assert found.to_dict("list") == {
        "degree_group": ["≤ 1", "> 30"],
        "mean": [1.0, 3.0],
        "low": [1.0, 2.5],
        "high": [1.0, 3.5],
        "nodes": [1, 2],
    }
    assert by_degree_group(table[:0], "value").empty
