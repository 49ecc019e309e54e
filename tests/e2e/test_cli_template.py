"""From the empty table to a repaired file: template, check, marked copy, printed report."""

import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pandas as pd
import pypdf
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.e2e.command_line import Done, usm
from urban_safety_monitor.catalogue.load import shipped

pytestmark = pytest.mark.e2e

GOOD_TO_KNOW = "FFE3EEF9"
CLEAN = shipped("sample_data") / "practice" / "example_clean.csv"


def check(path: Path, *words: object) -> Done:
    return usm("check", path, "--recipe", "usm-questionnaire", "--format", "json", *words)


def marked(sheet: Worksheet) -> Iterator[str]:
    """Cells to be fixed or confirmed; what is only good to know is blue."""
    for row in sheet.iter_rows(min_row=2):
        yield from (
            cell.coordinate
            for cell in row
            if cell.fill.fill_type and cell.comment and cell.fill.fgColor.rgb != GOOD_TO_KNOW
        )


@pytest.fixture(scope="module", params=["es"])
def files(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """What `usm template` writes for a city, by what each file is."""
    folder = tmp_path_factory.mktemp("template")
    done = usm("template", "Guadalajara", "--output", folder, "--lang", request.param)
    assert (done.code, done.err) == (0, "")
    paths = [Path(line) for line in done.out.splitlines()]
    assert sorted(paths) == sorted(folder.iterdir())
    ending = f"_{request.param}"
    return {path.stem.removeprefix("mx-gdl_").removesuffix(ending): path for path in paths}


def test_the_empty_table_is_read_and_has_no_rows(files: dict[str, Path]) -> None:
    done = check(files["template"])
    assert [problem["code"] for problem in json.loads(done.out)["problems"]] == ["USM-F06"]


def test_the_template_filled_with_valid_interviews_is_accepted(
    files: dict[str, Path], tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(files["template"])
    sheet = book.worksheets[1]
    names = [cell.value for cell in sheet[1]]
    answers = pd.read_csv(CLEAN).reindex(columns=names).assign(city_id="MX-GDL")
    codes = [cell.value for cell in book.worksheets[3]["A"][1:]]
    units, _ = pd.factorize(answers["psu"])  # a sampling unit lies in one district
    answers["district_id"] = [codes[unit % len(codes)] for unit in units]
    for row in answers.astype(object).where(answers.notna(), None).itertuples(index=False):
        sheet.append(list(row))
    path = tmp_path / "filled.xlsx"
    book.save(path)
    done = check(path)
    found = json.loads(done.out)
    assert (done.code, found["accepted"]) == (0, True)
    assert found["files"][0]["sheet"] == sheet.title
    assert [p for p in found["problems"] if p["level"] != "note"] == []


def test_the_example_is_accepted(files: dict[str, Path]) -> None:
    assert check(files["example"]).code == 0


def test_the_ten_planted_faults_are_marked_where_the_list_says(
    files: dict[str, Path], tmp_path: Path
) -> None:
    copy, printed = tmp_path / "new" / "marked.xlsx", tmp_path / "report.pdf"
    wanted = [files["ten_faults"], "--marked", copy, "--report", printed, "--lang", "es"]
    refused = check(*wanted)
    assert (refused.code, copy.exists()) == (11, False)
    assert "remarks" in refused.err and "copia con marcas" in refused.err
    assert len(json.loads(refused.out)["problems"]) >= 10
    done = check(*wanted, "--drop-columns", "remarks")
    assert (done.code, done.err) == (11, "")
    book = openpyxl.load_workbook(copy)
    assert book.sheetnames[0] == "Qué corregir"
    sheet = book.worksheets[1]
    assert "HAY QUE CORREGIR" in sheet["AD14"].comment.text
    letters = {cell.value: cell.column_letter for cell in sheet[1]}
    listed = pd.read_csv(files["planted_faults"], dtype=str)
    assert len(listed) == 10
    planted = {
        f"{letters[fault.column]}{row}"
        for fault in listed.itertuples()
        for row in fault.rows.split()
        if fault.column != "remarks"
    }
    # A fault of two rows that contradict each other is marked in all of them.
    others = {"J89", *(f"{column}{row}" for column in "GH" for row in range(95, 103))}
    assert planted <= set(marked(sheet))
    assert set(marked(sheet)) <= planted | others
    assert all(cell.value is None for cell in sheet[letters["remarks"]][1:])
    assert "safe_night" in sheet["A14"].value
    assert len(pypdf.PdfReader(printed).pages) >= 2
    problems = json.loads(done.out)["problems"]
    assert len({problem["code"] for problem in problems if problem["level"] != "note"}) == 9


def test_ones_own_districts_keep_their_leading_zeros(tmp_path: Path) -> None:
    table = tmp_path / "areas.csv"
    table.write_text(
        "area,title,country,level,parent,boundary_version\n"
        "39,Villa Nueva,MX,city,MX,\n01,Centro,MX,district,39,2024\n",
        encoding="utf-8",
    )
    done = usm("template", "villa nueva", "--areas", table, "--output", tmp_path / "out")
    assert (done.code, done.err) == (0, "")
    book = openpyxl.load_workbook(tmp_path / "out" / "39_template_en.xlsx")
    assert book["Districts"]["A2"].value == "01"
    assert check(tmp_path / "out" / "39_example_en.xlsx").code == 0


def wrong_calls(folder: Path) -> Iterator[tuple[list[object], str]]:
    read = ["check", CLEAN, "--recipe", "usm-questionnaire"]
    yield ["template", "Atlantis", "--output", folder], "Atlantis"
    yield ["template", "Guadalajara", "--areas", folder / "none.csv"], "none.csv"
    yield ["template", "Guadalajara", "--areas", CLEAN], "column"
    yield [*read, "--marked", folder / "copy.csv"], ".xlsx"
    yield [*read, "--report", folder / "report.txt"], ".pdf"


def test_wrong_calls_end_in_words_and_write_nothing(tmp_path: Path) -> None:
    for words, said in wrong_calls(tmp_path):
        done = usm(*words)
        assert (done.code, done.out) == (11, "")
        assert said in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_users_own_file_is_never_written_over(tmp_path: Path) -> None:
    own = tmp_path / "own.xlsx"
    own.write_bytes(b"mine")
    done = check(own, "--marked", own)
    assert (done.code, own.read_bytes()) == (11, b"mine")
    assert "own files" in done.err
