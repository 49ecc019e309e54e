"""Files made to harm, or harmful by accident: refused in words, bounded, nothing left behind."""

import gzip
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest

from urban_safety_monitor.intake import read_file
from urban_safety_monitor.intake.source import UnreadableFile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
BOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="data" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELATED = (
    f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    "</Relationships>"
)
ROOT = (
    f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
LAUGHS = '<!DOCTYPE x [<!ENTITY b0 "ha">{}<!ENTITY a "&b11;">]>'.format(
    "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 12))
)


def texts(*names: str) -> str:
    cells = "".join(
        f'<c r="{"AB"[i]}1" t="inlineStr"><is><t>{name}</t></is></c>'
        for i, name in enumerate(names)
    )
    return f'<row r="1">{cells}</row>'


def sheet(rows: str) -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def workbook(path: Path, rows: str, strings: str = "", before: str = "") -> None:
    """A workbook of parts as bare as a reader takes them."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", "<Types/>")
        parts.writestr("_rels/.rels", ROOT)
        parts.writestr("xl/workbook.xml", BOOK)
        parts.writestr("xl/_rels/workbook.xml.rels", RELATED)
        parts.writestr("xl/worksheets/sheet1.xml", before + sheet(rows))
        parts.writestr("xl/sharedStrings.xml", strings or f'<sst xmlns="{MAIN}"/>')


def far_cell(path: Path) -> None:
    workbook(path, texts("a", "b") + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def bomb(path: Path) -> None:
    workbook(path, texts("a", "b"), strings="<sst>" + " " * 120_000_000)


def bomb_that_lies(path: Path) -> None:
    """The directory says ten bytes; the part unpacks to 120 MB."""
    workbook(path, texts("a", "b") + " " * 120_000_000)
    content = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        start = -1
        while (start := content.find(mark, start + 1)) >= 0:
            content[start + at : start + at + 4] = (10).to_bytes(4, "little")
    path.write_bytes(bytes(content))


def many_members(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(6_000):
            archive.writestr(f"xl/{number}", "")


def packed_twice(path: Path) -> None:
    inner = path.with_name("inner.zip")
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.csv", "a,b\n1,2\n")
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(inner, "inner.zip")
    inner.unlink()


def locked_archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "a,b\n1,2\n")
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(content))


def sav_of_many(path: Path) -> None:
    pyreadstat.write_sav(pd.DataFrame({"a": [1.0], "b": [2.0]}), str(path))
    content = bytearray(path.read_bytes())
    content[80:84] = (900_000_000).to_bytes(4, "little")
    path.write_bytes(bytes(content))


def dta_of_billions(path: Path) -> None:
    pyreadstat.write_dta(pd.DataFrame({"a": [1.0], "b": [2.0]}), str(path))
    content = bytearray(path.read_bytes())
    at = content.index(b"<N>") + 3
    content[at : at + 4] = (2_000_000_000).to_bytes(4, "little")
    path.write_bytes(bytes(content))


def broken_pages(path: Path) -> None:
    pd.DataFrame({"a": range(9000), "b": range(9000)}).to_parquet(path)
    content = bytearray(path.read_bytes())
    content[200:4000] = bytes(3800)
    path.write_bytes(bytes(content))


def wide(path: Path) -> None:
    frame = pd.DataFrame([range(6_000)], columns=[f"c{n}" for n in range(6_000)])
    pq.write_table(pa.Table.from_pandas(frame), path)


def nested(path: Path) -> None:
    pq.write_table(pa.table({"a": [[1], [2]], "b": [{"x": 1}, {"x": 2}], "c": [1, 2]}), path)


def many_rows(path: Path) -> None:
    numbers = pa.repeat(pa.scalar(1, pa.int8()), 6_000_000)
    pq.write_table(pa.table({"a": numbers, "b": numbers}), path)


def sparse(path: Path) -> None:
    path.touch()
    os.truncate(path, 5_000_000_000)


def misnamed_page(path: Path) -> None:
    """The first column's page says that it is an index, and is passed over without a word."""
    table = pa.table({"a": [1, 2, 3], "b": [4, 5, 6]})
    pq.write_table(table, path, compression="none", use_dictionary=False, write_statistics=False)
    content = bytearray(path.read_bytes())
    assert content[4:6] == bytes([0x15, 0])  # the page's kind, as the format writes it: data
    content[5] = 2
    path.write_bytes(content)


def looping(path: Path) -> None:
    path.symlink_to(path)


def written(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


PLAIN = b"a,b\n" + b"1,2\n" * 100_000
HOSTILE: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "a cell in the last corner of a sheet": (far_cell, "x.xlsx", "F25 F26"),
    "a workbook that unpacks to 120 MB": (bomb, "x.xlsx", "F29"),
    "the same with a false length": (bomb_that_lies, "x.xlsx", "F10 F26"),
    "a workbook of 6,000 files": (many_members, "x.xlsx", "F14"),
    "a packed file in a packed file": (packed_twice, "x.zip", "F14"),
    "a packed file with a password": (locked_archive, "x.zip", "F03"),
    "gzip that unpacks to 200 MB": (written(gzip.compress(bytes(200_000_000), 1)), "x.gz", "F29"),
    "a PDF in gzip": (written(gzip.compress(b"%PDF-1.7 ...")), "x.csv.gz", "F02"),
    "a million columns": (written(b"c," * 1_000_000 + b"c"), "x.csv", "F25"),
    "6,000 columns of Parquet": (wide, "x.parquet", "F25"),
    "lists and structures in Parquet": (nested, "x.parquet", "F27"),
    "six million rows in a few kilobytes": (many_rows, "x.parquet", "F25"),
    "Parquet with broken pages": (broken_pages, "x.parquet", "F10"),
    "Parquet with a page of another kind": (misnamed_page, "x.parquet", "F10"),
    "an SPSS file that says 900 million rows": (sav_of_many, "x.sav", "F25"),
    "a Stata file of two billion rows": (dta_of_billions, "x.dta", "F25 F10"),
    "five gigabytes of nothing": (sparse, "x.csv", "F12"),
    "a zero byte far down": (written(PLAIN + b"1,\x002\n"), "x.csv", "F11"),
    "a program": (written(b"MZ" + bytes(500)), "x.csv", "F02"),
    "a picture": (written(b"\x89PNG\r\n" + bytes(500)), "x.csv", "F02"),
    "an old workbook cut off": (written(b"\xd0\xcf\x11\xe0" + bytes(900)), "x.xls", "F10"),
    "a hundred thousand brackets": (written(b"[" * 100_000 + b"]" * 100_000), "x.json", "F02"),
    "a map": (written(b'{"type":"FeatureCollection","features":[' + b"[1," * 9), "x.csv", "F02"),
    "an empty file": (Path.touch, "x.csv", "F04"),
    "a folder": (Path.mkdir, "x.csv", "F02"),
    "a pipe nobody writes to": (os.mkfifo, "x.csv", "F02"),
    "a link to itself": (looping, "x.csv", "F01"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Temporary files go to a folder that is empty again at the end."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_words(tmp_path, name):
    make, file, codes = HOSTILE[name]
    path = tmp_path / file
    make(path)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(UnreadableFile) as error:
        read_file(path)
    assert error.value.problem.code.removeprefix("USM-") in codes.split()
    assert error.value.exit_code == 11 and file in str(error.value)
    assert sorted(tmp_path.iterdir()) == before


def test_a_device_is_not_read():
    with pytest.raises(UnreadableFile) as error:
        read_file("/dev/zero")
    assert error.value.problem.code == "USM-F02"


@pytest.mark.parametrize("name", ["none.csv", "x\0.csv", "x" * 300 + ".csv"])
def test_a_name_that_names_nothing(name):
    with pytest.raises(UnreadableFile) as error:
        read_file(name)
    assert error.value.problem.code == "USM-F01"


@pytest.mark.parametrize("entities", [OUTSIDE, LAUGHS])
def test_entities_of_a_workbook_are_never_resolved(tmp_path, entities):
    path = tmp_path / "x.xlsx"
    rows = texts("first", "second") + texts("&a;", "x").replace("1", "2")
    workbook(path, rows, before=entities)
    try:
        table = read_file(path)
    except UnreadableFile as error:
        assert error.problem.code == "USM-F10"
    else:
        assert (
            not table.frame.astype(str)
            .map(lambda text: "root:" in text or "haha" in text)
            .any(axis=None)
        )


def test_formulas_without_a_result_are_told_and_not_read_as_empty(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "a & b"
    for row in (["x", "y"], [1, "=A2*2"], [2, "=A3*2"], [3, 4]):
        book.active.append(row)
    book.save(tmp_path / "x.xlsx")
    (problem,) = read_file(tmp_path / "x.xlsx").problems
    assert (problem.code, problem.place.rows) == ("USM-F30", ((2, 3),))
    assert [column.letter for column in problem.place.columns] == ["B"]


def test_commands_and_paths_stay_text(tmp_path):
    cells = ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "../../x", "C:\\con", "-1", "%s{}"]
    path = tmp_path / "x.csv"
    pd.DataFrame({"id": cells, "b": 1}).to_csv(path, index=False)
    assert read_file(path).frame["id"].tolist() == cells


def test_a_workbook_named_csv_is_read_as_what_it_is(tmp_path):
    workbook(tmp_path / "x.csv", texts("a", "b") + '<row r="2"><c r="B2"><v>01</v></c></row>')
    assert read_file(tmp_path / "x.csv").frame["b"].tolist() == ["1"]


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may read everything")
def test_a_file_of_somebody_else(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b\n1,2\n")
    path.chmod(0)
    with pytest.raises(UnreadableFile) as error:
        read_file(path)
    assert error.value.problem.code == "USM-F28"
