"""Every text of the app is there in Spanish, with the same values to put in."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from urban_safety_monitor import ui
from urban_safety_monitor.catalogue.indicator import Text
from urban_safety_monitor.report.wording import LOCALES, completeness, direction, translator
from urban_safety_monitor.ui.prose import FOLDER, Prose, Section, prose, tour_steps

UI = Path(ui.__file__).parent
SAME_IN_BOTH = {"Similar", "No"}

LETTER = re.compile(r"[A-Za-z]{3,}")
LABELLED = (
    *("button", "caption", "checkbox", "download_button", "error", "expander", "header", "info"),
    *("markdown", "multiselect", "pills", "popover", "radio", "segmented_control", "selectbox"),
    *("success", "tabs", "text_input", "toggle", "warning", "write"),
)
MADE_BY_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


def said_in_templates() -> Iterator[str]:
    for template in sorted(UI.glob("templates/*.html")):
        yield from re.findall(r'\bsay\(\s*"([^"]+)"', template.read_text(encoding="utf-8"))


def counted_in_templates() -> Iterator[tuple[str, str]]:
    for template in sorted(UI.glob("templates/*.html")):
        text = template.read_text(encoding="utf-8")
        yield from re.findall(r'\bcount\(\s*"([^"]+)",\s*"([^"]+)"', text)


def calls(name: str) -> Iterator[list[ast.expr]]:
    for module in sorted(UI.rglob("*.py")):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == name:
                yield node.args


def said_in_modules() -> Iterator[str]:
    for first, *_ in filter(None, calls("say")):
        if isinstance(first, ast.Constant):
            yield first.value


def counted_in_modules() -> Iterator[tuple[str, str]]:
    for args in calls("count"):
        if (
            len(args) == 3
            and isinstance(args[0], ast.Constant)
            and isinstance(args[1], ast.Constant)
        ):
            yield args[0].value, args[1].value


def texts_of(section: Section) -> Iterator[Text]:
    yield section.title
    yield from section.paragraphs
    for term in section.terms:
        yield from (term.term, term.text)


def texts_of_page(page: Prose) -> Iterator[Text]:
    yield from (page.title, page.headline)
    for section in page.sections:
        yield from texts_of(section)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


TEXTS = sorted({*said_in_templates(), *said_in_modules()})
COUNTED = sorted({*counted_in_templates(), *counted_in_modules()})
PAGES = sorted({path.stem for path in FOLDER.glob("*.toml")} - {"tour"})


def test_there_are_texts() -> None:
    assert "What stands out" in TEXTS and "Upload data" in TEXTS
    assert ("Make {n} file", "Make {n} files") in COUNTED
    assert PAGES == ["help", "method"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_there_in_spanish(text: str) -> None:
    spanish = translator("es").gettext(text)
    assert spanish != text or text in SAME_IN_BOTH
    assert placeholders(spanish) == placeholders(text)


@pytest.mark.parametrize("texts", COUNTED)
def test_a_counted_text_has_both_forms_in_spanish(texts: tuple[str, str]) -> None:
    for number, english in zip((1, 2), texts, strict=True):
        spanish = translator("es").ngettext(*texts, number)
        assert spanish != english
        assert placeholders(spanish) == placeholders(english)


@pytest.mark.parametrize("name", PAGES)
def test_prose_is_there_in_spanish_with_the_same_values(name: str) -> None:
    for text in texts_of_page(prose(name)):
        spanish = text.in_language("es")
        assert spanish != text.en or text.en in SAME_IN_BOTH
        assert placeholders(spanish) == placeholders(text.en)


def test_the_tour_is_there_in_spanish_and_quotes_as_much() -> None:
    for step in tour_steps().values():
        for text in (step.title, step.text):
            spanish = text.in_language("es")
            assert spanish != text.en and LETTER.search(spanish)
            assert spanish.count("«") == spanish.count("»") == text.en.count("“")


def test_no_words_stand_in_a_template_untranslated() -> None:
    found = []
    for template in sorted(UI.glob("templates/*.html")):
        text = MADE_BY_JINJA.sub("", template.read_text(encoding="utf-8"))
        shown = LETTER.findall(re.sub(r"<[^>]*>", "", text))
        labels = re.findall(r'(?:aria-label|title|placeholder|alt)="[^"]*[A-Za-z]', text)
        found += [(template.stem, one) for one in (*shown, *labels)]
    assert found == []


def test_no_widget_has_a_label_that_escapes_translation() -> None:
    labels = [
        str(args[0].value)
        for widget in LABELLED
        for args in calls(widget)
        if args and isinstance(args[0], ast.Constant)
    ]
    assert [label for label in labels if LETTER.search(label)] == []


def test_spanish_is_complete_and_the_languages_begun_are_not() -> None:
    assert completeness("en") == completeness("es") == 1
    begun = set(LOCALES) - {"en", "es"}
    assert begun and all(0 < completeness(language) < 1 for language in begun)
    assert {language for language in LOCALES if direction(language) == "rtl"} == {"ar"}
