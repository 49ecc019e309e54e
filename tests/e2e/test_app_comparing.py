"""Comparing cities and finding indicators in the app, in a real browser."""

import re
from io import BytesIO

import pandas as pd
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.app_server import Open, copied_link, downloaded, parameters, width_of

pytestmark = [pytest.mark.browser, pytest.mark.e2e]


def test_comparison_says_the_same_in_lines_table_and_files(visit: Open) -> None:
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
    expect(page.locator(".st-key-chart .marks")).to_be_visible()
    pairs = page.get_by_text(re.compile(r"pairs of cities cannot be told apart"))
    expect(pairs).to_be_hidden()
    page.get_by_text("Show order").click()
    expect(pairs).to_be_visible()
    expect(page.get_by_text(re.compile(r"place \d+ to \d+")).first).to_be_visible()
    expect_files(page, table.all())
    page.keyboard.press("Escape")
    page.locator(".answer").get_by_role("link", name="Question, rules and sources").click()
    sheet = page.locator("section", has=page.get_by_role("heading", name="Mexico, 2026 Q1"))
    expect(sheet.locator(".row.line:has(.track)")).to_have_count(12)  # the scale, and 11 cities
    shown = sheet.locator(".row.line:has(.row-title a)")
    assert [
        (line.locator(".row-title").inner_text(), line.locator(".status").inner_text())
        for line in shown.all()
    ] == said


def expect_files(page: Page, table: list[Locator]) -> None:
    """What is offered to download holds what the table shows, and says what it is."""
    page.get_by_role("button", name="Download", exact=True).click()
    name, content = downloaded(page, page.get_by_role("button", name="Data shown (CSV)"))
    assert name == "safe_night_MX_2026-Q1.csv"
    rows = pd.read_csv(BytesIO(content), encoding="utf-8-sig", keep_default_na=False)
    for row, line in zip(rows.itertuples(), table, strict=True):
        cells = line.locator("th, td").all_inner_texts()
        value = [f"{float(row.value):.1f}%", *(f"[{flag}]" for flag in row.flags.split())]
        interval = f"{float(row.lower):.1f} to {float(row.upper):.1f}"
        assert [cell.strip() for cell in cells[:3]] == [row.city, " ".join(value), interval]
        assert float(row.n) == float(cells[3].replace(",", "")) and cells[6] == row.status_reason
        assert "Demonstration" in row.demonstration and row.run in page.content()
    _, picture = downloaded(page, page.get_by_role("button", name="Picture (PNG)"))
    assert picture.startswith(b"\x89PNG")
    _, picture = downloaded(page, page.get_by_role("button", name="Picture (SVG)"))
    assert "not a description of any real city" in picture.decode()


def test_a_cell_of_all_indicators_says_what_the_profile_says(visit: Open) -> None:
    page = visit("/compare?country=MX&view=all&period=2026-Q1&lang=en")
    expect(page.locator("h1")).to_have_text("All indicators: Mexico, 2026 Q1")
    cells = page.locator(".cells td a")
    expect(cells).to_have_count(11 * page.locator(".cells tbody th[scope=row]").count())
    cell = page.locator(".cells").get_by_role(
        "link", name=re.compile("^Guadalajara, Feels safe walking alone after dark: ")
    )
    said = cell.get_attribute("title")
    cell.click()
    expect(page.locator("h1")).to_have_text("Feels safe walking alone after dark")
    asked = {"view": "one", "ind": "safe_night", "city": "MX-GDL", "period": "2026-Q1"}
    assert asked.items() <= parameters(page).items()
    page.locator(".row.own a").click()
    line = page.locator(".row", has_text="Feels safe walking alone after dark").first
    figure = line.locator("summary .figure").inner_text()
    symbol, word = line.locator("summary .status").inner_text().split(maxsplit=1)
    assert symbol in "▲▼●" and figure.startswith("29.4% (")
    assert said == f"Guadalajara, Feels safe walking alone after dark: {word}, {figure}"


def test_a_copied_link_shows_another_reader_the_same_weights(visit: Open) -> None:
    page = visit("/compare?country=MX&view=all&sort=attention&cities=MX-GDL,MX-D01,MX-D02&lang=en")
    expect(page.locator(".cells thead th.upright")).to_have_count(3)
    line = page.get_by_text("pairs of cities change places against the declared weights")
    expect(line).to_be_hidden()
    page.get_by_text("Try weights of your own").click()
    expect(page.get_by_text("These are the declared weights: nothing changes.")).to_be_visible()
    page.get_by_role("slider", name="Violence and crime").press("ArrowRight")
    expect(line).to_be_visible()
    assert re.match(r"\d of 3 pairs", line.inner_text())
    page.get_by_text("Show order").click()
    expect(page.get_by_text(re.compile(r"^The order of \d of 3 pairs changes"))).to_be_visible()
    other = visit(copied_link(page, "Copy link"), width=320, height=640)
    assert parameters(other)["weights"] == "violence_crime:1.5"
    for part in (".cells thead", ".cells tbody", ".st-key-own-weights section"):
        shown = other.locator(part).first
        expect(shown).to_have_text(page.locator(part).first.inner_text(), use_inner_text=True)
    assert width_of(other) <= 320


def test_rounds_are_not_joined_over_a_break(visit: Open) -> None:
    page = visit("/compare?country=MX&ind=safe_night&view=time&lang=es", locale="es-MX")
    expect(page.locator("h1")).to_have_text(
        "Se siente segura(o) al caminar sola(o) de noche: en el tiempo"
    )
    expect(page.locator(".panel")).to_have_count(11)
    broken = page.locator(".panel", has_text="Xiltepán")
    expect(broken.locator(".join")).to_have_count(0)
    expect(broken.locator(".break")).to_have_count(1)
    reason = broken.locator(".small").inner_text()
    expect(page.locator(".answer")).to_contain_text(f"Xiltepán, trimestre 1 de 2026: {reason}")
    page.get_by_text("Mostrar como tabla").click()
    expect(
        page.get_by_role("row", name=re.compile("^Xiltepán trimestre 1 de 2026 .*"))
    ).to_contain_text(reason)
    page.get_by_role("radio", name="Un indicador").click()
    expect(page.locator("h1")).to_have_text("Se siente segura(o) al caminar sola(o) de noche")


def test_similar_cities_are_suggested_to_be_taken_or_left(visit: Open) -> None:
    page = visit("/compare?city=MX-GDL&cities=MX-GDL&lang=en")
    expect(page.locator(".answer")).to_contain_text("A comparison needs two cities.")
    expect(page.get_by_role("link", name="Choose another indicator")).to_be_visible()
    page.get_by_role("button", name="Suggest similar cities").click()
    dialog = page.get_by_role("dialog")
    suggested = dialog.get_by_role("checkbox")
    expect(suggested.first).to_be_checked()
    number = suggested.count()
    expect(dialog.get_by_text("residents per square kilometre").first).to_be_visible()
    dialog.get_by_test_id("stCheckbox").first.locator("label").click()
    dialog.get_by_role("button", name="Compare these cities").click()
    expect(page.locator(".row.line .row-title a")).to_have_count(number)
    expect(page.locator(".row.own")).to_contain_text("Guadalajara")
    expect(page.get_by_text("A funnel needs 8 cities or more; ")).to_be_visible()
    page.get_by_role("combobox", name="Country").click()
    page.get_by_role("option", name="South Africa").click()
    expect(page.get_by_text("Without results in 2026 Q1: Thornwater.")).to_be_visible()
    expect(page.get_by_test_id("stAlert")).to_contain_text(re.compile("^Left out: .*Guadalajara"))
    expect(page.locator(".row.line .row-title a")).to_have_count(10)
