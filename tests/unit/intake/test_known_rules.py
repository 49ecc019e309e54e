"""A survey held against what is known of its city."""

import pandas as pd
import pytest

from urban_safety_monitor.intake.known import Known


def city(**context):
    areas = [{"area": "XX-CTY", "parent": None, **context}]
    areas += [{"area": f"XX-CTY-{n:02}", "parent": "XX-CTY"} for n in (1, 2, 11)]
    survey = {"area": "XX-CTY", "period": "2026-Q2"}
    survey |= {"first_day": "2026-04-02", "last_day": "2026-04-24"}
    return Known(pd.DataFrame(areas), pd.DataFrame([survey]))


def problem_of(intake, code):
    found = [p for p in intake.report.problems if p.code == code]
    return found[0] if found else None


# The weights of the factory's people add up to 24 * 100.5 + 276 = 2688.
@pytest.mark.parametrize(
    ("context", "asked"),
    [
        ({"adults": 2688}, False),
        ({"adults": 2480}, False),
        ({"adults": 2400}, True),
        ({"adults": 3000}, True),
        ({"population": 3800}, False),
        ({"population": 2500}, True),
        ({"population": 6200}, True),
        ({"adults": 2688, "population": 9}, False),
        ({}, False),
    ],
)
def test_weights_are_held_against_the_people_of_the_city(check, write, rows, context, asked):
    problem = problem_of(check(write(rows), known=city(**context)), "USM-W05")
    assert (problem is not None) == asked
    if problem:
        assert problem.params["total"] == "2,688"
        assert problem.place.rows == ((2, 25),)


def test_a_city_nobody_knows_is_not_held_against_anything(check, write, rows):
    for row in rows:
        row |= {"city_id": "YY-CTY", "district_id": "1", "interview_date": "2026-05-30"}
    codes = {p.code for p in check(write(rows), known=city(adults=9)).report.problems}
    assert not codes & {"USM-W05", "USM-G02", "USM-D03"}


def test_districts_that_are_not_on_the_map_get_the_likely_code(check, write, rows):
    for row in rows:
        row["district_id"] = "XX-CTY-01"
    rows[0]["district_id"], rows[1]["district_id"] = "2", "XX-CTY-O1"
    rows[2]["district_id"] = rows[3]["district_id"] = "99"
    problem = problem_of(check(write(rows), known=city()), "USM-G02")
    assert problem.place.rows == ((2, 5),)
    assert problem.found.startswith("99 (2)")
    assert problem.suggestion == "2 → XX-CTY-02, XX-CTY-O1 → XX-CTY-01"
    assert problem.expected.en == "XX-CTY-01, XX-CTY-02, XX-CTY-11"


def test_interviews_outside_the_days_of_fieldwork_are_asked_about(check, write, rows):
    for row in rows:
        row["interview_date"] = "2026-04-02"
    rows[4]["interview_date"], rows[9]["interview_date"] = "2026-04-01", "2026-04-25"
    problem = problem_of(check(write(rows), known=city()), "USM-D03")
    assert problem.place.rows == ((6, 6), (11, 11))


@pytest.mark.parametrize("days", [{}, {"first_day": None, "last_day": "2026-04-24"}])
def test_nothing_is_said_of_days_that_are_not_known(check, write, rows, days):
    for row in rows:
        row["interview_date"] = "2026-06-30"
    survey = {"area": "XX-CTY", "period": "2026-Q2"} | days
    known = Known(surveys=pd.DataFrame([survey]))
    assert problem_of(check(write(rows), known=known), "USM-D03") is None
