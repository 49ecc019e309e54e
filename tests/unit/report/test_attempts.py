"""Fixed, still there, new: told by what is wrong and where, not by row numbers."""

from dataclasses import replace

import pytest

from tests.unit.report.checks import PRACTICE, problem_at, report_of
from urban_safety_monitor.catalogue import load_catalogue, load_recipe
from urban_safety_monitor.catalogue.indicator import Text
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.intake import apply_recipe
from urban_safety_monitor.intake.problems import Problem
from urban_safety_monitor.report.attempts import from_json, is_same, progress, to_json

CODE_7 = problem_at("USM-V12", {"AC": "safe_night"}, [14, 15], found="7")
NO_WEIGHT = problem_at("USM-C01", {}, [], params={"missing": "weight_person", "meaning": "w"})
ZERO = problem_at("USM-W02", {"J": "weight_person"}, [27])
SKIPPED = problem_at("USM-P05", {"B": "a", "C": "b"}, [9], params={"gate": "x = 1"})
SMALL = problem_at("USM-G01", {"D": "district_id"}, [3], params={"least": 30, "names": "11 (24)"})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (CODE_7, replace(CODE_7, place=replace(CODE_7.place, rows=((300, 310),)), n_rows=11)),
        (CODE_7, problem_at("USM-V12", {"B": " Safe_Night"}, [90], found="7, 6")),
        (CODE_7, problem_at("USM-V12", {"AC": "safe_night"}, [15], found="sometimes")),
        (ZERO, problem_at("USM-W02", {"J": "weight_person"}, [4000])),
        (SKIPPED, problem_at("USM-P05", {"C": "b"}, [9], params={"gate": "x = 1"})),
        (NO_WEIGHT, replace(NO_WEIGHT, place=replace(NO_WEIGHT.place, file="second.csv"))),
    ],
    ids=["rows", "more codes", "same row", "no value shown", "fewer columns", "other file name"],
)
def test_what_was_not_repaired_is_the_same_problem(one: Problem, other: Problem) -> None:
    assert is_same(one, other)
    assert is_same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (CODE_7, problem_at("USM-V12", {"AC": "safe_night"}, [90], found="6")),
        (CODE_7, problem_at("USM-V12", {"AD": "safe_day"}, [14, 15], found="7")),
        (CODE_7, problem_at("USM-V13", {"AC": "safe_night"}, [14, 15], found="7")),
        (NO_WEIGHT, replace(NO_WEIGHT, params={"missing": "psu", "meaning": "w"})),
        (SKIPPED, replace(SKIPPED, params={"gate": "y = 1"})),
        (ZERO, replace(ZERO, place=replace(ZERO.place, columns=()))),
    ],
    ids=["other code", "other column", "other rule", "other name", "other gate", "no column"],
)
def test_another_problem_is_another(one: Problem, other: Problem) -> None:
    assert not is_same(one, other)
    assert not is_same(other, one)


def test_problems_are_counted_and_what_is_only_to_be_known_is_not() -> None:
    fewer = replace(CODE_7, place=replace(CODE_7.place, rows=((15, 15),)), n_rows=1)
    found = progress([CODE_7, NO_WEIGHT, ZERO, SMALL], [fewer, SKIPPED])
    assert (found.before, found.fixed) == (3, (NO_WEIGHT, ZERO))
    assert (found.remaining, found.new) == ((fewer,), (SKIPPED,))


def test_a_problem_that_fell_into_two_is_not_new() -> None:
    parts = [problem_at("USM-P05", {x: y}, [9], params={"gate": "x = 1"}) for x, y in ("Ba", "Cb")]
    found = progress([SKIPPED], parts)
    assert (found.fixed, found.remaining, found.new) == ((), tuple(parts), ())


@pytest.mark.parametrize(
    ("before", "after", "english", "spanish"),
    [
        (
            [CODE_7, ZERO],
            [SKIPPED, ZERO],
            "Compared with your last upload, 1 of 2 problems is fixed. 1 problem is new.",
            "Comparado con su carga anterior, 1 de 2 problemas está corregido. "
            "1 problema es nuevo.",
        ),
        (
            [CODE_7, ZERO, NO_WEIGHT],
            [SKIPPED, ZERO, problem_at("USM-S01", {"F": "stratum"}, [4])],
            "Compared with your last upload, 2 of 3 problems are fixed. 2 problems are new.",
            "Comparado con su carga anterior, 2 de 3 problemas están corregidos. "
            "2 problemas son nuevos.",
        ),
        (
            [CODE_7],
            [],
            "Compared with your last upload, the one problem is fixed.",
            "Comparado con su carga anterior, el único problema está corregido.",
        ),
        (
            [CODE_7],
            [CODE_7],
            "Compared with your last upload, the one problem is not fixed yet.",
            "Comparado con su carga anterior, el único problema aún no está corregido.",
        ),
        (
            [CODE_7, ZERO],
            [CODE_7, ZERO],
            "Compared with your last upload, none of the 2 problems is fixed yet.",
            "Comparado con su carga anterior, ninguno de los 2 problemas está corregido todavía.",
        ),
        (
            [SMALL],
            [ZERO],
            "Your last upload had nothing to fix or to confirm. 1 problem is new.",
            "Su carga anterior no tenía nada que corregir ni que confirmar. 1 problema es nuevo.",
        ),
    ],
)
def test_it_is_said_in_whole_sentences(
    before: list[Problem], after: list[Problem], english: str, spanish: str
) -> None:
    found = progress(before, after)
    assert found.sentences("en") == english
    assert found.sentences("es") == spanish


def test_a_report_comes_back_from_json_with_both_languages() -> None:
    catalogue = load_catalogue()
    recipe, extended = load_recipe("usm-questionnaire", catalogue)
    report = apply_recipe(recipe, extended, [PRACTICE / "example_ten_faults.csv"]).report
    again = from_json(to_json(report))
    assert again == report
    assert [again.text(language) for language in ("en", "es")] == [
        report.text(language) for language in ("en", "es")
    ]


def test_numbers_and_texts_of_a_kept_report_keep_their_kind() -> None:
    given = {"n": 3, "share": 0.5, "names": "3", "kind": Text(en="names", es="nombres")}
    (kept,) = from_json(to_json(report_of(replace(ZERO, params=given)))).problems
    assert kept.params == given
    assert [type(value) for value in kept.params.values()] == [int, float, str, Text]


def test_a_problem_of_a_rule_that_is_no_more_is_left_out() -> None:
    kept = to_json(report_of(ZERO, CODE_7)).replace("USM-V12", "USM-Z99")
    assert from_json(kept).problems == (ZERO,)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"problems": 3}'])
def test_a_damaged_report_is_refused_in_words(text: str) -> None:
    with pytest.raises(DataError, match="kept report"):
        from_json(text)
