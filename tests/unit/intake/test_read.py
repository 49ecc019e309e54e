"""Any file as a table of text: kinds, encodings, separators, line ends, row numbers."""

import gzip
import zipfile
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
import xlsxwriter

from urban_safety_monitor.errors import DataError
from urban_safety_monitor.intake import read_file

TEXT = "id;city;weight\n1;Tonalá;1,5\n2;Guadalajara;\n"


def saved(folder: Path, content: bytes, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("encoding", "read_as"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("latin-1", "latin-1"),
        ("utf-16", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_encodings_give_the_same_table(tmp_path, encoding, read_as):
    table = read_file(saved(tmp_path, TEXT.encode(encoding)))
    assert table.frame["city"].tolist() == ["Tonalá", "Guadalajara"]
    assert table.header == ("id", "city", "weight")
    assert table.encoding == read_as


def test_windows_letters_are_read_as_windows(tmp_path):
    table = read_file(saved(tmp_path, "id,word\n1,“año”\n".encode("cp1252")))
    assert (table.encoding, table.frame.loc[2, "word"]) == ("cp1252", "“año”")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_separators_are_found(tmp_path, delimiter):
    text = TEXT.replace("1,5", "1.5").replace(";", delimiter)
    table = read_file(saved(tmp_path, text.encode()))
    assert table.delimiter == delimiter
    assert table.frame["weight"].iloc[0] == "1.5"


def test_a_comma_inside_quotes_does_not_separate(tmp_path):
    table = read_file(saved(tmp_path, b'a,b\n"x, y; z",2\n'))
    assert table.frame.loc[2].tolist() == ["x, y; z", "2"]


def test_an_empty_cell_is_missing_and_codes_keep_their_zeros(tmp_path):
    frame = read_file(saved(tmp_path, b'a,b\n"01",\n"",3.0\n')).frame
    assert frame["a"].tolist()[0] == "01"
    assert frame.isna().to_numpy().tolist() == [[False, True], [True, False]]


def test_old_line_ends_are_read_and_said(tmp_path):
    table = read_file(saved(tmp_path, b"a,b\r1,2\r3,4"))
    assert table.frame["b"].tolist() == ["2", "4"]
    assert ("mended_line_ends", {}) in table.repairs


def test_carriage_returns_inside_quotes_are_removed_and_said(tmp_path):
    table = read_file(saved(tmp_path, b'\xef\xbb\xbfa,b,c\n"14\r","\r",2\n"15\r","x\r",3\n'))
    assert table.frame["a"].tolist() == ["14", "15"]
    assert table.frame["b"].isna().tolist() == [True, False]
    assert table.repairs == (("mended_mark", {}), ("mended_returns", {"n": 2}))


def test_row_numbers_are_those_of_a_spreadsheet(tmp_path):
    table = read_file(saved(tmp_path, b'\n\na,b\n1,2\n\n"two\nlines",4\n5,6\n'))
    assert table.first_data_row == 4
    assert table.frame.index.tolist() == [4, 6, 7]


def test_rows_that_do_not_fit_are_named_and_the_others_read(tmp_path):
    table = read_file(saved(tmp_path, b"a,b\n1,2\n3,4,5\n6,7\n8\n9,10\n"))
    (problem,) = table.problems
    assert problem.code == "USM-F13"
    assert problem.place.rows == ((3, 3), (5, 5))
    assert table.frame.index.tolist() == [2, 4, 6]


def test_a_quotation_mark_left_open_is_named(tmp_path):
    table = read_file(saved(tmp_path, b'a,b\n1,2\n3,"4\n5,6\n7,8\n9,10\n'))
    (problem,) = table.problems
    assert (problem.code, problem.place.rows) == ("USM-F16", ((3, 3),))


def test_packed_files_are_read(tmp_path):
    packed = saved(tmp_path, gzip.compress(TEXT.encode()), "table.csv.gz")
    archive = tmp_path / "table.zip"
    with zipfile.ZipFile(archive, "w") as members:
        members.writestr("folder/table.csv", TEXT)
    for path in (packed, archive):
        assert read_file(path).frame["city"].tolist() == ["Tonalá", "Guadalajara"]


def test_only_the_columns_wanted_are_kept_and_all_are_listed(tmp_path):
    table = read_file(saved(tmp_path, TEXT.encode()), columns=["weight"])
    assert list(table.frame) == ["weight"]
    assert table.header == ("id", "city", "weight")


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    book = xlsxwriter.Workbook(path)
    dates = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for position, cell in enumerate(row):
                is_date = isinstance(cell, pd.Timestamp)
                sheet.write(number, position, cell, dates) if is_date else sheet.write(
                    number, position, cell
                )
    book.close()
    return path


def test_a_workbook_gives_whole_numbers_as_codes_and_dates_as_dates(tmp_path):
    day = pd.Timestamp("2026-04-03")
    path = workbook(tmp_path / "t.xlsx", data=[["a", "b", "c"], [3, 1.5, day], ["", "x", ""]])
    table = read_file(path)
    assert table.frame.loc[2].tolist() == ["3", "1.5", "2026-04-03"]
    assert table.frame.loc[3].isna().tolist() == [True, False, True]
    assert (table.sheet, table.format) == ("data", "XLSX")


def test_the_sheet_with_the_expected_columns_is_read(tmp_path):
    path = workbook(
        tmp_path / "t.xlsx",
        cover=[["Survey", "of", "2026"], ["x", "y", "z"], ["x", "y", "z"]],
        base=[["person_id", "sex"], ["p1", 1]],
    )
    assert read_file(path, like=["person_id", "sex"]).sheet == "base"
    assert read_file(path, sheet="cover").sheet == "cover"
    with pytest.raises(DataError, match=r"no sheet called \"answers\"(.|\n)*cover, base"):
        read_file(path, sheet="answers")


def test_blank_rows_above_a_sheet_count(tmp_path):
    path = workbook(tmp_path / "t.xlsx", data=[[], [], ["a", "b"], [1, 2]])
    assert read_file(path).first_data_row == 4


def test_statistical_files_keep_codes_and_codes_declared_missing(tmp_path):
    frame = pd.DataFrame({"sex": [1.0, 2.0, 9.0], "word": ["a", "", "c"]})
    labels = {"sex": {1: "Man", 2: "Woman", 9: "No answer"}}
    pyreadstat.write_sav(
        frame,
        str(tmp_path / "t.sav"),
        variable_value_labels=labels,
        missing_ranges={"sex": [9]},
    )
    pyreadstat.write_dta(frame, str(tmp_path / "t.dta"), variable_value_labels=labels)
    for name in ("t.sav", "t.dta"):
        table = read_file(tmp_path / name)
        assert table.frame["sex"].tolist() == ["1", "2", "9"]
        assert table.frame["word"].isna().tolist() == [False, True, False]
        assert table.labels["sex"] == {"1": "Man", "2": "Woman", "9": "No answer"}


def test_parquet_is_read_as_text(tmp_path):
    frame = pd.DataFrame({"a": [1, 2], "b": [0.5, None], "c": pd.to_datetime(["2026-01-02"] * 2)})
    frame.to_parquet(tmp_path / "t.parquet")
    table = read_file(tmp_path / "t.parquet")
    assert table.frame.iloc[0].tolist() == ["1", "0.5", "2026-01-02"]
    assert table.frame["b"].isna().tolist() == [False, True]


def test_a_workbook_is_read_as_the_same_table_as_a_csv_file(rows, write, write_workbook):
    odd = ["7", "01", 1.5, -9, "no answer", "=1+1", "2026-03-02", "152,37", 123456789012, "", "á é"]
    for row, cell in zip(rows, odd, strict=False):
        row["safe_night"] = cell
    tables = [read_file(path).spelled_out() for path in (write(rows), write_workbook(rows))]
    assert tables[0].header == tables[1].header
    pd.testing.assert_frame_equal(tables[0].frame, tables[1].frame)
