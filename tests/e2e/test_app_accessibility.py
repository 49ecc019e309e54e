"""Every page is for everybody: two languages, light and dark, desk and phone; axe finds nothing.

What axe cannot decide by itself (contrast over pictures, order of headings) is looked at by eye.
"""

from functools import cache
from importlib.resources import files

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.app_server import Open, settled, width_of

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

SAFE_NIGHT = (
    "Feels safe walking alone after dark",
    "Se siente segura(o) al caminar sola(o) de noche",
)
PAGES = {
    "": ("Urban Safety Monitor", "Monitor de Seguridad Urbana"),
    "city?ind=safe_night": ("Guadalajara, 2026 Q1", "Guadalajara, trimestre 1 de 2026"),
    "compare": SAFE_NIGHT,
    "compare?view=all": (
        "All indicators: Mexico, 2026 Q1",
        "Todos los indicadores: México, trimestre 1 de 2026",
    ),
    "compare?view=time": (f"{SAFE_NIGHT[0]}: over time", f"{SAFE_NIGHT[1]}: en el tiempo"),
    "indicators": ("Indicators", "Indicadores"),
    "indicators?ind=safe_night": SAFE_NIGHT,
    "data": ("Data and downloads", "Datos y descargas"),
    "upload": ("Upload data", "Subir datos"),
    "export": ("Export scorecards", "Exportar fichas"),
    "method": ("Method and limits", "Método y límites"),
    "help": ("Help", "Ayuda"),
}
BANNER = {
    "en": "Demonstration data, not a description of any real city",
    "es": "Datos de demostración; no describen a ninguna ciudad real",
}
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 320, "height": 844}
NARROW = 768
"""Below this width the pages' names stand in a side panel."""

STREAMLITS_OWN = {"presentation-role-conflict"}
"""Its uploader is a `section role="presentation"` with a label of its own."""

OPEN_ALL_BUT_LINES = """() => {
  document.querySelectorAll('.stHtml details:not(.row)').forEach(part => { part.open = true });
  document.querySelectorAll('.stExpander details:not([open]) > summary').forEach(it => it.click());
}"""
ALL_THERE = """() => !document.querySelector('details[open] > [aria-busy]') &&
  [...document.querySelectorAll('.stExpander')].every(
    part => part.querySelector('.stElementContainer'))"""
AT_REST = "() => document.getAnimations().every(one => one.playState !== 'running')"


@cache
def axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What axe finds; contrast is measured when nothing fades in any more."""
    page.wait_for_function(AT_REST)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found if v["id"] not in STREAMLITS_OWN
    ]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_for_everybody(visit: Open, path: str) -> None:
    page = visit(f"/{path}{'&' if '?' in path else '?'}lang=en", locale="es-MX")
    page.evaluate(axe())
    for language, scheme, heading, sizes in (
        ("en", "light", PAGES[path][0], (DESK, PHONE)),
        ("es", "dark", PAGES[path][1], (PHONE, DESK)),
    ):
        page.emulate_media(color_scheme=scheme)
        page.get_by_role("radio", name={"en": "English", "es": "Español"}[language]).click()
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator("h1")).to_have_text(heading)
        expect(page.locator(".demonstration")).to_contain_text(BANNER[language])
        settled(page)
        page.evaluate(OPEN_ALL_BUT_LINES)
        page.wait_for_function(ALL_THERE)
        settled(page)
        for size in sizes:
            page.set_viewport_size(size)
            panel = page.get_by_test_id("stExpandSidebarButton")
            expect(panel).to_be_visible(visible=size["width"] < NARROW)
            assert violations(page) == [], (language, size)
            assert width_of(page) <= size["width"]
            assert page.locator("h1").bounding_box()["y"] < size["height"]
