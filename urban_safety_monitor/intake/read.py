"""Read any file a user hands in as a table of text."""

from collections.abc import Iterable
from pathlib import Path

from urban_safety_monitor.intake.containers import kind_of, refuse_by_size, unpacked
from urban_safety_monitor.intake.delimited import read_delimited
from urban_safety_monitor.intake.source import SourceTable, refusal
from urban_safety_monitor.intake.typed import Wanted, read_typed

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
        columns: names to keep; all where not given, or none is there. `SourceTable.header` always
            lists all.
        like: names of columns expected, to choose a sheet by.

    Raises:
        UnreadableFile: a DataError that says why the file is no table with rows.
    """
    path = Path(path)
    wanted = Wanted(sheet, None if columns is None else frozenset(columns), frozenset(like))
    refuse_by_size(path)
    kind = kind_of(path, path, path.name)
    if kind not in {"gz", "zip"}:
        return _read(path, kind, wanted, path)
    with unpacked(path, kind) as (inside, name):
        kind = kind_of(inside, path, name)
        if kind in {"gz", "zip"}:
            raise refusal("USM-F14", path, files=1)
        return _read(inside, kind, wanted, path)


def _read(path: Path, kind: str, wanted: Wanted, shown: Path) -> SourceTable:
    if kind == "text":
        return read_delimited(path, shown, wanted.columns)
    return read_typed(path, kind, wanted, shown)
