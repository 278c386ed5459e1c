import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2q.datasets.importers.numerals import COMMA, PLAIN, POINT, YES_NO, Notation, notations


@pytest.mark.parametrize(
    ("cells", "decimal", "found"),
    [
        (["1", "0.5", "-2e3", ".5", "nan"], None, [PLAIN]),
        (["True", "false"], None, [YES_NO]),
        (["0,5", "1"], None, [COMMA]),
        (["1.234,5", "0"], None, [COMMA]),
        (["1.234.567"], None, [COMMA]),
        (["1,234.5", "0"], None, [POINT]),
        (["1,234,567"], None, [POINT]),
        (["1'234", "12"], None, [POINT]),
        (["1\u202f234,5"], None, [COMMA]),
        (["1,234"], None, [POINT, COMMA]),
        (["1,234"], "comma", [COMMA]),
        (["1,234"], "point", [POINT]),
        (["1.234"], None, [PLAIN]),
        (["1.234"], "comma", [COMMA]),
        (["0.5"], "comma", [PLAIN]),
        (["1_000"], None, []),
        (["a", "1"], None, []),
        (["1,2,3"], None, []),
        (["12,34", "1.2.3"], None, []),
        ([], None, []),
    ],
)
def test_how_numbers_are_written(cells: list[str], decimal: str | None, found: list[Notation]) -> None:
    assert notations(cells, decimal) == found


@settings(max_examples=50)
@given(values=st.lists(st.decimals(-(10**9), 10**9, places=2).map(float), min_size=1), mark=st.sampled_from(",.' "))
def test_numbers_come_back_however_thousands_and_decimals_are_written(values: list[float], mark: str) -> None:
    point = [f"{value:,.2f}" for value in values]
    decimal = "," if mark == "." else "."
    told = [cell.replace(",", "x").replace(".", decimal).replace("x", mark) for cell in point]

    for found in notations(told):
        assert np.array_equal(found.parsed(pa.array(told)).to_numpy(), values)
    assert len(notations(told)) == 1


@settings(max_examples=50)
@given(cells=st.lists(st.text("0123456789.,'-e ", max_size=6).map(str.strip).filter(bool), min_size=1, max_size=4))
def test_what_fits_can_be_parsed(cells: list[str]) -> None:
    for notation in (PLAIN, YES_NO, POINT, COMMA):
        fits = all(map(notation.fits, cells))
        try:
            notation.parsed(pa.array(cells))
        except pa.ArrowInvalid:
            assert not fits
        else:
            assert fits
