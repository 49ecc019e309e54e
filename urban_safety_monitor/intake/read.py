"""Read any file a user hands in as a table of text."""

from collections.abc import Iterable
from pathlib import Path

from urban_safety_monitor.intake.containers import file_bytes, kind_of, unpacked
from urban_safety_monitor.intake.delimited import read_delimited
from urban_safety_monitor.intake.source import SourceTable, refusal
from urban_safety_monitor.intake.typed import read_parquet, read_statistical, read_workbook

__all__ = ["SourceTable", "read_file"]


def read_file(
    path: Path | str,
    *,
    sheet: str | None = None,
    columns: Iterable[str] | None = None,
    like: Iterable[str] = (),
) -> SourceTable:
    """Read CSV, XLSX, SPSS, Stata or Parquet, also inside .gz or .zip, by what the file is.

    Args:
        path: the file; its name's ending is not relied on.
        sheet: the sheet of a workbook; without it the one that has most columns `like` these.
        columns: names to keep; all where not given. `SourceTable.header` always lists all.
        like: names of columns expected, to choose a sheet by.

    Raises:
        UnreadableFile: a DataError that says why the file is no table with rows.
    """
    path = Path(path)
    wanted = None if columns is None else set(columns)
    data = file_bytes(path)
    kind, inside = kind_of(data, path), path
    if kind in {"gz", "zip"}:
        data, inside = unpacked(data, kind, path)
        if not data:
            raise refusal("USM-F04", path)
        kind = kind_of(data, inside)
    match kind:
        case "xlsx" | "xls":
            return read_workbook(data, path, sheet, frozenset(like))
        case "parquet":
            return read_parquet(data, path, wanted)
        case "sav" | "dta" if inside is path:
            return read_statistical(path, kind, wanted)
        case "text":
            return read_delimited(data, path, wanted)
        case _:
            raise refusal("USM-F14", path, files=1)
