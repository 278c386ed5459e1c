"""Tables as CSV that spreadsheets read as data, never as formulas."""

import pandas as pd

FORMULA_STARTS = ("=", "@", "+", "-", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula."""


def csv_bytes(table: pd.DataFrame) -> bytes:
    """The table as a CSV file in UTF-8, without its index. Texts (cells, categories and names of columns) that begin
    as a formula does get an apostrophe before them; numbers stay numbers.
    A carriage return becomes a line feed."""
    safe = table.rename(columns=_inert)
    for place, kind in enumerate(safe.dtypes):
        if not pd.api.types.is_numeric_dtype(kind):
            safe.isetitem(place, safe.iloc[:, place].astype(object).map(_inert))
    text: str = safe.to_csv(index=False)
    return text.encode()


def _inert(cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    marked = f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
    # A carriage return is not quoted by all writers: left as it is, it would begin a row, and what follows a cell.
    return marked.replace("\r\n", "\n").replace("\r", "\n")
