import io

import numpy as np
import pandas as pd
import pytest

from a2q.reports.csv_table import FORMULA_STARTS, csv_bytes


def read(content: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(content), keep_default_na=False)


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_texts_that_begin_as_formulas_get_an_apostrophe(start: str) -> None:
    text = f"{start}HYPERLINK(1)"
    table = pd.DataFrame({"name": [text, "plain"], "kind": pd.Categorical([text, "b"]), text: ["a", "b"]})
    before = table.copy()
    found = read(csv_bytes(table))
    inert = f"'{text}".replace("\r", "\n")
    assert found["name"].tolist() == [inert, "plain"]
    assert found["kind"].tolist() == [inert, "b"]
    assert found.columns[2] == inert
    pd.testing.assert_frame_equal(table, before)


def test_numbers_stay_numbers() -> None:
    table = pd.DataFrame({"x": [-1.5, np.nan], "n": [-3, 4], "mixed": [-1, "=1"], "flag": [True, False]})
    lines = csv_bytes(table).decode().splitlines()
    assert lines == ["x,n,mixed,flag", "-1.5,-3,-1,True", ",4,'=1,False"]


def test_a_harmless_table_is_written_as_pandas_does() -> None:
    table = pd.DataFrame({"a": ["x", None, "y=1"], "b": [1.25, -2.0, np.inf], "c": pd.Categorical(["≤ 1", "2", None])})
    assert csv_bytes(table) == table.to_csv(index=False).encode()
