"""Nothing a user wrote becomes a formula or a command, whatever file of ours it ends up in."""

import ast
import csv
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest

import urban_safety_monitor
from tests.unit.report.checks import DAY, opened, problem_at, report_of, table_of
from urban_safety_monitor.fieldwork.city import City
from urban_safety_monitor.report.marked_copy import marked_copy
from urban_safety_monitor.tables.csv_text import FORMULA_STARTS, csv_text

PACKAGE = Path(urban_safety_monitor.__file__).parent
WRITERS = {"to_csv", "writer", "DictWriter", "Workbook"}
KNOWN = {
    "fieldwork/template.py": {"Workbook"},
    "report/export.py": {"DictWriter"},
    "report/marked_copy.py": {"Workbook"},
    "report/release/files.py": {"writer"},
    "report/workbook.py": {"Workbook"},
    "tables/csv_text.py": {"to_csv"},
    "ui/uploading/following.py": {"writer"},
}
"""Every place that writes CSV or XLSX; the last shows a line to copy into a table, no file."""


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node


def test_every_writer_of_the_program_is_known_and_guarded():
    found: dict[str, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        text = path.read_text(encoding="utf-8")
        for writer, call in calls(path):
            if writer not in WRITERS:
                continue
            found.setdefault(name, set()).add(writer)
            if writer == "Workbook":
                assert len(call.args) == 2, f"{name}: a workbook without options"
                assert '"strings_to_formulas": False' in text, name
                assert '"strings_to_urls": False' in text, name
            elif not name.startswith("ui/"):
                assert "guarded" in text, f"{name}: texts could run as formulas"
    assert found == KNOWN


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_no_cell_or_name_of_a_csv_runs_as_a_formula(start):
    table = pd.DataFrame({f"{start}name": [f"{start}1+1", "plain"], "number": [-1.5, 2.0]})
    header, first, second = csv.reader(StringIO(csv_text(table), newline=""))
    kept = start.replace("\r", "\n")
    assert header == [f"'{kept}name", "number"]
    assert first == [f"'{kept}1+1", "-1.5"]
    assert second == ["plain", "2.0"]


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_the_report_of_a_check_runs_nothing_in_a_spreadsheet(start):
    text = f"{start}HYPERLINK(1)"
    report = report_of(problem_at("USM-V12", {"A": text}, [2], found=text))
    rows = list(csv.reader(StringIO(csv_text(report.table("es")), newline="")))
    assert not [cell for row in rows for cell in row if cell.startswith(FORMULA_STARTS)]
    book = opened(marked_copy(report, [table_of({text.strip(): ["1"]})], DAY))
    kinds = {c.data_type for sheet in book.worksheets for row in sheet.iter_rows() for c in row}
    assert "f" not in kinds


def test_names_of_cities_and_districts_are_texts_in_the_questionnaire_workbook():
    from urban_safety_monitor.catalogue import load_catalogue
    from urban_safety_monitor.fieldwork.template import Filling, questionnaire_workbook

    city = City("=1+1", "=1+1", {"=2+2": "@SUM(A1)"})
    empty = pd.DataFrame({"city_id": ["=1+1"]})
    content = questionnaire_workbook(
        load_catalogue(), city, Filling(empty, empty), date(2026, 1, 1), "en"
    )
    kinds = {
        (c.data_type, str(c.value))
        for s in opened(content).worksheets
        for r in s.iter_rows()
        for c in r
    }
    assert not [
        value for kind, value in kinds if kind == "f" and ("1+1" in value or "SUM" in value)
    ]
