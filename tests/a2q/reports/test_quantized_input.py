import numpy as np
import pytest

from a2q.reports.quantized_input import QuantizedInput


def of_nodes(*nodes: int) -> QuantizedInput:
    rows = np.zeros((len(nodes), 2))
    return QuantizedInput(np.array(nodes, dtype=int), rows, rows, rows > 0, rows[:, 0])


@pytest.mark.parametrize(
    ("here", "wanted", "rows"),
    [
        ((0, 1, 2), [2, 0], [2, 0]),
        ((3, 5, 9), [0, 3, 4, 9, 10], [0, 2]),
        ((3, 5, 9), [], []),
        ((), [1, 2], []),
    ],
)
def test_rows_of_nodes(here: tuple[int, ...], wanted: list[int], rows: list[int]) -> None:
    assert of_nodes(*here).rows(np.array(wanted, dtype=int)).tolist() == rows


def test_columns_by_hand() -> None:
    values = np.array([[1.0, -3.0], [0.0, 0.0]])
    quantized = np.array([[1.0, -1.0], [0.0, 0.0]])
    columns = QuantizedInput(np.arange(2), values, quantized, quantized != values, np.ones(2)).node_columns()
    assert columns["magnitude"].tolist() == [2, 0]
    assert columns["error"].tolist() == [1, 0]
    assert columns["relative_error"].tolist() == [0.5, 0], "a node of zeros has no error"
    assert columns["clipped"].tolist() == [0.5, 0]
