"""What is withheld to protect people, and what is flagged as too unsure."""

import numpy as np
import pytest

from tests.factories import SEX, catalogue, estimates, indicator, share
from urban_safety_monitor.pipeline.disclose import NUMBERS, disclose

DISTRICT = {"id": "district", "title": "District", "column": "district", "designed_for": False}
GAP = {"kind": "gap", "disaggregation": "sex", "category": "man", "minus": "woman"}
CATALOGUE = catalogue(
    indicator("safe", share("safe"), disaggregations=["sex", "district"]),
    indicator("harassed", share("harassed"), sensitive=True, disaggregations=["sex"]),
    indicator("minutes", {"kind": "mean", "of": {"value_of": "minutes"}}),
    indicator("gap", share("safe") | GAP),
    indicator("per_thousand", share("safe") | {"times": 1000}),
    groups=[SEX, DISTRICT, {"id": "age", "title": "Age", "column": "age"}],
)

SURE = {
    "indicator": "safe",
    "value": 50.0,
    "standard_error": 2.0,
    "lower": 46.0,
    "upper": 54.0,
    "degrees_of_freedom": 60.0,
    "n": 500.0,
    "n_effective": 400.0,
    "design_effect": 1.25,
    "psus": 70.0,
}


def shown(*rows):
    return disclose(estimates([SURE | row for row in rows]), CATALOGUE)


def groups(*sizes, disaggregation="age", **given):
    return [
        {"disaggregation": disaggregation, "category": f"c{place}", "n": float(n)} | given
        for place, n in enumerate(sizes)
    ]


def withheld(table):
    return (table["conf_status"] == "C").tolist()


def test_an_estimate_of_many_people_stays_as_it_is():
    row = shown({}).iloc[0]
    assert (row["value"], row["obs_status"], row["conf_status"]) == (50.0, "A", "")


@pytest.mark.parametrize(
    ("name", "n", "expected"),
    [
        ("safe", 9, True),
        ("safe", 10, False),
        ("harassed", 10, True),
        ("harassed", 29, True),
        ("harassed", 30, False),
    ],
)
def test_few_people_are_withheld_and_sensitive_answers_need_more(name, n, expected):
    table = shown({"indicator": name, "n": float(n)})
    assert withheld(table) == [expected]
    assert table[NUMBERS].isna().all(axis=None) == expected


def test_a_withheld_row_says_so_and_has_no_number_left():
    row = shown({"n": 3.0, "obs_status": "u"}).iloc[0]
    assert (row["conf_status"], row["obs_status"]) == ("C", "A")
    assert row[NUMBERS].isna().all()
    assert (row["indicator"], row["category"]) == ("safe", "total")


def test_one_withheld_group_takes_the_next_smallest_along():
    assert withheld(shown({}, *groups(200, 4, 40, 90))) == [False, False, True, True, False]


def test_of_two_groups_both_are_withheld():
    assert withheld(shown({}, *groups(300, 9))) == [False, True, True]


def test_two_withheld_groups_hide_each_other():
    assert withheld(shown({}, *groups(200, 4, 5, 90))) == [False, False, True, True, False]


def test_of_equally_small_groups_only_one_is_taken_along():
    assert sum(withheld(shown({}, *groups(4, 40, 40, 40)))) == 2


def test_each_disaggregation_and_each_city_is_a_table_of_its_own():
    table = shown(
        {},
        *groups(200, 4, 40),
        *groups(300, 300, disaggregation="district"),
        *groups(200, 300, area="B"),
    )
    hidden = table[table["conf_status"] == "C"]
    assert hidden[["area", "disaggregation"]].drop_duplicates().values.tolist() == [["A", "age"]]


def test_the_total_is_not_taken_along():
    assert withheld(shown({"n": 9.0})) == [True]
    assert withheld(shown({}, *groups(9))) == [False, True]


def test_a_small_optional_group_has_no_row_and_takes_nobody_along():
    table = shown(
        {"disaggregation": "sex", "category": "man", "n": 200.0},
        {"disaggregation": "sex", "category": "woman", "n": 200.0},
        {"disaggregation": "sex", "category": "other", "n": 4.0},
    )
    assert table["category"].tolist() == ["man", "woman"]
    assert withheld(table) == [False, False]


def test_an_optional_group_of_many_is_shown_like_any_other():
    table = shown({"disaggregation": "sex", "category": "other", "n": 40.0})
    assert table["category"].tolist() == ["other"]


@pytest.mark.parametrize(
    "given",
    [
        {"lower": 39.0, "upper": 61.0},  # wider than ten points either way
        {"value": 5.0, "standard_error": 1.5, "lower": 3.0, "upper": 8.0},  # error of 30 percent
        {"n_effective": 49.0},
        {"n": 49.0},  # a design that looks better than its interviews
        {"psus": 9.0},
        {"disaggregation": "district", "category": "north"},  # no sample for single districts
        {"indicator": "minutes", "value": 5.0, "standard_error": 1.5},
        {"indicator": "gap", "lower": -15.0, "upper": 6.0},
        {"indicator": "per_thousand", "lower": 300.0, "upper": 501.0},
    ],
    ids=str,
)
def test_each_reason_to_flag_an_estimate(given):
    row = shown(given).iloc[0]
    assert row["obs_status"] == "u"
    assert row["conf_status"] == ""
    assert not np.isnan(row["value"])


@pytest.mark.parametrize(
    "given",
    [
        {"lower": 40.0, "upper": 60.0},
        {"value": 5.0, "standard_error": 1.49, "lower": 3.0, "upper": 8.0},
        {"n_effective": 50.0, "n": 50.0},
        {"psus": 10.0},
        {"disaggregation": "age", "category": "young"},
        {"indicator": "gap", "value": 0.1, "lower": -3.8, "upper": 4.0},
        {"indicator": "minutes", "n_effective": 20.0, "lower": 20.0, "upper": 80.0},
        {"indicator": "per_thousand", "value": 400.0, "lower": 310.0, "upper": 500.0},
    ],
    ids=str,
)
def test_what_is_just_sure_enough_is_not_flagged(given):
    assert shown(given).iloc[0]["obs_status"] == "A"


def test_a_mark_that_is_there_already_is_kept():
    marks = shown({"obs_status": "x", "value": np.nan, "n": np.nan}, {"area": "B", "psus": 1.0})
    assert marks["obs_status"].tolist() == ["x", "u"]
    assert withheld(marks) == [False, False]
