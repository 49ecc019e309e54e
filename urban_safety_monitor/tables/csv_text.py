"""Tables as CSV that a spreadsheet may open: no text in them can run as a formula."""

import pandas as pd

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet runs a text that begins so as a formula."""

Cell = str | float | int | None


def csv_text(table: pd.DataFrame) -> str:
    """The table with its names of columns, without its index; a line break in a text stays one."""
    safe = table.map(_in_one_cell).rename(columns=_in_one_cell)
    return safe.to_csv(index=False, lineterminator="\n")


def guarded(cell: Cell) -> Cell:
    """A cell whose text no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return f"'{cell}"
    return cell


def _in_one_cell(cell: Cell) -> Cell:
    """Guarded, and with line breaks that the file's own quotation marks keep inside the cell."""
    safe = guarded(cell)
    return "\n".join(safe.splitlines()) if isinstance(safe, str) and "\r" in safe else safe
