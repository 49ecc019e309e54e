"""Checked files for tests: the practice survey with its ten faults, and small tables of text."""

from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pandas as pd
from openpyxl.workbook import Workbook

from urban_safety_monitor.intake.problems import ColumnAt, Place, Problem, row_ranges
from urban_safety_monitor.intake.report import CheckReport
from urban_safety_monitor.intake.source import TEXT, SourceTable

DAY = date(2026, 11, 22)
PRACTICE = Path(__file__).parents[3] / "sample_data" / "practice"


def table_of(cells: dict[str, list[str | None]], **changes: object) -> SourceTable:
    """A small file as read; its first record is in row 2 unless told otherwise."""
    first = int(str(changes.pop("first", 2)))
    length = len(next(iter(cells.values())))
    index = pd.RangeIndex(first, first + length, name="row")
    frame = pd.DataFrame({name: pd.Series(column, index, TEXT) for name, column in cells.items()})
    given = {"name": "survey.csv", "path": Path("survey.csv"), "format": "CSV"} | changes
    return SourceTable(frame, header=tuple(cells), **given)


def problem_at(code: str, columns: dict[str, str], rows: list[int], **changes: object) -> Problem:
    """A problem in these columns (name by letter) and rows of survey.csv."""
    at = tuple(ColumnAt(letter, name) for letter, name in columns.items())
    place = Place("survey.csv", None, at, row_ranges(rows))
    return Problem(code, place=place, n_rows=len(rows) or None, n_total=100, **changes)


def report_of(*problems: Problem, passed: tuple[str, ...] = ("USM-F01",)) -> CheckReport:
    """A report of one file with these problems."""
    fact = {"file": "survey.csv", "format": "CSV", "sheet": None, "rows": 3, "columns": 2}
    return CheckReport(problems, passed, (fact | {"repairs": [["mended_blanks", {"n": 1}]]},))


def opened(content: bytes) -> Workbook:
    """A workbook as another program reads it; formulas would show as such."""
    return openpyxl.load_workbook(BytesIO(content))
