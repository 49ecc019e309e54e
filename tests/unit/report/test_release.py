"""A release: the same figures in every format, nothing withheld in any, all of it explained."""

import csv
import json
import zipfile
from functools import cache
from io import BytesIO, StringIO

import openpyxl
import pandas as pd
import pytest
from pysdmx.io import read_sdmx

from tests.unit.report import factory
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.report.release import part_of, release_files, zipped
from urban_safety_monitor.report.release.sdmx import IDS
from urban_safety_monitor.report.view import View, named_rows
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.run import Results

MARK = "Demonstration data, not a description of any real city"
KEY = ["area", "period", "indicator", "disaggregation", "category"]


@pytest.fixture(scope="module")
def released() -> dict[str, bytes]:
    return release_files(_results(), factory.catalogue())


@pytest.fixture
def results() -> Results:
    return _results()


@cache
def _results() -> Results:
    return factory.make_results(number=2)


def table(files: dict[str, bytes], path: str) -> pd.DataFrame:
    return pd.read_csv(BytesIO(files[path]), encoding="utf-8-sig", keep_default_na=False)


def as_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    texts = [*KEY, "obs_status", "conf_status", "flags"]
    numbers = [name for name in IDS if name not in (*texts, "unit_of_measure", "demonstration")]
    converted = {name: pd.to_numeric(frame[name].replace("", None)) for name in numbers}
    ordered = frame[texts].assign(**converted).sort_values(KEY, ignore_index=True)
    return ordered.astype(dict.fromkeys(texts, object))


def test_the_figures_are_the_run_s(released: dict[str, bytes], results: Results) -> None:
    figures = as_numbers(table(released, "data/figures.csv"))
    own = results.estimates.sort_values(KEY, ignore_index=True)
    assert len(figures) == len(own) > 500
    for name in ("value", "standard_error", "lower", "upper", "n"):
        pd.testing.assert_series_equal(figures[name], own[name], check_dtype=False)


def test_every_format_holds_the_same_numbers(released: dict[str, bytes]) -> None:
    figures = as_numbers(table(released, "data/figures.csv"))
    from_json = pd.DataFrame(json.loads(released["figures.json"]))
    from_json = as_numbers(from_json.astype(object).where(from_json.notna(), ""))
    pd.testing.assert_frame_equal(figures, from_json)
    book = openpyxl.load_workbook(BytesIO(released["figures.xlsx"]), read_only=True)
    header, *rows = book["figures"].iter_rows(min_row=5, values_only=True)
    from_sheet = pd.DataFrame(rows, columns=header).astype(object)
    pd.testing.assert_frame_equal(figures, as_numbers(from_sheet.where(from_sheet.notna(), "")))
    sdmx = table(released, "sdmx/figures.csv").rename(columns={v: k for k, v in IDS.items()})
    sdmx["conf_status"] = sdmx["conf_status"].replace("F", "")
    pd.testing.assert_frame_equal(figures, as_numbers(sdmx))


def test_flags_are_those_every_page_shows(released: dict[str, bytes], results: Results) -> None:
    figures = table(released, "data/figures.csv")
    totals = figures[figures["disaggregation"] == TOTAL].set_index(["area", "period", "indicator"])
    view = View(results, factory.catalogue(), "en")
    of_city = results.estimates[results.estimates["disaggregation"] == TOTAL]
    for row in named_rows(of_city):
        shown = view.figure(row, view.catalogue.indicators[row.indicator]).flags
        assert totals.loc[(row.area, row.period, row.indicator), "flags"] == " ".join(shown)


def test_what_is_withheld_has_no_number_anywhere(released: dict[str, bytes]) -> None:
    figures = as_numbers(table(released, "data/figures.csv"))
    withheld = figures[figures["conf_status"] == "C"]
    assert len(withheld)
    assert withheld[["value", "standard_error", "lower", "upper", "n"]].isna().all(axis=None)
    assert set(withheld["flags"]) == {"c"}


def test_every_row_and_sheet_says_that_it_is_demonstration_data(
    released: dict[str, bytes],
) -> None:
    for name in ("figures", "scores", "spans", "comparisons", "surveys", "areas"):
        assert set(table(released, f"data/{name}.csv")["demonstration"]) == {MARK}
    book = openpyxl.load_workbook(BytesIO(released["figures.xlsx"]), read_only=True)
    assert {book[name]["A3"].value for name in book.sheetnames} == {MARK}
    assert MARK in released["README.md"].decode()
    assert b"<mes:Test>true</mes:Test>" in released["sdmx/structure.xml"]


def test_the_descriptor_describes_the_files(released: dict[str, bytes]) -> None:
    resources = json.loads(released["datapackage.json"])["resources"]
    assert {r["path"] for r in resources} == {p for p in released if p.startswith("data/")}
    for resource in resources:
        rows = table(released, resource["path"])
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == list(rows)
        assert not rows.duplicated(resource["schema"]["primaryKey"]).any()
        for field in fields:
            if field["type"] == "number":
                pd.to_numeric(rows[field["name"]].replace("", None))


def test_the_structure_describes_the_sdmx_data(released: dict[str, bytes]) -> None:
    message = read_sdmx(released["sdmx/structure.xml"].decode(), validate=True)
    (structure,) = message.get_data_structure_definitions()
    header = next(csv.reader(StringIO(released["sdmx/figures.csv"].decode())))
    assert [c.id for c in structure.components] == header[3:]
    data = table(released, "sdmx/figures.csv")
    for codelist in message.get_codelists():
        column = data[codelist.id.removeprefix("CL_")]
        assert set(column) == {code.id for code in codelist.items}
    (dataset,) = read_sdmx(released["sdmx/figures.csv"].decode(), validate=True).data
    assert len(dataset.data) == len(data)


def test_a_zip_is_the_same_bytes_every_time(released: dict[str, bytes]) -> None:
    again = release_files(_results(), factory.catalogue())
    assert zipped(again) == zipped(released)
    with zipfile.ZipFile(BytesIO(zipped(released))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == released


def test_a_name_that_looks_like_a_formula_stays_a_text() -> None:
    results = factory.with_title(_results(), "=1+1")
    files = release_files(results, factory.catalogue())
    cities = table(files, "data/areas.csv")["city"]
    assert "'=1+1" in set(cities) and "=1+1" not in set(cities)
    book = openpyxl.load_workbook(BytesIO(files["figures.xlsx"]))
    cells = [cell for row in book["areas"].iter_rows() for cell in row if cell.value == "=1+1"]
    assert cells and {cell.data_type for cell in cells} == {"s"}


def test_a_part_holds_one_country_and_period(results: Results) -> None:
    part = part_of(results, "xx", factory.PERIOD)
    assert set(part.estimates["period"]) == {factory.PERIOD}
    assert 0 < len(part.estimates) < len(results.estimates)
    with pytest.raises(DataError, match="no figures for '1999'"):
        part_of(results, "xx", "1999")


def test_a_release_speaks_spanish(results: Results) -> None:
    part = part_of(results, "xx", factory.PERIOD)
    text = release_files(part, factory.catalogue(), language="es")["README.md"].decode()
    assert "Qué contiene" in text and "How sure" not in text
