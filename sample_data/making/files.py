"""Writing files so that the same content always gives the same bytes."""

from datetime import datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from .tables import NOTE

CREATED = datetime(2026, 1, 1)
"""Date of creation written into workbooks, so that they do not depend on the clock."""


def write_csv(path: Path, frame: pd.DataFrame) -> None:
    """Write comma-separated values in UTF-8; missing values are empty."""
    frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def write_text(path: Path, text: str) -> None:
    """Write text in UTF-8 with line feeds."""
    path.write_text(text, encoding="utf-8", newline="\n")


def write_parquet(path: Path, frame: pd.DataFrame) -> None:
    """Write answers, marked as demonstration data in the file's own metadata."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    marked = table.replace_schema_metadata({**table.schema.metadata, b"usm": NOTE.encode()})
    pq.write_table(marked, path, compression="zstd", compression_level=9)


def write_workbook(path: Path, frame: pd.DataFrame) -> None:
    """Write a workbook with the sheets "data" and "About"; nothing becomes a formula or a link."""
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": NOTE, "created": CREATED})
        sheet = book.add_worksheet("data")
        sheet.write_row(0, 0, list(frame.columns))
        cells = frame.astype(object).where(frame.notna(), None)
        for number, row in enumerate(cells.itertuples(index=False), start=1):
            sheet.write_row(number, 0, row)
        about = book.add_worksheet("About")
        about.write_column(0, 0, [NOTE, "Made answers with planted faults, to practise uploading."])
