"""From a survey's file to its values in the app: each step, in both languages, in a browser."""

import re
from io import BytesIO
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from playwright.sync_api import Page, TimeoutError, expect
from pypdf import PdfReader

from tests.e2e.app_server import Open, parameters
from urban_safety_monitor.catalogue.load import shipped

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

PRACTICE = shipped("sample_data") / "practice"
PATIENT = 60_000
FAULTS = 10

WORDS = {
    "en": {
        "more": "No file yet? Templates and practice files",
        "practise": "Check: Ten faults, XLSX",
        "template": "Empty template for this city (XLSX)",
        "again": "Check again without these columns",
        "leave out": "Leave out columns",
        "marks": "Download my file with marks (XLSX)",
        "report": "Report to print or share (PDF)",
        "fix": "What to fix",
        "refused": "Your files cannot be used yet.",
        "accepted": "Your files can be used.",
        "progress": "Compared with your last upload, 1 of 10 problems is fixed. 1 problem is new.",
        "preview": "not published",
        "upload": "Upload data",
        "indicators": "Indicators",
        "kept": "This is the check you saw last",
        "city": "Name of the city",
        "confirm": "Confirm the matching",
        "own names": "The columns carry the questionnaire’s own names",
        "last time": "Last time’s matching is used",
        "suggested": "suggested",
        "change": "Change another column",
        "column": "Your column",
        "question": "Our question",
        "apply": "Change",
        "other city": "The file is of Thornwater: choose it in step 1",
        "done": "Interviews done",
        "facts": "Facts of the survey (optional): the file is held against them",
    },
    "es": {
        "more": "¿Aún no tiene archivo? Plantillas y archivos de práctica",
        "practise": "Revisar: Diez errores, XLSX",
        "template": "Plantilla vacía para esta ciudad (XLSX)",
        "again": "Revisar otra vez sin estas columnas",
        "leave out": "Dejar fuera columnas",
        "marks": "Descargar mi archivo con marcas (XLSX)",
        "report": "Informe para imprimir o compartir (PDF)",
        "fix": "Qué corregir",
        "refused": "Sus archivos todavía no se pueden usar.",
        "accepted": "Sus archivos se pueden usar.",
        "progress": "Comparado con su carga anterior, 1 de 10 problemas está corregido. "
        "1 problema es nuevo.",
        "preview": "no publicada",
        "upload": "Subir datos",
        "indicators": "Indicadores",
        "kept": "Esta es la última revisión que vio",
        "city": "Nombre de la ciudad",
        "confirm": "Confirmar la correspondencia",
        "own names": "Las columnas tienen los nombres del cuestionario",
        "last time": "Se usa la correspondencia de la vez anterior",
        "suggested": "sugerida",
        "change": "Cambiar otra columna",
        "column": "Su columna",
        "question": "Nuestra pregunta",
        "apply": "Cambiar",
        "other city": "El archivo es de Thornwater: elegirla en el paso 1",
        "done": "Entrevistas realizadas",
        "facts": "Datos de la encuesta (opcionales): el archivo se compara con ellos",
    },
}
SHORT = [
    *("city_id", "round_id", "interview_date", "district_id", "boundary_version", "stratum"),
    *("psu", "person_id", "weight_person", "sex", "age", "safe_night", "safe_day", "trust_police"),
]
"""Columns of a short survey: few questions are as good as many, and quicker."""

LANGUAGES = pytest.mark.parametrize("language", ["en", "es"])


def hand_in(page: Page, path: Path) -> None:
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(path)


def expect_verdict(page: Page, kind: str, words: str) -> None:
    verdict = page.locator(f".verdict.{kind}")
    expect(verdict.locator("h3")).to_have_text(words, timeout=PATIENT)


def downloaded(page: Page, label: str) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("button", name=label).click()
    return download.value.path().read_bytes()


def choose(page: Page, label: str, option: str) -> None:
    box = page.get_by_role("combobox", name=label)
    wanted = page.get_by_role("option").filter(has_text=option).first
    for _ in range(5):  # the page may be drawn anew while the list is open
        box.click()
        box.fill(option)
        try:
            wanted.click(timeout=4000)
        except TimeoutError:
            box.press("Escape")
        else:
            break
    expect(page.get_by_role("option")).to_have_count(0)


@LANGUAGES
def test_ten_faults_are_shown_marked_and_gone_once_mended(visit: Open, language: str) -> None:
    words = WORDS[language]
    page = visit(f"/upload?lang={language}")
    page.get_by_text(words["more"]).click()
    page.get_by_role("button", name=words["practise"]).click()
    expect_verdict(page, "refused", words["refused"])
    template = openpyxl.load_workbook(BytesIO(downloaded(page, words["template"])))
    assert any(row[0].value == "ZA-D10-01" for sheet in template for row in sheet.iter_rows())
    asked = page.locator(".problem.must_fix, .problem.check")
    expect(asked).to_have_count(FAULTS)
    expect(page.locator(".problem", has_text="(safe_night)").first).to_contain_text(
        "AC (safe_night)"
    )
    # What seems personal may not be spread: there is no copy before the column is left out.
    expect(page.get_by_role("button", name=words["marks"])).to_have_count(0)
    expect(page.locator("form, [data-testid=stForm]").get_by_text("remarks")).to_be_visible()
    page.get_by_role("button", name=words["again"]).click()
    expect(asked).to_have_count(FAULTS - 1, timeout=PATIENT)
    book = openpyxl.load_workbook(BytesIO(downloaded(page, words["marks"])))
    assert book.sheetnames[0] == words["fix"]
    marked = [
        cell.value
        for row in book.worksheets[1].iter_rows()
        for cell in row
        if cell.comment and "USM-V12" in cell.comment.text
    ]
    assert 7 in marked
    hand_in(page, PRACTICE / "example_clean.csv")
    expect_verdict(page, "accepted", words["accepted"])
    expect(page.get_by_text(words["own names"])).to_be_visible()
    expect(page.get_by_text(words["preview"])).to_be_visible()
    shown = page.locator("table.preview tbody tr:has(td)")
    assert shown.count() > 30
    row = shown.filter(has_text=re.compile("walking alone after dark|caminar sola\\(o\\) de noche"))
    assert row.first.locator("td").all_inner_texts()[1:] == [
        "31.6 to 42.3" if language == "en" else "de 31.6 a 42.3",
        "298",
    ]
    expect(page.locator("pre").first).to_contain_text('files = ["example_clean.csv"]')


def test_the_verdict_outlives_another_page_and_a_refresh(visit: Open) -> None:
    words = WORDS["es"]
    page = visit("/upload?lang=es&for=ZA-D10&round=2026-Q1")
    hand_in(page, PRACTICE / "example_clean.csv")
    expect_verdict(page, "accepted", words["accepted"])
    key = parameters(page)["check"]
    page.get_by_role("link", name=words["indicators"]).click()
    expect(page.locator(".entry").first).to_be_visible(timeout=PATIENT)
    page.get_by_role("link", name=words["upload"]).click()
    expect_verdict(page, "accepted", words["accepted"])
    page.set_viewport_size({"width": 320, "height": 700})
    page.reload()
    expect_verdict(page, "accepted", words["accepted"])
    expect(page.locator(".verdict")).to_contain_text(words["kept"])
    expect(page.locator("table.preview")).to_be_visible()
    assert parameters(page)["check"] == key
    assert page.get_by_test_id("stMainBlockContainer").evaluate("e => e.scrollWidth") <= 320


@LANGUAGES
def test_own_names_of_columns_are_confirmed_once(
    visit: Open, tmp_path: Path, language: str
) -> None:
    words = WORDS[language]
    table = pd.read_csv(PRACTICE / "example_clean.csv", dtype="str", usecols=SHORT)
    own = {"psu": "upm", "stratum": "estrato", "weight_person": "factor", "safe_night": "P4_1"}
    path = tmp_path / "own.csv"
    table.drop(columns=["city_id", "round_id"]).rename(columns=own).to_csv(path, index=False)
    page = visit(f"/upload?lang={language}&for=other&round=2026-Q1")
    page.get_by_label(words["city"]).fill(f"Villa {language}")
    page.get_by_label(words["city"]).press("Enter")
    expect(page.get_by_text(f"VILLA-{language.upper()}")).to_be_visible()
    hand_in(page, path)
    open_rows = page.locator(".columns tr.open")
    expect(open_rows).to_have_count(3, timeout=PATIENT)
    expect(open_rows.filter(has_text="factor")).to_contain_text(words["suggested"])
    expect(page.locator(".verdict")).to_have_count(0)
    page.get_by_text(words["change"]).click()
    choose(page, words["column"], "P4_1")
    choose(page, words["question"], "safe_night:")
    page.get_by_role("button", name=words["apply"], exact=True).click()
    expect(page.locator(".columns tr", has_text="P4_1")).to_contain_text("safe_night:")
    page.get_by_role("button", name=words["confirm"]).click()
    expect_verdict(page, "accepted", words["accepted"])
    hand_in(page, path.rename(tmp_path / "next_round.csv"))
    expect(page.locator(".found")).to_contain_text("next_round.csv", timeout=PATIENT)
    expect_verdict(page, "accepted", words["accepted"])
    expect(page.get_by_text(words["last time"])).to_be_visible()
    expect(page.get_by_role("button", name=words["confirm"])).to_have_count(0)


@LANGUAGES
def test_personal_details_are_left_out_and_the_file_is_accepted(
    visit: Open, tmp_path: Path, language: str
) -> None:
    """Names of columns and files are anybody's text: none becomes HTML, a link or a picture."""
    words = WORDS[language]
    table = pd.read_csv(PRACTICE / "example_clean.csv", dtype="str", usecols=SHORT)
    hostile = "[x](javascript:alert(1)) <img src=x onerror=document.title='broken'>"
    table[hostile] = "someone@example.org"
    table.loc[0, "district_id"] = "<b>x</b>"
    path = tmp_path / "[y](javascript:alert(2)) <b>.csv"
    table.to_csv(path, index=False)
    page = visit(f"/upload?lang={language}&for=MX-GDL&round=2026-Q1", width=390, height=844)
    hand_in(page, path)
    page.get_by_role("button", name=words["other city"]).click(timeout=PATIENT)
    expect_verdict(page, "refused", words["refused"])
    expect(page.locator(".report")).to_contain_text(hostile)
    expect(page.locator(".report")).to_contain_text("<b>x</b>")
    assert page.locator("a[href^='javascript'], .report img, .report b, .found b").count() == 0
    assert page.get_by_test_id("stMainBlockContainer").evaluate("e => e.scrollWidth") <= 390
    page.get_by_role("button", name=words["again"]).click()
    expect(page.locator(".problem.must_fix")).to_have_count(1, timeout=PATIENT)
    mended = tmp_path / "mended.csv"
    table.drop(index=0).to_csv(mended, index=False)
    hand_in(page, mended)
    expect_verdict(page, "accepted", words["accepted"])
    expect(page.locator(".found")).to_contain_text(hostile)
    assert page.title() != "broken"
    assert page.locator("a[href^='javascript']").count() == 0


def test_a_corrected_file_is_compared_with_the_last_and_held_against_facts(
    visit: Open, tmp_path: Path
) -> None:
    words = WORDS["es"]
    corrected = tmp_path / "corrected.csv"
    table = pd.read_csv(PRACTICE / "example_ten_faults.csv", dtype="str")
    table.loc[table["safe_night"] == "7", "safe_night"] = "3"
    table.loc[60, "sex"] = "5"
    table.to_csv(corrected, index=False)
    page = visit("/upload?lang=es&for=ZA-D10&round=2026-Q1")
    hand_in(page, PRACTICE / "example_ten_faults.xlsx")
    expect_verdict(page, "refused", words["refused"])
    expect(page.locator(".verdict strong")).to_have_count(0)
    hand_in(page, corrected)
    expect(page.locator(".verdict strong")).to_have_text(words["progress"], timeout=PATIENT)
    pages = PdfReader(BytesIO(downloaded(page, words["report"]))).pages
    assert "1 de 10 problemas" in " ".join(pages[0].extract_text().split())
    page.get_by_text(words["facts"]).click()
    page.get_by_label(words["done"]).fill("400")
    page.get_by_label(words["done"]).press("Enter")
    expect(page.locator(".problem", has_text="USM-S06")).to_contain_text("400", timeout=PATIENT)
