"""axe-core finds nothing on any page, in both languages, on a desk and on a phone.

What axe cannot decide by itself (contrast over pictures, order of headings) is looked at by eye.
"""

from functools import cache
from importlib.resources import files

import pytest
from playwright.sync_api import Page

from tests.e2e.app_server import Open

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

PAGES = [
    "",
    "city?ind=safe_night",
    "compare?view=one",
    "compare?view=all",
    "compare?view=time",
    "indicators",
    "indicators?ind=safe_night",
    "data",
    "upload",
    "export",
    "method",
    "help",
]
WIDTHS = (1280, 320)
STREAMLITS_OWN = {"presentation-role-conflict"}
"""Its uploader is a `section role="presentation"` with a label of its own."""


@cache
def axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What axe finds, with everything that can be opened open."""
    page.evaluate("document.querySelectorAll('details:not(.row)').forEach(d => { d.open = true })")
    page.evaluate(axe())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found if v["id"] not in STREAMLITS_OWN
    ]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(visit: Open, path: str, language: str) -> None:
    page = visit(f"/{path}{'&' if '?' in path else '?'}lang={language}")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(300)
        assert violations(page) == [], width
        main = page.get_by_test_id("stMainBlockContainer")
        assert main.evaluate("e => e.scrollWidth") <= width
