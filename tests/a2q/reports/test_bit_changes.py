import numpy as np
import pandas as pd
import pytest

from a2q.reports.bit_changes import bit_changes, graph_key
from a2q.reports.node_table import degree_groups

DEGREES = np.array([0, 2, 40])


def nodes(bits: list[int]) -> pd.DataFrame:
    degrees = DEGREES[: len(bits)]
    return pd.DataFrame(
        {"node": range(len(bits)), "in_degree": degrees, "degree_group": degree_groups(degrees), "bits": bits}
    )


def test_the_change_is_other_minus_base() -> None:
    table = bit_changes(nodes([1, 2, 3]), nodes([1, 4, 0]))
    assert table["change"].tolist() == [0, 2, -3]
    assert (table["base"] + table["change"]).tolist() == table["other"].tolist() == [1, 4, 0]
    assert table["in_degree"].tolist() == [0, 2, 40]


def test_other_numbers_of_nodes_have_no_difference() -> None:
    with pytest.raises(ValueError, match="One run has 3 nodes and the other 2; only runs on the same graph"):
        bit_changes(nodes([1, 2, 3]), nodes([1, 4]))


def test_the_same_graph_has_the_same_key_whatever_was_trained() -> None:
    facts = {"in_degree": DEGREES, "label": np.array([0, 1, 1])}
    assert graph_key(facts | {"layer2/bits": np.array([1, 2, 3])}) == graph_key(dict(facts))


@pytest.mark.parametrize(
    "other",
    [
        {"in_degree": DEGREES[::-1]},
        {"label": np.array([0, 1, 2])},
        {"node_name": np.array(["a", "b", "c"])},
        {"graph": np.array([0, 0, 1])},
    ],
)
def test_another_graph_has_another_key(other: dict[str, np.ndarray]) -> None:
    facts = {"in_degree": DEGREES, "label": np.array([0, 1, 1])}
    assert graph_key(facts) != graph_key(facts | other)
