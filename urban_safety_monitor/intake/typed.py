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
    return SourceTable(frame, path.name, path, "XLSX", header, sheet=name)


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
    label = {"sav": "SPSS", "dta": "Stata"}[kind]
    return _from_frame(values, path, label, tuple(meta.column_names), labels)


def read_parquet(data: bytes, path: Path, columns: set[str] | None = None) -> SourceTable:
    """Read a Parquet file.

    Raises:
        UnreadableFile: damaged, or without rows.
    """
    try:
        source = pq.ParquetFile(BytesIO(data))
        header = tuple(source.schema_arrow.names)
        wanted = [c for c in header if columns is None or c in columns]
        values = source.read(columns=wanted).to_pandas()
    except (pa.ArrowInvalid, OSError) as error:
        raise refusal("USM-F10", path) from error
    return _from_frame(values.reset_index(drop=True), path, "Parquet", header, {})


def _from_frame(
    values: pd.DataFrame,
    path: Path,
    label: str,
    names: tuple[str, ...],
    labels: dict[str, dict[str, str]],
) -> SourceTable:
    if values.empty:
        raise refusal("USM-F06", path)
    header = checked_header(names, path)
    numbers = pd.RangeIndex(1, len(values) + 1, name="row")
    frame = pd.DataFrame({str(c).strip(): as_text(values[c]) for c in values}).set_axis(numbers)
    return SourceTable(frame, path.name, path, label, header, labels=labels)


def _cells(book: CalamineWorkbook, name: str, path: Path) -> list[list[Any]]:
    if name not in book.sheet_names:
        raise refusal("USM-F07", path, sheet=name, sheets=", ".join(book.sheet_names))
    return book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def _promise(rows: list[list[Any]], like: frozenset[str]) -> tuple[int, int]:
    header: list[Any] = next((row for row in rows if any(c != "" for c in row)), [])
    return len(like & {str(cell).strip() for cell in header}), len(rows) * len(header)
