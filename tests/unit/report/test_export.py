"""The same numbers in every file, and nothing in them that a spreadsheet would run."""

import csv
import json
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl
import pypdf
import pytest

from urban_safety_monitor.errors import DataError
from urban_safety_monitor.report.export import file_name, scorecard_files
from urban_safety_monitor.report.records import CityProfile
from urban_safety_monitor.report.workbook import HEADER_ROW
from urban_safety_monitor.tables.csv_text import guarded


def written(profile: CityProfile, folder: Path, name: str) -> bytes:
    (path,) = scorecard_files(profile, folder, formats=[name])
    return path.read_bytes()


def records(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"))))


def test_files_are_named_by_city_period_content_and_language(
    short: CityProfile, tmp_path: Path
) -> None:
    paths = scorecard_files(short, tmp_path / "out")
    assert [path.name for path in paths] == [
        f"san-almeda_2026-Q1_scorecard_en.{name}" for name in ("pdf", "xlsx", "csv", "json")
    ]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(
        path.name for path in paths
    )


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Río Amatinga", "rio-amatinga"),
        ("ميناء ميرو (Port Merrow)", "port-merrow"),
        ("ميناء", "c0"),
        ("../../etc/passwd", "etc-passwd"),
    ],
)
def test_file_names_are_plain_letters(short: CityProfile, title: str, name: str) -> None:
    assert file_name(replace(short, title=title), "csv") == f"{name}_2026-Q1_scorecard_en.csv"


def test_unknown_format_is_named(profile: CityProfile, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="format 'doc': known are pdf, xlsx, csv, json"):
        scorecard_files(profile, tmp_path, formats=["doc"])


def test_numbers_are_the_same_in_every_file(
    profile_in: CityProfile, pdf_in: bytes, tmp_path: Path
) -> None:
    table = records(written(profile_in, tmp_path, "csv"))
    tree = json.loads(written(profile_in, tmp_path, "json"))
    book = openpyxl.load_workbook(BytesIO(written(profile_in, tmp_path, "xlsx")))
    sheet = list(book.worksheets[1].iter_rows(min_row=HEADER_ROW + 2, values_only=True))
    pdf = pypdf.PdfReader(BytesIO(pdf_in))
    printed = " ".join(pdf.pages[1].extract_text().split())
    lines = zip(profile_in.rows, table, tree["rows"], sheet, strict=True)
    for row, line, branch, cells in lines:
        figure = row.figure
        numbers = (figure.value, figure.lower, figure.upper, figure.n)
        assert (
            tuple(float(line[k]) if line[k] else None for k in ("value", "lower", "upper", "n"))
            == numbers
        )
        assert tuple(branch["figure"][k] for k in ("value", "lower", "upper", "n")) == numbers
        assert cells[3:7] == pytest.approx(numbers) if figure.value is not None else (None,) * 4
        assert figure.value_text in printed
        assert line["flags"] == " ".join(figure.flags)
        assert line["status"] == branch["verdict"]["status"] == row.verdict.status
        assert row.verdict.word in cells


@pytest.mark.parametrize("name", ["csv", "json"])
def test_text_files_carry_provenance_and_the_mark(
    profile: CityProfile, tmp_path: Path, name: str
) -> None:
    text = written(profile, tmp_path, name).decode("utf-8-sig")
    for needed in ("0123456789abcdef", "1.2.3", profile.method, profile.licence):
        assert needed in text
    assert "Demonstration data, not a description of any real city" in text


def test_the_sheet_of_notes_carries_provenance(profile: CityProfile, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(BytesIO(written(profile, tmp_path, "xlsx")))
    notes = {row[0].value: row[1].value for row in book.worksheets[0].iter_rows(min_row=6)}
    assert notes["Run"] == "0123456789abcdef"
    assert notes["Method"] == profile.method
    assert notes["[u]"] == "low reliability"


def test_every_sheet_follows_the_rules(profile_in: CityProfile, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(BytesIO(written(profile_in, tmp_path, "xlsx")))
    assert len(book.worksheets) == 5
    for sheet in book.worksheets:
        assert sheet["A1"].value
        assert sheet["A3"].value == profile_in.demonstration
        assert not sheet.merged_cells.ranges
        assert len(sheet.tables) == 1
        assert sheet.freeze_panes == f"B{HEADER_ROW + 2}"
        header = [cell.value for cell in sheet[HEADER_ROW + 1]]
        assert all(header)
        assert len(set(header)) == len(header)


def test_a_withheld_figure_is_blank_and_flagged(profile: CityProfile, tmp_path: Path) -> None:
    table = {line["indicator"]: line for line in records(written(profile, tmp_path, "csv"))}
    line = table["sexual_violence_prev"]
    assert [line[k] for k in ("value", "lower", "upper", "n", "standard_error")] == [""] * 5
    assert (line["flags"], line["conf_status"]) == ("c", "C")


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_no_text_is_a_formula(short: CityProfile, tmp_path: Path, start: str) -> None:
    profile = replace(short, title=start)
    assert guarded(start) == f"'{start}"
    assert records(written(profile, tmp_path, "csv"))[0]["city"] == f"'{start}"
    book = openpyxl.load_workbook(BytesIO(written(profile, tmp_path, "xlsx")))
    types = {c.data_type for s in book.worksheets for row in s.iter_rows() for c in row if c.value}
    assert types <= {"s", "n"}


def test_numbers_are_never_guarded() -> None:
    assert guarded(-1.5) == -1.5


def test_the_same_run_gives_the_same_files(profile: CityProfile, tmp_path: Path) -> None:
    for name in ("xlsx", "csv", "json"):
        assert written(profile, tmp_path / "a", name) == written(profile, tmp_path / "b", name)
