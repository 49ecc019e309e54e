"""Workbooks, SPSS, Stata and Parquet files as tables of text: codes stay codes."""

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
from python_calamine import CalamineError, CalamineWorkbook

from urban_safety_monitor.intake.source import (
    TEXT,
    SourceTable,
    as_text,
    cell_text,
    checked_header,
    refusal,
)


def read_workbook(
    data: bytes, path: Path, sheet: str | None = None, like: frozenset[str] = frozenset()
) -> SourceTable:
    """Read one sheet: the one named, else the one with most columns `like` these, else the fullest.

    Raises:
        UnreadableFile: damaged, no such sheet, no column names, no rows.
    """
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        names = book.sheet_names if sheet is None else [sheet]
        sheets = {n: _cells(book, n, path) for n in names}
    except CalamineError as error:
        raise refusal("USM-F10", path) from error
    name = max(sheets, key=lambda n: _promise(sheets[n], like))
    rows = sheets[name]
    header_row = next((i for i, row in enumerate(rows) if any(c != "" for c in row)), None)
    if header_row is None:
        raise refusal("USM-F04", path)
    header = checked_header(rows[header_row], path, name, header_row + 1)
    body = rows[header_row + 1 :]
    numbers = np.arange(header_row + 2, header_row + 2 + len(body))
    cells = {
        column: pd.Series((cell_text(row[i]) for row in body), numbers, dtype=TEXT)
        for i, column in enumerate(header)
    }
    frame = pd.DataFrame(cells, index=pd.Index(numbers, name="row"))
    frame = frame[frame.notna().any(axis=1)]
    if frame.empty:
        raise refusal("USM-F06", path)
    spans = book.get_sheet_by_name(name).merged_cell_ranges or []
    merged = tuple((first[0] + 1, last[0] + 1) for first, last in spans if first[0] > header_row)
    return SourceTable(frame, path.name, path, "XLSX", header, sheet=name, merged_rows=merged)


def read_statistical(path: Path, kind: str, columns: set[str] | None = None) -> SourceTable:
    """Read an SPSS or Stata file; codes declared missing by the user stay as they are.

    Raises:
        UnreadableFile: damaged, or without rows.
    """
    read = pyreadstat.read_sav if kind == "sav" else pyreadstat.read_dta
    options: dict[str, Any] = {"user_missing": True, "apply_value_formats": False}
    try:
        _, meta = read(path, metadataonly=True)
        wanted = [c for c in meta.column_names if columns is None or c in columns]
        values, _ = read(path, usecols=wanted, **options)
    except (pyreadstat.ReadstatError, UnicodeDecodeError) as error:
        raise refusal("USM-F10", path) from error
    labels = {
        column: {str(cell_text(code)): str(label) for code, label in of_column.items()}
        for column, of_column in meta.variable_value_labels.items()
    }
    header = checked_header(meta.column_names, path)
    texts = {name.strip(): as_text(values[name]) for name in wanted}
    file_format = {"sav": "SPSS", "dta": "Stata"}[kind]
    return _typed_table(texts, path, file_format, header, labels)


def read_parquet(data: bytes, path: Path, columns: set[str] | None = None) -> SourceTable:
    """Read a Parquet file.

    Raises:
        UnreadableFile: damaged, or without rows.
    """
    try:
        source = pq.ParquetFile(BytesIO(data))
        names = source.schema_arrow.names
        header = checked_header(names, path)
        wanted = [c for c in names if columns is None or c in columns]
        cells = source.read(columns=wanted)
    except (pa.ArrowInvalid, OSError) as error:
        raise refusal("USM-F10", path) from error
    texts = {name.strip(): _arrow_text(cells[name]) for name in wanted}
    return _typed_table(texts, path, "Parquet", header)


def _arrow_text(column: pa.ChunkedArray) -> pd.Series:
    """Whole numbers are written by Arrow itself, which is many times faster."""
    if pa.types.is_integer(column.type):
        return pd.Series(pd.array(column.cast(pa.large_string()), dtype=TEXT))
    return as_text(column.to_pandas())


def _typed_table(
    texts: dict[str, pd.Series],
    path: Path,
    file_format: str,
    header: tuple[str, ...],
    labels: dict[str, dict[str, str]] | None = None,
) -> SourceTable:
    """A table from a format that keeps no header row: the first record is row 1."""
    frame = pd.DataFrame(texts)
    if frame.empty:
        raise refusal("USM-F06", path)
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="row")
    return SourceTable(frame, path.name, path, file_format, header, labels=labels or {})


def _cells(book: CalamineWorkbook, name: str, path: Path) -> list[list[Any]]:
    if name not in book.sheet_names:
        raise refusal("USM-F07", path, sheet=name, sheets=", ".join(book.sheet_names))
    return book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def _promise(rows: list[list[Any]], like: frozenset[str]) -> tuple[int, int]:
    header: list[Any] = next((row for row in rows if any(c != "" for c in row)), [])
    return len(like & {str(cell).strip() for cell in header}), len(rows) * len(header)
