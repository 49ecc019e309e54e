"""Data, export, method and help, what a profile tells beyond its rows, and a page in Arabic."""

import re
from io import BytesIO
from zipfile import ZipFile

import pandas as pd
import pytest
from playwright.sync_api import expect

from tests.e2e.app_server import Open, downloaded, parameters, width_of

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

PROGRESS = """() => {
  window.seen = [];
  new MutationObserver(() => {
    const bar = document.querySelector('[data-testid="stProgress"]');
    if (bar) window.seen.push(bar.innerText);
  }).observe(document.body, {childList: true, subtree: true, characterData: true});
}"""

NUMBERS_FROM_LEFT = """element => {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    for (const number of node.data.matchAll(/[0-9][0-9.,]*/g)) {
      const range = document.createRange();
      range.setStart(node, number.index);
      range.setEnd(node, number.index + number[0].length);
      found.push([range.getBoundingClientRect().left, parseFloat(number[0].replace(',', ''))]);
    }
  return found.sort((one, other) => one[0] - other[0]).map(([, number]) => number);
}"""


def test_a_release_holds_what_the_profile_shows(visit: Open) -> None:
    page = visit("/data?country=MX&period=2026-Q1&lang=en")
    expect(page.get_by_text("usm export MX --period 2026-Q1")).to_be_visible()
    _, packed = downloaded(page, page.get_by_role("button", name="Everything (ZIP)"))
    archive = ZipFile(BytesIO(packed))
    name = next(name for name in archive.namelist() if name.endswith("data/figures.csv"))
    figures = pd.read_csv(archive.open(name))
    assert figures["demonstration"].str.contains("Demonstration").all()
    chosen = figures[(figures["area"] == "MX-GDL") & (figures["disaggregation"] == "total")]
    values = chosen.set_index("indicator")["value"]
    page.get_by_role("link", name="City profile").first.click()
    expect(page.locator("h1")).to_have_text("Guadalajara, 2026 Q1")
    for indicator in ("safe_night", "robbery_prev", "burglary_prev"):
        shown = page.locator(f".row:has(#in-{indicator}) > summary strong")
        assert shown.inner_text() == f"{values[indicator]:.1f}%"


def test_scorecards_of_two_cities_are_made_one_by_one_and_come_in_one_zip(visit: Open) -> None:
    page = visit("/export?country=MX&period=2026-Q1&cities=MX-GDL,MX-D01&lang=es", locale="es-MX")
    page.evaluate(PROGRESS)
    page.get_by_role("button", name="Crear 2 archivos").click()
    ready = page.get_by_role("button", name="Descargar todo (ZIP)")
    expect(ready).to_be_visible()
    assert any("Guadalajara: 1 de 2 ciudades" in text for text in page.evaluate("window.seen"))
    archive = ZipFile(BytesIO(downloaded(page, ready)[1]))
    assert "guadalajara_2026-Q1_scorecard_es.pdf" in archive.namelist()
    assert len(archive.namelist()) == 2
    page.get_by_role("button", name="JSON").click()
    expect(page.get_by_role("button", name="Crear 4 archivos")).to_be_visible()
    expect(ready).to_be_hidden()


def test_a_profile_says_how_to_write_what_the_city_knows_and_where_in_it(visit: Open) -> None:
    page = visit("/city?city=MX-GDL&period=2026-Q1&ind=safe_night&map=robbery_prev&lang=en")
    line = page.locator(".row:has(#in-safe_night)")
    expect(line.locator(".may")).to_contain_text("In Guadalajara, ")
    expect(line.locator(".may")).to_contain_text("Household survey of")
    expect(line.locator(".may-not")).to_contain_text("Not:")
    groups = page.locator("#groups")
    expect(groups.get_by_role("row", name="Women").first).to_be_visible()
    expect(groups).to_contain_text("withheld to protect people [c]")
    page.get_by_text("Knowledge system: what the city knows").click()
    table = page.locator(".knowledge")
    expect(table).to_contain_text("What Guadalajara knows")
    expect(table.get_by_role("row", name="Households broken into")).to_contain_text("survey")
    page.get_by_role("radio", name="Partly").first.click()
    button = page.get_by_role("button", name="Download table and answers (CSV)")
    expect(page.get_by_role("radio", name="Partly").first).to_be_checked()
    saved = pd.read_csv(BytesIO(downloaded(page, button)[1]))
    asked = saved[saved["part"] == "self-assessment"]
    assert list(asked["answer"].dropna()) == ["Partly"] and len(asked) == 5

    # Districts are a map with their table.
    drawn = page.get_by_role("img", name="Alameda: ").locator("path:visible")
    expect(drawn).to_have_count(11)
    table = page.locator("table.districts")
    expect(table.locator("tbody tr")).to_have_count(11)
    expect(table.locator("caption")).to_contain_text("robbed")
    box = page.get_by_role("combobox", name="Indicator on the map")
    box.click()
    box.fill("streets")
    page.get_by_role("option", name="Streets around home well lit").click()
    expect(table.locator("caption")).to_contain_text("well lit")
    assert parameters(page)["map"] == "lighting_good"
    assert re.fullmatch(r"\d+\.\d%", table.locator("strong").first.inner_text())


def test_arabic_runs_from_right_to_left_and_its_ranges_read_in_order(visit: Open) -> None:
    page = visit("/city?city=MX-GDL&period=2026-Q1&lang=ar")
    assert page.locator("html").get_attribute("dir") == "rtl"
    line = page.locator(".row:has(#in-safe_night) > summary")
    title, value = (line.locator(part).bounding_box() for part in (".row-title", ".row-value"))
    assert title["x"] > value["x"]
    numbers = line.locator(".interval").evaluate(NUMBERS_FROM_LEFT)
    assert len(numbers) == 2 and numbers == sorted(numbers, reverse=True)
    assert line.locator(".spine").evaluate("e => getComputedStyle(e).direction") == "ltr"
    assert width_of(page) <= 1280
    expect(page.get_by_role("radio", name="العربية")).to_be_checked()
    page.locator(".footer").get_by_role("link", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
