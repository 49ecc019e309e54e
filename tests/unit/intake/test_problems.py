"""Places in words, merging, order, and the words themselves."""

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from string import Formatter

import pytest
from babel.numbers import format_decimal, format_percent
from hypothesis import given
from hypothesis import strategies as st

from urban_safety_monitor import intake
from urban_safety_monitor.catalogue.indicator import Text
from urban_safety_monitor.intake import CheckReport, Place, Problem, render
from urban_safety_monitor.intake.messages import LANGUAGES, LEVELS, message_catalogue
from urban_safety_monitor.intake.problems import ColumnAt, column_letter, merged, row_ranges
from urban_safety_monitor.intake.wording import plain, where

CODES = message_catalogue()["codes"]
NOT_PLAIN = re.compile(
    r"\b(invalid|illegal|forbidden|sorry|oops|regex|null|nan|schema|inválid\w+|ilegal|prohibid\w+)\b|!",
    re.IGNORECASE,
)
LONGEST_TITLE, LONGEST_SENTENCE = 12, 20
VERBS = {
    "en": (
        "Add Ask Check Choose Close Compare Copy Correct Delete Empty Exchange Export Fill "
        "Find Format Give Go Hand If In Join Keep Leave Let Look Move Name Nothing Open Put "
        "Read Rename Replace Save Say Split Tell Translate Unpack Use Write "
    ),
    "es": (
        "Abra Agregue Avísenos Borre Busque Cada Cambie Ciérrelo Compare Copia Copie Corrija "
        "Cópielo Deje Descomprímalo Divídalo Dé Dígalo Elija En Entregue Escriba Exporte "
        "Guarde Guárdelo Indique Intercambie Junte Lea Llene Nada No Pase Pida Ponga "
        "Pregunte Quite Reemplace Revise Si Una Use Vacíe Vuelva Ábralo "
    ),
}
"""How a repair begins: with what to do, a condition ("If ..."), or that nothing has to be done."""
BLAME = re.compile(
    r"\b(you (entered|wrote|forgot|made)|your (mistake|fault|error)|wrongly|careless|usted "
    r"(escribió|olvidó|cometió)|su (error|culpa|falta)|mal hecho)\b",
    re.IGNORECASE,
)
JARGON = re.compile(
    r"\b(string|integer|boolean|float|parse\w*|regex\w*|array|dataframe|index|delimiter|recipe|"
    r"receta|cadena|booleano|entero|flotante|parsear|delimitador|dtype|token|exception)\b",
    re.IGNORECASE,
)
FAMILIAR = re.compile(r"\b(tu|tus|tú|puedes|debes|tienes|haz|pon|escribe|borra|revisa)\b", re.I)
"""Officials are addressed as usted."""


@given(st.sets(st.integers(1, 400), max_size=60))
def test_ranges_hold_exactly_the_rows(rows):
    spans = row_ranges(rows)
    assert {n for first, last in spans for n in range(first, last + 1)} == rows
    assert all(later[0] > earlier[1] + 1 for earlier, later in pairwise(spans))


@pytest.mark.parametrize(
    ("position", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (702, "AAA")]
)
def test_columns_have_the_letters_of_a_spreadsheet(position, letter):
    assert column_letter(position) == letter


def unknown_code(rows, found="7"):
    column = (ColumnAt("AB", "safe_night"),)
    place = Place("survey.xlsx", "data", column, row_ranges(rows))
    title = Text(en="Feels safe", es="Se siente segura(o)")
    return Problem(
        "USM-V12", {}, place, len(rows), 3012, found, Text(en="1 Yes", es="1 Sí"), "", (title,)
    )


def test_the_place_is_said_in_words():
    problem = unknown_code([14, 15, *range(212, 381)])
    assert where(problem) == (
        'file survey.xlsx, sheet "data", column AB (safe_night), rows 14, 15 and 212 to 380, '
        "171 of 3,012 rows (5.7%)"
    )
    assert "columna AB (safe_night), filas 14, 15 y 212 a 380" in where(problem, "es")


def test_many_places_are_counted():
    assert "and 2 more places" in where(unknown_code(range(2, 22, 2)))


def test_the_six_parts_come_in_their_order():
    text = render(unknown_code([14]))
    parts = [
        "safe_night has a code",
        "Where:",
        "Found: 7",
        "Expected:",
        "Why:",
        "Repair:",
        "If you",
    ]
    positions = [text.index(part) for part in parts]
    assert positions == sorted(positions)
    assert '"Feels safe"' in text and "«Se siente segura(o)»" in render(unknown_code([14]), "es")


def test_equal_problems_become_one_with_all_rows():
    (one,) = merged([unknown_code([4, 5]), unknown_code([5, 6, 9])])
    assert (one.place.rows, one.n_rows) == (((4, 6), (9, 9)), 4)
    assert len(merged([unknown_code([4]), unknown_code([4], found="6")])) == 2


def test_what_stops_most_comes_first():
    note = Problem("USM-G01")
    some, all_results = unknown_code([3]), Problem("USM-W01", n_rows=1)
    assert [p.code for p in merged([note, some, all_results])] == ["USM-W01", "USM-V12", "USM-G01"]


def test_found_values_of_sensitive_problems_are_left_out():
    problem = Problem("USM-V12", found="secret", sensitive=True)
    assert "secret" not in render(problem)


def test_every_code_in_the_program_has_words_and_the_other_way_round():
    modules = Path(intake.__file__).parent.glob("*.py")
    text = "".join(path.read_text(encoding="utf-8") for path in modules)
    assert set(re.findall(r'"(USM-\w\d\d)"', text)) == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_message_is_whole_in_both_languages(code):
    entry = CODES[code]
    assert entry["level"] in LEVELS
    fields = {
        language: {n for part in entry[language].values() for _, n, _, _ in Formatter().parse(part)}
        for language in LANGUAGES
    }
    assert fields["en"] == fields["es"]
    for language in LANGUAGES:
        assert set(entry[language]) == {"title", "why", "repair"}
        assert len(entry[language]["title"].split()) <= LONGEST_TITLE
        for text in entry[language].values():
            assert not NOT_PLAIN.search(text)
            sentences = re.split(r"(?<=[.?;]) ", text)
            assert max(len(sentence.split()) for sentence in sentences) <= LONGEST_SENTENCE
            assert text.endswith((".", "?"))


def test_both_languages_have_the_same_phrases():
    phrases = message_catalogue()["phrases"]
    assert set(phrases["en"]) == set(phrases["es"])
    for key, text in phrases["en"].items():
        named = [{n for _, n, _, _ in Formatter().parse(t)} for t in (text, phrases["es"][key])]
        assert named[0] == named[1]


def whole(code: str, **more: object) -> Problem:
    """A problem of this code with something in every place of its words."""
    parts = (part for language in LANGUAGES for part in CODES[code][language].values())
    names = {name for part in parts for _, name, _, _ in Formatter().parse(part) if name}
    place = Place("survey.xlsx", "data", (ColumnAt("AB", "safe_night"),), ((14, 15), (212, 380)))
    params = dict.fromkeys(names - {"column", "found", "expected", "affects"}, "x")
    return Problem(code, params, place, n_rows=171, n_total=3012, **more)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_every_message_says_where_how_many_why_and_what_to_do(code, language):
    text = render(whole(code, affects=(Text(en="Feels safe", es="Se siente segura(o)"),)), language)
    _, title, place, *rest = text.split("\n")
    assert not re.search(r"[{}]", text)
    assert "survey.xlsx" in place and "AB (safe_night)" in place and "212" in place
    assert "171" in place and "3,012" in place and "5.7%" in place
    assert title.endswith(".") and "?" not in title
    starts = [message_catalogue()["phrases"][language][key] for key in ("why", "repair")]
    assert [line.split(":")[0] for line in rest[:2]] == starts
    assert rest[-1] == message_catalogue()["phrases"][language][f"{CODES[code]['level']}_follows"]
    assert CODES[code][language]["repair"].split()[0].strip(",;") in VERBS[language].split()
    for pattern in (BLAME, JARGON, *([FAMILIAR] if language == "es" else [])):
        words = re.sub(r"{\w+}", "", " ".join(CODES[code][language].values()))
        assert not pattern.search(words)


@pytest.mark.parametrize("code", CODES)
def test_nothing_of_a_sensitive_column_is_in_any_message(code):
    problem = whole(code, found="secret", suggestion="secret → 1", sensitive=True)
    report = CheckReport((problem,), (), ())
    for language in LANGUAGES:
        shown = report.text(language) + report.as_json(language) + report.table(language).to_csv()
        assert "secret" not in shown


@pytest.mark.parametrize(("language", "locale"), [("en", "en_GB"), ("es", "es_MX")])
def test_numbers_are_written_as_the_language_writes_them(language, locale):
    place = Place("a.csv", None, (), row_ranges([1204]))
    text = where(Problem("USM-W02", {}, place, n_rows=1204, n_total=92051), language)
    for number in (1204, 92051):
        assert format_decimal(number, locale=locale) in text
    assert format_percent(1204 / 92051, "#,##0.0%", locale=locale) in text
    assert plain(2298000, language) == format_decimal(2298000, locale=locale)


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [("en", " 1 more place,", " 2 more places,"), ("es", " 1 lugar más,", " 2 lugares más,")],
)
def test_one_is_in_the_singular(language, one, two):
    assert one in where(unknown_code(range(2, 20, 2)), language)
    assert two in where(unknown_code(range(2, 22, 2)), language)
    only = replace(unknown_code([2]), n_rows=1, n_total=1)
    assert {"en": "the only row", "es": "la única fila"}[language] in where(only, language)


def test_a_few_rows_of_very_many_are_not_said_to_be_none():
    assert "1 of 92,051 rows (<0.1%)" in where(replace(unknown_code([2]), n_rows=1, n_total=92051))
