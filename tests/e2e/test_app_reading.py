"""Finding and reading a city's profile in the app, in a real browser."""

import re
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.e2e.app_server import Open, parameters
from urban_safety_monitor.catalogue.load import shipped

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

PRACTICE = shipped("sample_data") / "practice"


def test_one_click_from_the_start_to_a_city(visit: Open) -> None:
    page = visit("/")
    page.get_by_role("link", name="Read a city profile: Guadalajara").click()
    expect(page.locator("h1")).to_have_text("Guadalajara, 2026 Q1")
    expect(page.locator(".headline")).to_contain_text("country median")
    expect(page.locator(".facts")).to_contain_text("interviews, face to face")
    assert parameters(page)["city"] == "MX-GDL"


def test_a_city_is_found_by_typing(visit: Open) -> None:
    page = visit("/")
    page.get_by_role("combobox", name="Find a city").fill("durb")
    page.get_by_role("option", name="Durban (eThekwini) (South Africa)").click()
    expect(page.locator("h1")).to_have_text("Durban (eThekwini), 2026 Q1")


def test_an_address_shows_another_reader_the_same(visit: Open) -> None:
    page = visit("/city?lang=es")
    page.get_by_role("combobox", name="Ciudad").click()
    page.get_by_role("option", name="Durban (eThekwini) (Sudáfrica)").click()
    expect(page.locator("h1")).to_contain_text("Durban")
    page.get_by_role("combobox", name="Ronda").click()
    page.get_by_role("option", name="trimestre 1 de 2024").click()
    page.get_by_role("radio", name="Ciudades similares").click()
    expect(page.locator("h1")).to_contain_text("2024")
    expect(page.locator(".headline")).to_contain_text("ciudades similares")
    page.get_by_role("button", name="Copiar enlace").click()
    copied = page.get_by_test_id("stCode").inner_text().strip()
    there = urlsplit(copied)
    other = visit(f"{there.path}?{there.query}", locale="en-GB")
    assert parameters(other) == {
        "city": "ZA-ETH",
        "period": "2024-Q1",
        "bench": "peers",
        "lang": "es",
        "map": "safe_night",
    }
    for part in ("h1", ".headline", ".counts"):
        assert other.locator(part).inner_text() == page.locator(part).inner_text()


def test_choices_travel_from_page_to_page(visit: Open) -> None:
    page = visit("/city?city=ZA-ETH&period=2024-Q1&lang=es")
    page.get_by_role("link", name="Comparar", exact=True).click()
    expect(page.locator("h2").first).to_contain_text("Sudáfrica")
    expect(page.locator(".row.own")).to_contain_text("Durban (eThekwini)")
    kept = {"city": "ZA-ETH", "country": "ZA", "period": "2024-Q1", "lang": "es"}
    assert kept.items() <= parameters(page).items()


def test_what_the_address_asks_for_in_vain_is_said(visit: Open) -> None:
    page = visit("/city?city=Gudalajara&lang=en")
    expect(page.locator(".nothing")).to_contain_text("Did you mean Guadalajara?")
    page = visit("/city?city=ZA-D10&period=2026-Q1&lang=en")
    expect(page.get_by_test_id("stAlert")).to_have_text(
        "Thornwater has no results for 2026 Q1; you see 2024 Q1."
    )
    expect(page.locator("h1")).to_have_text("Thornwater, 2024 Q1")


def test_a_count_filters_the_list_to_as_many_lines(visit: Open) -> None:
    page = visit("/city?city=MX-GDL&lang=en")
    for kind in ("better", "worse", "similar"):
        tile = page.locator(f".count.{kind}")
        tile.locator("input").check()
        shown = page.locator(".rows .row:visible")
        expect(shown).to_have_count(int(tile.locator("b").inner_text()))
        assert set(shown.evaluate_all("rows => rows.map(r => r.className)")) == {f"row {kind}"}


def test_a_line_opens_in_place_with_definition_groups_and_change(visit: Open) -> None:
    page = visit("/city?city=MX-GDL&lang=en")
    line = page.locator(".row", has_text="Feels safe walking alone after dark")
    line.locator("summary").click()
    expect(line).to_contain_text("as in SDG 16.1.4")
    expect(line).to_contain_text("Change since 2024 Q1")
    expect(line.get_by_role("rowheader", name="Women")).to_be_visible()


def test_the_overall_score_waits_for_a_click_and_brings_its_spans(visit: Open) -> None:
    page = visit("/city?city=MX-GDL&lang=en")
    sentence = page.get_by_text("With other reasonable weights it would be between")
    expect(sentence).to_be_hidden()
    page.get_by_text("Show overall score").click()
    expect(sentence).to_be_visible()
    expect(
        page.get_by_text(re.compile(r"Overall safety profile: \d+ \(\d+ to \d+\)"))
    ).to_be_visible()


def download(page: Page, label: str) -> tuple[str, bytes]:
    with page.expect_download() as started_download:
        page.get_by_role("button", name=label).click()
    return started_download.value.suggested_filename, Path(
        started_download.value.path()
    ).read_bytes()


def test_the_scorecard_holds_what_the_page_shows(visit: Open) -> None:
    page = visit("/city?city=MX-GDL&lang=en")
    page.get_by_role("button", name="Download scorecard").click()
    name, content = download(page, "PDF, two pages to print")
    assert name == "guadalajara_2026-Q1_scorecard_en.pdf"
    pages = PdfReader(BytesIO(content)).pages
    text = " ".join(" ".join(one.extract_text() for one in pages).split())
    assert "Demonstration data, not a description of any real city" in text
    assert page.locator(".headline").inner_text() in text
    _, content = download(page, "CSV, one indicator a row")
    values = pd.read_csv(BytesIO(content))
    line = page.locator(".row", has_text="Feels safe walking alone after dark")
    row = values.set_index("indicator").loc["safe_night"]
    assert line.locator("strong").first.inner_text() == f"{row['value']:.1f}%"
