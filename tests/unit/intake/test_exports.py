"""Exports of survey programs: system columns, groups, words for codes, columns left out."""

import pytest

from urban_safety_monitor.errors import DataError
from urban_safety_monitor.intake import apply_recipe, require_accepted


def kobo(rows):
    added = {"_id": 7, "_submission_time": "2026-05-02T10:00:00", "_index": 1, "today": "x"}
    groups = {"sex": "home/sex", "age": "home/age"}
    return [
        {groups.get(name, name): cell for name, cell in row.items()} | added | {"_uuid": f"u{n}"}
        for n, row in enumerate(rows)
    ]


def problem_of(intake, code):
    found = [p for p in intake.report.problems if p.code == code]
    return found[0] if found else None


def test_system_columns_are_left_out_and_named(check, write, rows):
    intake = check(write(kobo(rows)))
    frame = require_accepted(intake)
    note = problem_of(intake, "USM-K01")
    assert note.params["program"] == "KoboToolbox"
    assert note.params["names"] == "_id, _submission_time, _index, today, _uuid"
    assert frame["sex"].tolist() == [row["sex"] for row in rows]


def test_the_same_names_in_another_file_are_no_system_columns(check, write, rows):
    for row in rows:
        row["today"] = "2026-05-02"
    assert problem_of(check(write(rows)), "USM-K01") is None


def test_words_that_are_exactly_answers_become_their_codes(check, write, rows, catalogue):
    labels = catalogue.codebook["sex"].codes
    codes = [row["sex"] for row in rows]
    for row in rows:
        row["sex"] = labels[str(row["sex"])].es
    intake = check(write(rows))
    assert require_accepted(intake)["sex"].tolist() == codes
    assert problem_of(intake, "USM-K03").params["names"] == "sex"


def test_words_of_two_languages_are_not_translated(check, write, rows, catalogue):
    labels = catalogue.codebook["sex"].codes
    for number, row in enumerate(rows):
        row["sex"] = labels[str(row["sex"])].in_language(("en", "es")[number // 12])
    assert problem_of(check(write(rows)), "USM-K02").level == "must_fix"


def test_questions_as_column_names_are_understood(check, write, rows, catalogue):
    question = catalogue.codebook["safe_night"].question.es
    asked = [{(question if k == "safe_night" else k): v for k, v in row.items()} for row in rows]
    frame = require_accepted(check(write(asked)))
    assert frame["safe_night"].tolist() == [row["safe_night"] for row in rows]


def test_columns_left_out_open_a_file_with_personal_details(catalogue, write, rows):
    for row in rows:
        row["telefono"] = "3312345678"
    recipe, path = catalogue.recipes["usm-questionnaire"], write(rows)
    assert not apply_recipe(recipe, catalogue, [path]).accepted
    intake = apply_recipe(recipe, catalogue, [path], drop=["telefono"])
    assert intake.accepted
    assert intake.report.facts[0]["dropped"] == ["telefono"]
    assert "telefono" in intake.report.text("es") and "3312345678" not in intake.report.as_json()


def test_letters_of_other_columns_stay_when_one_is_left_out(catalogue, write, rows):
    moved = [{"telefono": "3312345678"} | row for row in rows]
    moved[3]["safe_night"] = 7
    recipe = catalogue.recipes["usm-questionnaire"]
    report = apply_recipe(recipe, catalogue, [write(moved)], drop=["telefono"]).report
    (problem,) = report.of_level("must_fix")
    assert (problem.place.columns[0].letter, problem.place.rows) == ("J", ((5, 5),))


def test_a_column_to_leave_out_that_is_not_there_is_refused(catalogue, write, rows):
    recipe = catalogue.recipes["usm-questionnaire"]
    with pytest.raises(DataError, match="did you mean 'safe_night'"):
        apply_recipe(recipe, catalogue, [write(rows)], drop=["safe_nigth"])


def test_what_an_export_brought_along_is_a_fact_of_the_report(check, write, rows):
    exported = kobo(rows)
    for number, row in enumerate(exported):
        row |= {"home/why": "a b", "home/why/a": number % 2, "home/why/b": 1, "why/a": "text"}
    intake = check(write(exported))
    assert require_accepted(intake)["sex"].tolist() == [row["sex"] for row in rows]
    text = intake.report.text("en")
    assert "Columns added by KoboToolbox were left out: 5." in text
    assert "repeat the single answers of a question were left out: 2." in text
    assert "Names of groups before questions were left aside (columns: 2)." in text
    assert "Se dejaron fuera columnas agregadas por KoboToolbox: 5." in intake.report.text("es")


def test_columns_of_another_file_are_no_single_answers(check, write, rows):
    for row in rows:
        row |= {"why": "a b", "why/a": 1}
    assert "left out" not in check(write(rows)).report.text("en")
