"""What people come for, from the first address to the last file, in both languages.

A browser's console and its requests are watched all the way: see the fixture `visit`.
"""

from io import BytesIO

import openpyxl
import pandas as pd
import pytest
from openpyxl.workbook import Workbook
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.e2e.app_server import (
    Open,
    copied_link,
    downloaded,
    expect_verdict,
    hand_in,
    parameters,
    settled,
    width_of,
)
from urban_safety_monitor.catalogue.load import shipped

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

PRACTICE = shipped("sample_data") / "practice"
FAULTS = pd.read_csv(PRACTICE / "planted_faults.csv")
PERSONAL = "remarks"
"""The column whose fault is that it is there."""

WORDS = {
    "en": {
        "city": "Guadalajara, 2026 Q1",
        "robbery": "Adults robbed with force or threat",
        "defined": "What is measured",
        "change": "Change since 2024 Q1",
        "women": "Women",
        "similar": "Similar cities",
        "link": "Copy link",
        "scorecard": "Download scorecard",
        "pdf": "PDF, two pages to print",
        "csv": "CSV, one indicator a row",
        "demonstration": "Demonstration data, not a description of any real city",
        "peers": "Compare with similar cities",
        "title": "Feels safe walking alone after dark",
        "more": "No file yet? Templates and practice files",
        "practise": "Check: Ten faults, XLSX",
        "template": "Empty template for this city (XLSX)",
        "again": "Check again without these columns",
        "marks": "Download my file with marks (XLSX)",
        "fix": "What to fix",
        "refused": "Your files cannot be used yet.",
        "accepted": "Your files can be used.",
        "preview": "not published",
        "own names": "The columns carry the questionnaire’s own names",
        "dark": "walking alone after dark",
        "interval": "31.6 to 42.3",
        "indicators": "Indicators",
        "upload": "Upload data",
        "kept": "This is the check you saw last",
    },
    "es": {
        "city": "Guadalajara, trimestre 1 de 2026",
        "robbery": "Personas adultas asaltadas con violencia o amenaza",
        "defined": "Qué se mide",
        "change": "Cambio desde trimestre 1 de 2024",
        "women": "Mujeres",
        "similar": "Ciudades similares",
        "link": "Copiar enlace",
        "scorecard": "Descargar ficha",
        "pdf": "PDF, dos páginas para imprimir",
        "csv": "CSV, un indicador por fila",
        "demonstration": "Datos de demostración; no describen a ninguna ciudad real",
        "peers": "Comparar con ciudades similares",
        "title": "Se siente segura(o) al caminar sola(o) de noche",
        "more": "¿Aún no tiene archivo? Plantillas y archivos de práctica",
        "practise": "Revisar: Diez errores, XLSX",
        "template": "Plantilla vacía para esta ciudad (XLSX)",
        "again": "Revisar otra vez sin estas columnas",
        "marks": "Descargar mi archivo con marcas (XLSX)",
        "fix": "Qué corregir",
        "refused": "Sus archivos todavía no se pueden usar.",
        "accepted": "Sus archivos se pueden usar.",
        "preview": "no publicada",
        "own names": "Las columnas tienen los nombres del cuestionario",
        "dark": "caminar sola(o) de noche",
        "interval": "de 31.6 a 42.3",
        "indicators": "Indicadores",
        "upload": "Subir datos",
        "kept": "Esta es la última revisión que vio",
    },
}

LANGUAGES = pytest.mark.parametrize("language", ["en", "es"])
Words = dict[str, str]


@LANGUAGES
def test_from_an_address_to_the_profile_its_copy_its_file_and_its_peers(
    visit: Open, language: str
) -> None:
    words = WORDS[language]
    page = visit(f"/city?city=MX-GDL&lang={language}")
    expect(page.locator("h1")).to_have_text(words["city"])
    headline = page.locator(".headline").bounding_box()
    assert headline["y"] + headline["height"] <= page.viewport_size["height"]
    page.get_by_role("radio", name=words["similar"]).click()
    expect(page.locator(".headline")).to_contain_text(words["similar"].lower())
    settled(page)
    expect_robbery_explained(page, words)
    other = visit(copied_link(page, words["link"]), locale="fr-FR")
    asked = {"city": "MX-GDL", "period": "2026-Q1", "bench": "peers", "lang": language}
    assert parameters(other).items() >= {**asked, "ind": "robbery_prev"}.items()
    expect(
        other.locator(".row[open]").get_by_role("rowheader", name=words["women"])
    ).to_be_visible()
    for part in ("h1", ".headline", ".counts", ".row[open]", ".rows .domain"):
        assert other.locator(part).all_text_contents() == page.locator(part).all_text_contents()
    page.keyboard.press("Escape")
    expect_scorecard(page, words, language)
    page.keyboard.press("Escape")
    expect_peers(page, words)


def expect_robbery_explained(page: Page, words: Words) -> None:
    line = page.locator(".row", has_text=words["robbery"])
    line.locator("summary").click()
    for heading in (words["defined"], words["change"]):
        expect(line.get_by_role("heading", name=heading)).to_be_visible()
    expect(line.get_by_role("rowheader", name=words["women"])).to_be_visible()


def expect_scorecard(page: Page, words: Words, language: str) -> None:
    """Two clicks to the file, which holds what the page shows."""
    page.get_by_role("button", name=words["scorecard"]).click()
    name, content = downloaded(page, page.get_by_role("button", name=words["pdf"]))
    assert name == f"guadalajara_2026-Q1_scorecard_{language}.pdf"
    sheets = PdfReader(BytesIO(content)).pages
    printed = " ".join(" ".join(sheet.extract_text() for sheet in sheets).split())
    assert words["demonstration"] in printed
    assert page.locator(".headline").inner_text() in printed
    _, content = downloaded(page, page.get_by_role("button", name=words["csv"]))
    row = pd.read_csv(BytesIO(content)).set_index("indicator").loc["robbery_prev"]
    shown = page.locator(".row:has(#in-robbery_prev) > summary strong")
    assert shown.inner_text() == f"{row['value']:.1f}%"


def expect_peers(page: Page, words: Words) -> None:
    """One click from a profile to the city among those that are like it."""
    peers = page.locator(".peers a").all_inner_texts()
    page.get_by_role("link", name=words["peers"]).click()
    expect(page.locator("h1")).to_have_text(words["title"])
    compared = page.locator(".row.line .row-title a")
    expect(compared).to_have_count(len(peers) + 1)
    assert set(compared.all_inner_texts()) == {"Guadalajara", *peers}


@LANGUAGES
def test_from_ten_faults_to_the_values_of_the_mended_file(visit: Open, language: str) -> None:
    words = WORDS[language]
    page = visit(f"/upload?lang={language}")
    page.get_by_text(words["more"]).click()
    page.get_by_role("button", name=words["practise"]).click()
    expect_verdict(page, "refused", words["refused"])
    template = downloaded_book(page, words["template"])
    assert any(row[0].value == "ZA-D10-01" for sheet in template for row in sheet.iter_rows())
    asked = page.locator(".problem.must_fix, .problem.check")
    expect(asked).to_have_count(len(FAULTS))
    expect(asked.filter(has_text="(safe_night)")).to_contain_text("AC (safe_night)")
    # What seems personal may not be spread: there is no copy before the column is left out.
    expect(page.get_by_role("button", name=words["marks"])).to_have_count(0)
    expect(page.get_by_test_id("stForm").get_by_text(PERSONAL)).to_be_visible()
    page.get_by_role("button", name=words["again"]).click()
    expect(asked).to_have_count(len(FAULTS) - 1)
    expect_marked(downloaded_book(page, words["marks"]), words)
    hand_in(page, PRACTICE / "example_clean.csv")
    expect_verdict(page, "accepted", words["accepted"])
    expect(page.get_by_text(words["own names"])).to_be_visible()
    expect(page.locator("pre").first).to_contain_text('files = ["example_clean.csv"]')
    expect_values(page, words)
    expect_verdict_kept(page, words)


def downloaded_book(page: Page, label: str) -> Workbook:
    _, content = downloaded(page, page.get_by_role("button", name=label))
    return openpyxl.load_workbook(BytesIO(content))


def expect_marked(book: Workbook, words: Words) -> None:
    """Each fault is coloured in its cells, but the one whose column was left out and is empty."""
    assert book.sheetnames[0] == words["fix"]
    sheet = book.worksheets[1]
    columns = {cell.value: cell.column for cell in sheet[1]}
    kept = {row[0] for row in sheet.iter_rows(2, None, columns[PERSONAL], columns[PERSONAL], True)}
    assert kept <= {None, ""}
    for fault in FAULTS[FAULTS["column"] != PERSONAL].itertuples():
        for row in fault.rows.split():
            cell = sheet.cell(int(row), columns[fault.column])
            assert cell.fill.fill_type, (fault.title, cell.coordinate)


def expect_values(page: Page, words: Words) -> None:
    expect(page.get_by_text(words["preview"])).to_be_visible()
    shown = page.locator("table.preview tbody tr:has(td)")
    assert shown.count() > 30
    cells = shown.filter(has_text=words["dark"]).first.locator("td").all_inner_texts()
    assert cells[1:] == [words["interval"], "298"]


def expect_verdict_kept(page: Page, words: Words) -> None:
    """What was found outlives another page and a refresh, on a phone too."""
    key = parameters(page)["check"]
    page.get_by_role("link", name=words["indicators"]).click()
    expect(page.locator(".entry").first).to_be_visible()
    page.get_by_role("link", name=words["upload"]).click()
    expect_verdict(page, "accepted", words["accepted"])
    page.set_viewport_size({"width": 320, "height": 700})
    page.reload()
    expect_verdict(page, "accepted", words["accepted"])
    expect(page.locator(".verdict")).to_contain_text(words["kept"])
    expect(page.locator("table.preview")).to_be_visible()
    assert parameters(page)["check"] == key
    assert width_of(page) <= 320
