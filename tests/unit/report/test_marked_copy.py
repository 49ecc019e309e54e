"""The marked copy: the user's own cells in their places, the faulty ones coloured and explained."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.unit.report.checks import DAY, PRACTICE, opened, problem_at, report_of, table_of
from urban_safety_monitor.catalogue import load_catalogue, load_recipe
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.intake import CheckReport, SourceTable, apply_recipe, read_file
from urban_safety_monitor.intake.wording import filled
from urban_safety_monitor.report.fix_list import COLOURS, HEADER_ROW
from urban_safety_monitor.report.marked_copy import marked_copy, plain_number, why_no_copy

RED, YELLOW, BLUE = ("FF" + colour.lstrip("#") for colour in COLOURS.values())
MARKS = {"must_fix": RED, "check": YELLOW, "note": BLUE}


def checked(path: Path, *drop: str) -> CheckReport:
    catalogue = load_catalogue()
    recipe, _ = load_recipe("usm-questionnaire", catalogue)
    return apply_recipe(recipe, catalogue, [path], drop=drop).report


def coloured(sheet: Worksheet, first: int = 2, column: int = 2) -> dict[str, str]:
    """Colours by cell, without the column in front, whose cells stand for their rows."""
    rows = sheet.iter_rows(min_row=first, min_col=column)
    return {c.coordinate: c.fill.fgColor.rgb for row in rows for c in row if c.fill.fill_type}


def beside(letter: str) -> str:
    """Where a column of the file stands in the copy."""
    return get_column_letter(column_index_from_string(letter) + 1)


def commented(sheet: Worksheet) -> dict[str, str]:
    return {c.coordinate: c.comment.text for row in sheet.iter_rows() for c in row if c.comment}


def listed(sheet: Worksheet) -> list[tuple[object, ...]]:
    rows = sheet.iter_rows(min_row=HEADER_ROW + 2, values_only=True)
    return [row for row in rows if isinstance(row[0], int)]


@pytest.fixture(scope="module", params=["csv", "xlsx", "sav", "dta", "parquet"])
def ten_faults(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[CheckReport, SourceTable, Workbook]:
    """The practice file in each format, checked, and its marked copy; written where not shipped."""
    kind = request.param
    path = PRACTICE / f"example_ten_faults.{kind}"
    if not path.exists():
        answers = pd.read_csv(PRACTICE / "example_ten_faults.csv", dtype="str")
        path = tmp_path_factory.mktemp("formats") / path.name
        write = {
            "sav": lambda: pyreadstat.write_sav(answers.fillna(""), path),
            "dta": lambda: pyreadstat.write_dta(answers.fillna(""), path),
            "parquet": lambda: answers.to_parquet(path),
        }
        write[kind]()
    report = checked(path, "remarks")
    table = read_file(path, sheet=report.facts[0]["sheet"]).without(["remarks"])
    return report, table, opened(marked_copy(report, [table], DAY, "es"))


def test_every_fault_is_marked_in_its_cell_whatever_the_format(ten_faults):
    report, table, book = ten_faults
    _, sheet = book.worksheets
    further = 0 if table.format in ("CSV", "XLSX") else 1
    places = {
        f"{beside(column.letter)}{row + further}": MARKS[problem.level]
        for problem in report.problems
        for column in problem.place.columns
        for first, last in problem.place.rows
        for row in range(first, last + 1)
    }
    assert coloured(sheet, first=2) == places
    assert set(places) <= set(commented(sheet))
    asked = [p for p in report.problems if p.place.rows and p.level != "note"]
    assert len({p.code for p in asked}) == 9


def test_a_column_in_front_names_the_problems_of_each_row(ten_faults):
    report, table, book = ten_faults
    _, sheet = book.worksheets
    assert (sheet["A1"].value, sheet.freeze_panes) == ("Problemas en esta fila", "B2")
    further = 0 if table.format in ("CSV", "XLSX") else 1
    wanted: dict[int, set[str]] = {}
    for problem in report.problems:
        for first, last in problem.place.rows if problem.level != "note" else ():
            for row in range(first, last + 1):
                wanted.setdefault(row + further, set()).add(filled(problem, "title", "es"))
    there = {row: sheet.cell(row, 1).value for row in range(2, sheet.max_row + 1)}
    assert {row for row, text in there.items() if text} == set(wanted)
    assert all(title in there[row] for row, titles in wanted.items() for title in titles)
    assert {sheet.cell(row, 1).fill.fgColor.rgb for row in wanted} == {RED, YELLOW}


def test_all_other_cells_are_as_they_were(ten_faults):
    _, table, book = ten_faults
    _, sheet = book.worksheets
    header, *rows = sheet.iter_rows(values_only=True)
    assert header[1:] == table.header
    kept = table.frame.astype(object)
    for number, row in enumerate(rows):
        texts = [None if cell is None else str(cell) for cell in row[1:-1]]
        there = [None if pd.isna(cell) else cell for cell in kept.iloc[number]]
        assert [t if t is None else t.removesuffix(".0") for t in texts] == [
            t if t is None else t.removesuffix(".0") for t in there
        ]


@pytest.mark.parametrize("language", ["en", "es"])
def test_while_personal_details_are_suspected_no_copy_is_made(language):
    path = PRACTICE / "example_ten_faults.csv"
    report = checked(path)
    with pytest.raises(DataError) as refused:
        marked_copy(report, [read_file(path)], DAY, language)
    assert "remarks" in str(refused.value)
    assert str(refused.value) == why_no_copy(report, language)
    shown = [report.text(language), report.as_json(language), report.table(language).to_csv()]
    assert "resident@example.org" in path.read_text(encoding="utf-8")
    assert not any("resident@example.org" in text for text in shown)
    assert why_no_copy(checked(path, "remarks"), language) == ""


def test_free_text_that_may_name_people_is_not_copied_either():
    told = problem_at("USM-X02", {"A": "a"}, [2], params={"kind": "text"}, sensitive=True)
    with pytest.raises(DataError):
        marked_copy(report_of(told), [table_of({"a": ["1"]})], DAY)


@pytest.mark.parametrize(("language", "name"), [("en", "What to fix"), ("es", "Qué corregir")])
def test_the_first_sheet_lists_every_problem_in_the_readers_language(language, name):
    path = PRACTICE / "example_ten_faults.xlsx"
    report = checked(path, "remarks")
    book = opened(marked_copy(report, [read_file(path, sheet="data")], DAY, language))
    sheet = book[name]
    table = report.table(language)
    rows = listed(sheet)
    assert [row[2] for row in rows] == table["title"].tolist()
    assert [row[3] for row in rows] == table["where"].tolist()
    assert [row[-1] for row in rows] == table["code"].tolist()
    assert book.sheetnames == [name, "data"]
    assert sheet.freeze_panes == f"A{HEADER_ROW + 2}"
    assert book["data"].freeze_panes == "B2"
    link = sheet.cell(HEADER_ROW + 2, 5).hyperlink.location
    assert link == "'data'!H95"


def test_the_copy_can_be_handed_in_again(tmp_path):
    path = PRACTICE / "example_ten_faults.xlsx"
    report = checked(path, "remarks")
    again = tmp_path / "marked.xlsx"
    table = read_file(path, sheet="data").without(["remarks"])
    again.write_bytes(marked_copy(report, [table], DAY, "es"))
    before = {(p.code, p.place.rows) for p in report.problems}
    assert {(p.code, p.place.rows) for p in checked(again).problems} == before


def test_the_worst_level_colours_a_cell_that_has_several_problems():
    table = table_of({"a": ["1", "2"], "b": ["x", "y"]})
    problems = (
        problem_at("USM-G03", {"A": "a"}, [2, 3], params={"n": 2}),
        problem_at("USM-W02", {"A": "a"}, [3]),
        problem_at("USM-S04", {"B": "b"}, [2], params={"n": 1}),
    )
    sheet = opened(marked_copy(report_of(*problems), [table], DAY)).worksheets[1]
    assert coloured(sheet) == {"B2": YELLOW, "B3": RED, "C2": BLUE}
    assert coloured(sheet, first=1) == coloured(sheet) | {"B1": RED, "C1": BLUE}
    assert coloured(sheet, column=1) == coloured(sheet) | {"A2": YELLOW, "A3": RED}
    assert [code in commented(sheet)["B3"] for code in ("USM-G03", "USM-W02")] == [True, True]


def test_a_problem_of_a_whole_column_is_told_at_its_name():
    table = table_of({"a": ["1"], "b": [None]})
    found = problem_at("USM-C05", {"B": "b"}, [])
    sheet = opened(marked_copy(report_of(found), [table], DAY)).worksheets[1]
    assert list(commented(sheet)) == ["C1"]


def test_rows_that_could_not_be_read_keep_their_place_and_are_marked():
    table = table_of({"a": ["1", "2"], "b": ["x", "y"]}, first=3)
    broken = problem_at("USM-F13", {}, [2, 6], params={"cells": 2, "others": "3"})
    sheet = opened(marked_copy(report_of(broken), [table], DAY)).worksheets[1]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_col=2)] == [
        ["a", "b"], [None, None], [1, "x"], [2, "y"], [None, None], [None, None],
    ]  # fmt: skip
    assert set(coloured(sheet, column=1)) == {"A2", "A6"}


def test_a_column_that_has_no_letter_is_marked_by_its_row_alone():
    found = problem_at("USM-W02", {"": "somewhere"}, [3])
    first, sheet = opened(
        marked_copy(report_of(found), [table_of({"a": ["1", "2"]})], DAY)
    ).worksheets
    assert coloured(sheet, first=1, column=1) == {"A3": RED}
    assert listed(first)[0][4] == "A3"


def test_comments_are_bounded_and_every_cell_is_coloured():
    table = table_of({"a": ["0"] * 50, "b": ["0"] * 50})
    problems = [problem_at("USM-W02", {x: x.lower()}, list(range(2, 52))) for x in "AB"]
    content = marked_copy(report_of(*problems), [table], DAY, most_comments=10)
    first, sheet = opened(content).worksheets
    assert sorted(commented(sheet)) == sorted(f"{x}{n}" for x in "BC" for n in range(2, 7))
    assert len(coloured(sheet)) == 100
    words = str(list(first.iter_rows(values_only=True)))
    assert "comments on its first cells only" in words
    assert "comments on its first" not in str(
        list(opened(marked_copy(report_of(*problems), [table], DAY)).worksheets[0].values)
    )


def test_of_a_very_large_file_the_rows_with_problems_stay_in_their_places():
    table = table_of({"a": [str(n) for n in range(100)]})
    found = problem_at("USM-W02", {"A": "a"}, [40, 90])
    first, sheet = opened(marked_copy(report_of(found), [table], DAY, most_cells=10)).worksheets
    rows = sheet.iter_rows(min_col=2)
    there = {c.coordinate: c.value for row in rows for c in row if c.value is not None}
    assert there == {"B1": "a", "B40": 38, "B90": 88}
    assert "Only rows with problems are copied" in str(list(first.values))


def test_a_file_that_could_not_be_read_has_the_list_alone():
    report = replace(report_of(problem_at("USM-F10", {}, [])), facts=())
    book = opened(marked_copy(report, [], DAY))
    assert book.sheetnames == ["What to fix"]
    assert [row[-1] for row in listed(book.worksheets[0])] == ["USM-F10"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3", 3.0),
        ("-1.5", -1.5),
        ("0", 0.0),
        ("12345678901", 12345678901.0),
        ("123456789012", None),  # a spreadsheet would show 1.23E+11
        ("007", None),
        ("3.0", None),
        ("1e5", None),
        ("+5", None),
        (".5", None),
        ("152,37", None),
        ("1_000", None),
        ("١٢", None),
        ("nan", None),
    ],
)
def test_only_what_a_spreadsheet_shows_as_it_stands_becomes_a_number(text, number):
    assert plain_number(text) == number


@pytest.mark.parametrize(
    ("own", "there"),
    [
        ("What to fix.csv", "What to fix 2"),
        ("history.csv", "history 2"),
        ("a[b]:c*?.csv", "a_b__c__"),
        ("'.csv", "data"),
        ("x" * 40 + ".csv", "x" * 31),
    ],
)
def test_any_name_of_a_file_makes_a_sheet(own, there):
    table = table_of({"a": ["1"]}, name=own)
    book = opened(marked_copy(report_of(), [table, table], DAY))
    assert book.sheetnames[1] == there
    assert len({name.casefold() for name in book.sheetnames}) == 3


def test_the_same_check_gives_the_same_bytes():
    table = table_of({"a": ["1"]})
    assert marked_copy(report_of(), [table], DAY) == marked_copy(report_of(), [table], DAY)
