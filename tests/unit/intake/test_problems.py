"""Places in words, merging, order, and the words themselves."""

import re
from itertools import pairwise
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from urban_safety_monitor import intake
from urban_safety_monitor.catalogue.indicator import Text
from urban_safety_monitor.intake import Place, Problem, render
from urban_safety_monitor.intake.messages import LEVELS, message_catalogue
from urban_safety_monitor.intake.problems import ColumnAt, column_letter, merged, row_ranges
from urban_safety_monitor.intake.wording import where

CODES = message_catalogue()["codes"]
LANGUAGES = ("en", "es")
NOT_PLAIN = re.compile(
    r"\b(invalid|illegal|forbidden|sorry|oops|regex|null|nan|schema|inválid\w+|ilegal|prohibid\w+)\b|!",
    re.IGNORECASE,
)
LONGEST_TITLE, LONGEST_SENTENCE = 12, 20


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
