"""The files of a release, and all of them in one zip that is the same bytes every time."""

import csv
import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from functools import partial
from io import BytesIO, StringIO

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.report.release.columns import ReleasedTable
from urban_safety_monitor.report.release.datapackage import descriptor
from urban_safety_monitor.report.release.readme import readme
from urban_safety_monitor.report.release.sdmx import sdmx_data, sdmx_structure
from urban_safety_monitor.report.release.tables import released_tables
from urban_safety_monitor.report.view import View
from urban_safety_monitor.report.workbook import Sheet, workbook
from urban_safety_monitor.tables.csv_text import guarded
from urban_safety_monitor.tables.run import Results

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip can hold; files of a release carry no time of their own."""


def release_files(
    results: Results, catalogue: Catalogue, *, language: str = "en"
) -> dict[str, bytes]:
    """Every file of a release by its path; see `files_on_demand`."""
    files = files_on_demand(results, catalogue, language=language)
    return {path: made() for path, made in files.items()}


def files_on_demand(
    results: Results, catalogue: Catalogue, *, language: str = "en"
) -> dict[str, Callable[[], bytes]]:
    """What makes each file of a release, by the file's path.

    Args:
        results: the run, or the part of it that is released: see `part_of`.
        catalogue: the catalogue of that run.
        language: of titles, meanings and the readme; names of columns and codes never change.
    """
    view = View(results, catalogue, language)
    tables = released_tables(view)
    figures = tables[0]
    return {
        "README.md": lambda: readme(view, tables).encode(),
        "datapackage.json": lambda: _json(descriptor(view, tables)),
        **{f"data/{table.name}.csv": partial(as_csv, table) for table in tables},
        "figures.json": lambda: _json(as_records(figures)),
        "figures.xlsx": lambda: _as_workbook(view, tables),
        "sdmx/figures.csv": lambda: sdmx_data(view, figures),
        "sdmx/structure.xml": lambda: sdmx_structure(view, figures),
    }


def zipped(files: dict[str, bytes]) -> bytes:
    """Files in one zip."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return packed.getvalue()


def as_csv(table: ReleasedTable) -> bytes:
    """UTF-8 with a byte order mark, as spreadsheets want it; no text can run as a formula."""
    lines = StringIO(newline="")
    writer = csv.writer(lines)
    writer.writerow([column.name for column in table.columns])
    writer.writerows([guarded(cell) for cell in row] for row in _cells(table))
    return lines.getvalue().encode("utf-8-sig")


def as_records(table: ReleasedTable) -> list[dict[str, str | float | None]]:
    """Rows as records; a missing number is null."""
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in _cells(table)]


def _cells(table: ReleasedTable) -> list[list[str | float | None]]:
    rows = table.rows.astype(object).where(table.rows.notna(), None)
    return rows.to_numpy().tolist()


def _as_workbook(view: View, tables: list[ReleasedTable]) -> bytes:
    say = view.words.gettext
    explained = [
        [table.name, column.name, say(column.meaning)]
        for table in tables
        for column in table.columns
    ]
    header = [say("Table"), say("Column"), say("Meaning")]
    sheets = [
        Sheet("columns", say("What the columns mean"), header, explained),
        *(
            Sheet(t.name, say(t.title), [column.name for column in t.columns], _cells(t))
            for t in tables
        ),
    ]
    provenance = view.results.provenance
    about: dict[str, str | datetime] = {
        "title": "Urban Safety Monitor",
        "comments": provenance.run_id,
        "created": datetime(*EPOCH),
    }
    return workbook(sheets, view.demonstration, about)


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False).encode()
