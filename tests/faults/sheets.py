"""A table as somebody keeps it, and how it is written as CSV, XLSX and SAV."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd
import pyreadstat
import xlsxwriter

CSV, XLSX, SAV = "csv", "xlsx", "sav"
FORMATS = (CSV, XLSX, SAV)
Grid = list[list[str]] | None


def unchanged(content: bytes) -> bytes:
    """The bytes as they are."""
    return content


@dataclass(frozen=True)
class Sheet:
    """Cells and how they are laid out.

    `above` are rows over the column names, `merged` blocks of cells (first row, first column,
    last row, last column, from 0 below the names), `beside` other sheets of the workbook.
    `spoil` changes the bytes of the file, `labels` are SPSS value labels by column.
    """

    frame: pd.DataFrame
    header: tuple[str, ...] | None = None
    name: str = "data"
    above: tuple[tuple[object, ...], ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    beside: dict[str, list[list[object]]] = field(default_factory=dict)
    delimiter: str = ","
    encoding: str = "utf-8"
    spoil: Callable[[bytes], bytes] = unchanged
    labels: dict[str, dict[float, str]] = field(default_factory=dict)

    def put(self, column: str, rows: Iterable[int], value: object) -> "Sheet":
        """These cells with another value; a new column is empty elsewhere."""
        frame = self.frame.copy()
        if column not in frame:
            frame[column] = pd.Series([None] * len(frame), frame.index, dtype=object)
        for row in rows:
            frame.iat[row, frame.columns.get_loc(column)] = value
        return replace(self, frame=frame)

    def changed(self, column: str, change: Callable[[object], object]) -> "Sheet":
        """Every filled cell of a column changed."""
        cells = [None if cell is None else change(cell) for cell in self.frame[column]]
        return replace(self, frame=self.frame.assign(**{column: pd.Series(cells, dtype=object)}))

    def renamed(self, **names: str) -> "Sheet":
        """With other column names."""
        return replace(self, frame=self.frame.rename(columns=names))

    def without(self, *columns: str) -> "Sheet":
        """With columns left out."""
        return replace(self, frame=self.frame.drop(columns=list(columns)))

    def with_rows(self, rows: Iterable[dict[str, object]]) -> "Sheet":
        """With rows added at the end; cells not named are empty."""
        empty = dict.fromkeys(self.frame.columns)
        added = pd.DataFrame([empty | row for row in rows], dtype=object)
        return replace(self, frame=pd.concat([self.frame, added], ignore_index=True))

    def rows_where(self, column: str, *values: object) -> list[int]:
        """Positions of rows with one of these values."""
        return [n for n, cell in enumerate(self.frame[column]) if cell in values]

    @property
    def is_plain(self) -> bool:
        """Whether its cells are all there is to it."""
        return self.spoil is unchanged and not (self.labels or self.merged or self.beside)

    @property
    def names(self) -> tuple[str, ...]:
        """The column names as written, which may repeat."""
        return self.header or tuple(map(str, self.frame.columns))


def write(sheet: Sheet, form: str, path: Path) -> Path:
    """The sheet as a file of this form."""
    {CSV: _write_csv, XLSX: _write_xlsx, SAV: _write_sav}[form](sheet, path)
    if sheet.spoil is not unchanged:
        path.write_bytes(sheet.spoil(path.read_bytes()))
    return path


def cells_in(sheet: Sheet, form: str) -> Grid:
    """All cells of the sheet's file of this form as text, its names first.

    None where only writing it can tell: there is more to it than cells, or a text has signs that
    a format may change.
    """
    above, rows = [*sheet.above, sheet.names], sheet.frame.to_numpy(dtype=object).tolist()
    if not sheet.is_plain or not all(_is_kept(cell) for row in [*above, *rows] for cell in row):
        return None
    if form == SAV:
        columns = [_spss_column(sheet.frame[name]) for name in sheet.frame]
        above, rows = [sheet.frame.columns], list(zip(*columns, strict=True))
    if form == CSV:
        rows = [[None if pd.isna(cell) else str(cell) for cell in row] for row in rows]
    return [[_as_text(cell) for cell in row] for row in [*above, *rows]]


def _is_kept(cell: object) -> bool:
    """Whether every format keeps this cell as it is."""
    return not isinstance(cell, str) or (cell.isprintable() and cell == cell.strip())


def _as_text(cell: object) -> str:
    if isinstance(cell, int | float):
        return "" if pd.isna(cell) else f"{float(cell):.15g}"
    return "" if cell is None else str(cell)


def first_row(sheet: Sheet, form: str) -> int:
    """Number of the first record's row, as the check counts it."""
    return 1 if form == SAV else 2 + len(sheet.above)


def _write_csv(sheet: Sheet, path: Path) -> None:
    body = sheet.frame.to_csv(index=False, header=False, sep=sheet.delimiter, lineterminator="\n")
    head = pd.DataFrame([*sheet.above, sheet.names])
    lines = head.to_csv(index=False, header=False, sep=sheet.delimiter, lineterminator="\n")
    path.write_bytes((lines + body).encode(sheet.encoding))


def _write_xlsx(sheet: Sheet, path: Path) -> None:
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        for name, rows in sheet.beside.items():
            _write_rows(book.add_worksheet(name), rows)
        cells = book.add_worksheet(sheet.name)
        top = len(sheet.above)
        _write_rows(cells, [*sheet.above, sheet.names, *sheet.frame.to_numpy().tolist()])
        for first, left, last, right in sheet.merged:
            value = sheet.frame.iat[first, left]
            cells.merge_range(first + top + 1, left, last + top + 1, right, value)


def _write_rows(cells: xlsxwriter.worksheet.Worksheet, rows: Iterable[Sequence[object]]) -> None:
    for number, row in enumerate(rows):
        cells.write_row(number, 0, ["" if pd.isna(cell) else cell for cell in row])


def _write_sav(sheet: Sheet, path: Path) -> None:
    columns = {str(name): _spss_column(sheet.frame[name]) for name in sheet.frame}
    pyreadstat.write_sav(pd.DataFrame(columns), path, variable_value_labels=sheet.labels)


def _spss_column(cells: pd.Series) -> pd.Series:
    """SPSS holds numbers or texts in a column: one text makes all of them texts."""
    if all(cell is None or isinstance(cell, int | float) for cell in cells):
        return pd.to_numeric(cells).astype(float)
    return cells.map(lambda cell: "" if cell is None else str(cell)).astype(object)
