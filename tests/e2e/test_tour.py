"""The two-minute tour: a bar on each of its pages, whose step is in the address."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.app_server import Open, expect_verdict, parameters, settled, width_of
from tests.e2e.test_app_accessibility import DESK, PHONE, axe
from urban_safety_monitor.ui.prose import tour_steps

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

STEPS = tour_steps()
LAST = len(STEPS)
QUOTED = re.compile("[“«](.+?)[”»]")
ELSEWHERE = ".stMain .stElementContainer:not(:has(.tour))"
AXE_ON_THE_BAR = "() => axe.run('.st-key-tour', {resultTypes: ['violations']})"

WORDS = {
    "en": {
        "step": "Tour, step {number} of {last}: {title}.",
        "begin": "Two-minute tour",
        "on": "Next",
        "end": "End tour",
        "below": "Show it below",
        "return": "Back to the tour",
        "try": "Check the file with ten faults",
        "refused": "Your files cannot be used yet.",
        "help": "Help",
        "continue": f"Continue the tour: step {LAST} of {LAST}",
    },
    "es": {
        "step": "Recorrido, paso {number} de {last}: {title}.",
        "begin": "Recorrido de dos minutos",
        "on": "Atrás",
        "end": "Terminar el recorrido",
        "below": "Mostrarlo abajo",
        "return": "Volver al recorrido",
        "help": "Ayuda",
        "data": "Datos y descargas",
        "continue": f"Continuar el recorrido: paso 1 de {LAST}",
    },
}
"""What is read on the way: forward in English, and back in Spanish."""


def test_the_tour_leads_from_the_start_to_a_checked_file_and_back(visit: Open) -> None:
    page, words = visit("/?lang=en", locale="es-MX"), WORDS["en"]
    page.evaluate(axe())
    page.get_by_role("link", name=words["begin"]).click()
    walk(page, list(STEPS), "en", DESK)
    page.get_by_role("button", name=words["try"]).click()
    expect_verdict(page, "refused", words["refused"])
    page.get_by_role("link", name=words["below"]).click()
    expect(page.locator(".verdict")).to_be_in_viewport()
    expect_resumed(page, words)

    page.evaluate(axe())
    page.emulate_media(color_scheme="dark")
    page.get_by_role("radio", name="Español").click()
    page.set_viewport_size(PHONE)
    walk(page, list(reversed(STEPS)), "es", PHONE)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=WORDS["es"]["continue"]).click()
    expect_step(page, "1", "es")
    expect_ended(page, WORDS["es"])


def walk(page: Page, numbers: list[str], language: str, size: dict[str, int]) -> None:
    """Go from step to step, always by the same key; each is true, usable and fits."""
    on = page.get_by_role("link", name=WORDS[language]["on"], exact=True)
    for number in numbers:
        expect_step(page, number, language)
        assert width_of(page) <= size["width"]
        if STEPS[number].below:  # these bars have all that any bar has
            assert page.evaluate(AXE_ON_THE_BAR)["violations"] == [], number
        if number == "2":
            expect_opened_line(page, WORDS[language])
        if number in ("2", numbers[0]):
            on.focus()
        if number != numbers[-1]:
            expect(on).to_be_focused()
            page.keyboard.press("Enter")


def expect_step(page: Page, number: str, language: str) -> None:
    """The bar is that of the step, and what it quotes stands on the page."""
    step, bar = STEPS[number], page.locator(".tour")
    title, said = step.title.in_language(language), step.text.in_language(language)
    named = WORDS[language]["step"].format(number=number, last=LAST, title=title)
    expect(bar).to_contain_text(f"{named} {said}")
    for quoted in QUOTED.findall(said):
        place = page.locator(ELSEWHERE, has_text=re.compile(re.escape(quoted)))
        expect(place.first).to_be_attached()
    settled(page)
    asked = {"tour": number, "view": step.view, "ind": step.ind, "lang": language}
    wanted = {name: value for name, value in asked.items() if value}
    assert wanted.items() <= parameters(page).items()


def expect_opened_line(page: Page, words: dict[str, str]) -> None:
    """A link leads down to the open line, and another back."""
    page.get_by_role("link", name=words["below"]).click()
    expect(page.locator(".row[open] > summary")).to_be_in_viewport()
    expect(page.locator(".row[open] .may")).to_be_in_viewport()
    page.get_by_role("link", name=words["return"]).click()
    expect(page.locator(".tour b")).to_be_in_viewport()
    expect(page.get_by_role("link", name=words["return"])).to_be_hidden()


def expect_resumed(page: Page, words: dict[str, str]) -> None:
    """Another page has no bar but the way back to the step, which outlives a reload."""
    page.get_by_role("link", name=words["help"], exact=True).click()
    expect(page.locator("h1")).to_have_text(words["help"])
    expect(page.locator(".tour")).to_have_count(0)
    page.get_by_role("link", name=words["continue"]).click()
    expect_step(page, str(LAST), "en")
    page.reload()
    expect_verdict(page, "refused", words["refused"])
    expect_step(page, str(LAST), "en")


def expect_ended(page: Page, words: dict[str, str]) -> None:
    """The page stays as it is without the bar; nothing leads back, and no other page has a step."""
    before = parameters(page)
    page.get_by_role("button", name=words["end"]).click()
    expect(page.locator(".tour")).to_have_count(0)
    settled(page)
    assert before.pop("tour") == "1" and parameters(page) == before
    page.set_viewport_size(DESK)
    page.get_by_role("link", name=words["help"], exact=True).click()
    expect(page.get_by_role("link", name=words["begin"])).to_be_visible()
    expect(page.get_by_role("link", name=words["continue"])).to_have_count(0)
    page.goto(page.url.replace("/help?", "/data?tour=1&"))
    expect(page.locator("h1")).to_have_text(words["data"])
    expect(page.locator(".tour")).to_have_count(0)
