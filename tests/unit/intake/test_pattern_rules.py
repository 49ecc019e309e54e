"""Interviews too alike, one answer to everything, groups of few people."""

import pandas as pd
import pytest

from urban_safety_monitor.catalogue.load import shipped


@pytest.fixture
def answers():
    path = shipped("sample_data") / "practice" / "example_clean.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False).to_dict("records")


def rows_of(intake, code):
    return [p.place.rows for p in intake.report.problems if p.code == code]


def test_the_clean_example_shows_no_pattern(check, write, answers):
    intake = check(write(answers))
    assert rows_of(intake, "USM-I04") == rows_of(intake, "USM-Q01") == []


def test_nearly_copied_interviews_are_asked_about(check, write, answers):
    first, second = [n for n, row in enumerate(answers) if row["psu"] == answers[0]["psu"]][:2]
    kept = {name: answers[second][name] for name in ("hh_id", "person_id", "weight_person")}
    answers[second] = answers[first] | kept
    changed = "2" if answers[first]["safe_night"] == "1" else "1"
    answers[second]["safe_night"] = changed
    intake = check(write(answers))
    assert rows_of(intake, "USM-I02") == []
    (spans,) = rows_of(intake, "USM-I04")
    assert {row for span in spans for row in range(span[0], span[1] + 1)} == {first + 2, second + 2}


def test_one_answer_to_a_whole_series_in_a_unit_is_asked_about(check, write, answers):
    unit = answers[0]["psu"]
    series = [name for name in answers[0] if name.startswith("place_")]
    assert len(series) >= 5
    inside = [n for n, row in enumerate(answers) if row["psu"] == unit]
    for n in inside:
        answers[n] |= dict.fromkeys(series, str(1 + n % 2))
    (spans,) = rows_of(check(write(answers)), "USM-Q01")
    assert [row for span in spans for row in range(span[0], span[1] + 1)] == [n + 2 for n in inside]


def test_groups_of_few_people_are_named_with_their_number(check, write, rows):
    for row in rows[:3]:
        row["sex"] = 3
    (note,) = [p for p in check(write(rows)).report.problems if p.code == "USM-G04"]
    assert "(3)" in note.params["names"].en
    assert note.level == "note"
    assert "(3)" in note.params["names"].es
