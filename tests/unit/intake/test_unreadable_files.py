"""Files that are no table: one true reason each, and never a traceback."""

import gzip
import random
import zipfile

import pytest
import xlsxwriter

from urban_safety_monitor.errors import DataError
from urban_safety_monitor.intake import read_file
from urban_safety_monitor.intake.source import UnreadableFile

NOISE = random.Random(5).randbytes(4000)
WRONG = {
    "a PDF named CSV": (b"%PDF-1.7\n1 0 obj\n", "USM-F02"),
    "a program": (b"MZ\x90\x00" + NOISE, "USM-F02"),
    "noise": (NOISE, "USM-F02"),
    "a web page": (b"<!DOCTYPE html><html><body>a,b</body></html>", "USM-F02"),
    "nothing": (b"", "USM-F04"),
    "blank lines": (b"\n\n  \n", "USM-F04"),
    "column names only": (b"a,b,c\n", "USM-F06"),
    "column names and blank rows": (b"a,b,c\n,,\n\n", "USM-F06"),
    "a separator nobody uses": (b"a^b^c\n1^2^3\n4^5^6\n", "USM-F05"),
    "one column": (b"name\nx\ny\n", "USM-F05"),
    "names by comma, rows by semicolon": (b"a,b,c\n1;2;3\n4;5;6\n", "USM-F13"),
    "the same name twice": (b"a,b,a\n1,2,3\n", "USM-F09"),
    "a title above the table": (b"Report 2026,,,\n,,,\na,b,c,d\n1,2,3,4\n", "USM-F08"),
    "two encodings": (
        "año,niño,ñu\n1,á,é\n".encode() + "2,\xe1,\xe9\n".encode("latin-1"),
        "USM-F11",
    ),
    "UTF-16 cut off": ("a,b\n1,2\n".encode("utf-16") + b"\x31", "USM-F11"),
    "gzip cut off": (gzip.compress(b"a,b\n1,2\n" * 100)[:-12], "USM-F10"),
    "a workbook's ending without a workbook": (b"a,b\n1,2\n", "USM-F10"),
    "a locked workbook": (
        b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
        "USM-F03",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_each_wrong_file_has_its_reason(tmp_path, name):
    content, code = WRONG[name]
    path = tmp_path / ("data.xlsx" if "workbook's ending" in name else "data.csv")
    path.write_bytes(content)
    with pytest.raises(UnreadableFile) as error:
        read_file(path)
    assert error.value.problem.code == code
    assert error.value.exit_code == 11
    assert path.name in str(error.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="not found"):
        read_file(tmp_path / "none.csv")


def test_a_workbook_cut_off(rows, write_workbook):
    path = write_workbook(rows)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(UnreadableFile) as error:
        read_file(path)
    assert error.value.problem.code == "USM-F10"


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([[]], "USM-F04"),
        ([["a", "b"]], "USM-F06"),
        ([["a", "b"], ["", ""]], "USM-F06"),
        ([["a", "a"], [1, 2]], "USM-F09"),
        ([["Report", "", ""], ["a", "b", "c"], [1, 2, 3]], "USM-F08"),
    ],
)
def test_workbooks_without_a_table(tmp_path, rows, code):
    book = xlsxwriter.Workbook(tmp_path / "data.xlsx")
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    with pytest.raises(UnreadableFile) as error:
        read_file(tmp_path / "data.xlsx")
    assert error.value.problem.code == code


@pytest.mark.parametrize("name", ["data.sav", "data.dta", "data.parquet"])
def test_statistical_files_cut_off(tmp_path, name):
    start = {"data.sav": b"$FL2", "data.dta": b"<stata_dta>", "data.parquet": b"PAR1"}[name]
    path = tmp_path / name
    path.write_bytes(start + NOISE[:500])
    with pytest.raises(UnreadableFile) as error:
        read_file(path)
    assert error.value.problem.code == "USM-F10"


def test_an_archive_of_two_files(tmp_path):
    path = tmp_path / "data.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "a,b\n1,2\n")
        archive.writestr("b.csv", "a,b\n1,2\n")
    with pytest.raises(DataError, match="Files inside: 2"):
        read_file(path)


def test_an_archive_that_would_unpack_to_gigabytes_is_refused_before_unpacking(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", "a,b\n1,2\n")
    declared = (3_000_000_000).to_bytes(4, "little")
    content = bytearray(path.read_bytes())
    entry = content.index(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = declared
    path.write_bytes(bytes(content))
    with pytest.raises(DataError, match=r"too large: 3\.0 GB"):
        read_file(path)
