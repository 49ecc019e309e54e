"""Comparing cities, finding indicators and checking files in the app, in a real browser."""

import re
from io import BytesIO
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.e2e.app_server import Open
from urban_safety_monitor.catalogue import load_catalogue
from urban_safety_monitor.catalogue.load import shipped
from urban_safety_monitor.workflow import check_files

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

PRACTICE = shipped("sample_data") / "practice"


def test_comparison_says_the_same_in_lines_and_table(visit: Open) -> None:
    page = visit("/compare?country=MX&ind=safe_night&period=2026-Q1&lang=en")
    expect(page.locator(".answer")).to_contain_text("Santa Irelia")
    page.get_by_text("Show as a table").click()
    lines = page.locator(".row.line:has(.row-title a)")
    table = page.locator("table tbody tr")
    said = [
        (line.locator(".row-title").inner_text(), line.locator(".status").inner_text())
        for line in lines.all()
    ]
    listed = [
        (row.locator("th").inner_text(), row.locator(".status").inner_text()) for row in table.all()
    ]
    assert len(said) == 11
    assert said == listed
    assert dict(said)[next(name for name, _ in said if name.startswith("Santa"))].startswith("[d]")
    expect(page.locator(".st-key-chart canvas, .st-key-chart svg").first).to_be_visible()
    pairs = page.get_by_text(re.compile(r"pairs of cities cannot be told apart"))
    expect(pairs).to_be_hidden()
    page.get_by_text("Show order").click()
    expect(pairs).to_be_visible()
    expect(page.get_by_text(re.compile(r"place \d+ to \d+")).first).to_be_visible()


def test_similar_cities_are_compared_in_one_click(visit: Open) -> None:
    page = visit("/city?city=MX-GDL&lang=en")
    peers = page.locator(".peers a").all_inner_texts()
    page.get_by_role("link", name="Compare with similar cities").click()
    expect(page.locator("h1")).to_have_text("Feels safe walking alone after dark")
    compared = page.locator(".row.line .row-title a")
    expect(compared).to_have_count(len(peers) + 1)
    assert set(compared.all_inner_texts()) == {"Guadalajara", *peers}


def test_indicators_are_found_by_words_without_accents(visit: Open) -> None:
    page = visit("/indicators?lang=es")
    expect(page.locator(".entry")).to_have_count(len(load_catalogue().indicators))
    search = page.get_by_role("searchbox").or_(page.get_by_label("Buscar"))
    search.first.fill("policia efectiva")
    search.first.press("Enter")
    link = page.get_by_role("link", name="Considera efectiva a la policía local")
    expect(link).to_be_visible()
    link.click()
    expect(page.locator("h1")).to_have_text("Considera efectiva a la policía local")
    expect(page.locator(".sheet")).to_contain_text("police_effective")


@pytest.mark.parametrize("name", ["example_ten_faults.csv", "example_ten_faults.xlsx"])
def test_every_problem_of_an_uploaded_file_is_shown(visit: Open, name: str) -> None:
    page = visit("/check?lang=en")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(PRACTICE / name)
    expect(page.locator(".verdict.refused")).to_be_visible(timeout=60_000)
    report = check_files([PRACTICE / name], "usm-questionnaire", load_catalogue()).report
    shown = page.locator(".problem .level code").all_inner_texts()
    assert sorted(shown) == sorted(problem.code for problem in report.problems)
    assert len(shown) >= 9
    unknown_code = page.locator(".problem", has_text="safe_night has a code we do not know")
    expect(unknown_code).to_contain_text("column AC (safe_night), rows 14, 15 and 42")


def test_a_practice_file_is_checked_in_spanish(visit: Open) -> None:
    page = visit("/check?lang=es")
    page.get_by_role("button", name="Revisar: Sin errores, CSV").click()
    expect(page.locator(".verdict.accepted")).to_contain_text(
        "Sus archivos se pueden usar", timeout=60_000
    )


def test_a_corrected_file_is_compared_with_the_last_and_comes_back_marked(
    visit: Open, tmp_path: Path
) -> None:
    corrected = tmp_path / "corrected.csv"
    table = pd.read_csv(PRACTICE / "example_ten_faults.csv", dtype="str").drop(columns="remarks")
    table.loc[table["safe_night"] == "7", "safe_night"] = "3"
    table.loc[60, "sex"] = "5"
    table.to_csv(corrected, index=False)
    page = visit("/check?lang=es")
    first = PRACTICE / "example_ten_faults.xlsx"
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(first)
    expect(page.locator(".verdict.refused")).to_be_visible(timeout=60_000)
    expect(page.locator(".verdict strong")).to_have_count(0)
    page.get_by_role("button", name="Remove example_ten_faults.xlsx").click()
    expect(page.locator(".verdict")).to_have_count(0)
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(corrected)
    expect(page.locator(".verdict strong")).to_have_text(
        "Comparado con su carga anterior, 2 de 10 problemas están corregidos. 1 problema es nuevo.",
        timeout=60_000,
    )
    with page.expect_download() as copy:
        page.get_by_role("button", name="Mi archivo con marcas (XLSX)").click()
    book = openpyxl.load_workbook(BytesIO(copy.value.path().read_bytes()))
    assert book.sheetnames == ["Qué corregir", "corrected"]
    assert "USM-V12" in book["corrected"]["S62"].comment.text
    with page.expect_download() as printed:
        page.get_by_role("button", name="Informe para imprimir (PDF)").click()
    words = PdfReader(BytesIO(printed.value.path().read_bytes())).pages[0].extract_text()
    assert "2 de 10 problemas" in words


def test_text_from_a_file_stays_text(visit: Open, tmp_path: Path) -> None:
    hostile = "<img src=x onerror=document.title='broken'>"
    table = pd.read_csv(PRACTICE / "example_clean.csv", dtype="str")
    table[hostile] = "someone@example.org"
    path = tmp_path / "hostile.csv"
    table.to_csv(path, index=False)
    page = visit("/check?lang=en")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(path)
    expect(page.locator(".report")).to_contain_text(hostile, timeout=60_000)
    assert page.locator(".report img").count() == 0
    assert page.title() != "broken"
