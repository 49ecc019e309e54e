"""Special files on the upload page: own names of columns, personal details, a second try.

The way from ten faults to values is a journey: `test_journeys.py`.
"""

from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page, TimeoutError, expect
from pypdf import PdfReader

from tests.e2e.app_server import (
    Open,
    downloaded,
    expect_verdict,
    hand_in,
    settled,
    width_of,
)
from urban_safety_monitor.catalogue.load import shipped

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

PRACTICE = shipped("sample_data") / "practice"
SHORT = [
    *("city_id", "round_id", "interview_date", "district_id", "boundary_version", "stratum"),
    *("psu", "person_id", "weight_person", "sex", "age", "safe_night", "safe_day", "trust_police"),
]
"""Columns of a short survey: few questions are as good as many, and quicker."""

ACEPTADO, RECHAZADO = "Sus archivos se pueden usar.", "Sus archivos todavía no se pueden usar."
ACCEPTED, REFUSED = "Your files can be used.", "Your files cannot be used yet."


def choose(page: Page, label: str, option: str) -> None:
    """Choose as people do: when the page's script runs, the list closes and is opened again."""
    box = page.get_by_role("combobox", name=label)
    found = page.get_by_role("option").filter(has_text=option).first
    for patience in (5_000, 10_000, 30_000):
        box.click()
        box.fill(option)
        with suppress(TimeoutError):
            found.click(timeout=patience)
            break
    expect(page.get_by_role("option")).to_have_count(0)


def test_own_names_of_columns_are_confirmed_once(visit: Open, tmp_path: Path) -> None:
    table = pd.read_csv(PRACTICE / "example_clean.csv", dtype="str", usecols=SHORT)
    own = {"psu": "upm", "stratum": "estrato", "weight_person": "factor", "safe_night": "P4_1"}
    path = tmp_path / "own.csv"
    table.drop(columns=["city_id", "round_id"]).rename(columns=own).to_csv(path, index=False)
    page = visit("/upload?lang=es&for=other&round=2026-Q1", locale="es-MX")
    page.get_by_label("Nombre de la ciudad").fill("Villa Nueva")
    page.get_by_label("Nombre de la ciudad").press("Enter")
    expect(page.get_by_text("VILLA-NUEVA")).to_be_visible()
    hand_in(page, path)
    open_rows = page.locator(".columns tr.open")
    expect(open_rows).to_have_count(3)
    expect(open_rows.filter(has_text="factor")).to_contain_text("sugerida")
    expect(page.locator(".verdict")).to_have_count(0)
    settled(page)
    page.get_by_text("Cambiar otra columna").click()
    choose(page, "Su columna", "P4_1")
    choose(page, "Nuestra pregunta", "safe_night:")
    page.get_by_role("button", name="Cambiar", exact=True).click()
    expect(page.locator(".columns tr", has_text="P4_1")).to_contain_text("safe_night:")
    page.get_by_role("button", name="Confirmar la correspondencia").click()
    expect_verdict(page, "accepted", ACEPTADO)
    hand_in(page, path.rename(tmp_path / "next_round.csv"))
    expect(page.locator(".found")).to_contain_text("next_round.csv")
    expect_verdict(page, "accepted", ACEPTADO)
    expect(page.get_by_text("Se usa la correspondencia de la vez anterior")).to_be_visible()
    confirm = page.get_by_role("button", name="Confirmar la correspondencia")
    expect(confirm).to_have_count(0)


def test_personal_details_are_left_out_and_the_file_is_accepted(
    visit: Open, tmp_path: Path
) -> None:
    """Names of columns and files are anybody's text: none becomes HTML, a link or a picture."""
    table = pd.read_csv(PRACTICE / "example_clean.csv", dtype="str", usecols=SHORT)
    hostile = "[x](javascript:alert(1)) <img src=x onerror=document.title='broken'>"
    table[hostile] = "someone@example.org"
    table.loc[0, "district_id"] = "<b>x</b>"
    path = tmp_path / "[y](javascript:alert(2)) <b>.csv"
    table.to_csv(path, index=False)
    page = visit("/upload?lang=en&for=MX-GDL&round=2026-Q1", width=390, height=844)
    hand_in(page, path)
    page.get_by_role("button", name="The file is of Thornwater: choose it in step 1").click()
    expect_verdict(page, "refused", REFUSED)
    expect(page.locator(".report")).to_contain_text(hostile)
    expect(page.locator(".report")).to_contain_text("<b>x</b>")
    assert page.locator("a[href^='javascript'], .report img, .report b, .found b").count() == 0
    assert width_of(page) <= 390
    page.get_by_role("button", name="Check again without these columns").click()
    expect(page.locator(".problem.must_fix")).to_have_count(1)
    mended = tmp_path / "mended.csv"
    table.drop(index=0).to_csv(mended, index=False)
    hand_in(page, mended)
    expect_verdict(page, "accepted", ACCEPTED)
    expect(page.locator(".found")).to_contain_text(hostile)
    assert page.title() != "broken"
    assert page.locator("a[href^='javascript']").count() == 0


def test_a_corrected_file_is_compared_with_the_last_and_held_against_facts(
    visit: Open, tmp_path: Path
) -> None:
    corrected = tmp_path / "corrected.csv"
    table = pd.read_csv(PRACTICE / "example_ten_faults.csv", dtype="str")
    table.loc[table["safe_night"] == "7", "safe_night"] = "3"
    table.loc[60, "sex"] = "5"
    table.to_csv(corrected, index=False)
    page = visit("/upload?lang=es&for=ZA-D10&round=2026-Q1", locale="es-MX")
    hand_in(page, PRACTICE / "example_ten_faults.xlsx")
    expect_verdict(page, "refused", RECHAZADO)
    expect(page.locator(".verdict strong")).to_have_count(0)
    hand_in(page, corrected)
    expect(page.locator(".verdict strong")).to_have_text(
        "Comparado con su carga anterior, 1 de 10 problemas está corregido. 1 problema es nuevo."
    )
    settled(page)
    report = page.get_by_role("button", name="Informe para imprimir o compartir (PDF)")
    pages = PdfReader(BytesIO(downloaded(page, report)[1])).pages
    assert "1 de 10 problemas" in " ".join(pages[0].extract_text().split())
    page.get_by_text("Datos de la encuesta (opcionales): el archivo se compara con ellos").click()
    page.get_by_label("Entrevistas realizadas").fill("400")
    page.get_by_label("Entrevistas realizadas").press("Enter")
    expect(page.locator(".problem", has_text="USM-S06")).to_contain_text("400")
