"""What is withheld to protect people, and what is flagged as too unsure."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.factories import SEX, catalogue, estimates, indicator, share
from urban_safety_monitor.pipeline.disclose import NUMBERS, disclose
from urban_safety_monitor.tables.totals import PsuTotals, Term

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
    return disclosed(*rows).estimates


def disclosed(*rows, declared=CATALOGUE, **given):
    return disclose(estimates([SURE | row for row in rows]), declared, **given)


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


def everybody(*sizes, left_over=0, **given):
    """A city and its groups; who is left over is in none."""
    return [{"n": float(sum(sizes) + left_over)} | given, *groups(*sizes, **given)]


def sizes_of(table):
    return table["n"].tolist()


def reasons(withheld):
    return dict(
        zip(withheld["category"], withheld["figures"] + " " + withheld["reason"], strict=True)
    )


def test_one_withheld_group_takes_the_next_smallest_along():
    table = shown(*everybody(200, 4, 40, 90))
    assert withheld(table) == [False, False, True, True, False]


def test_of_two_groups_both_are_withheld():
    assert withheld(shown(*everybody(300, 9))) == [False, True, True]


def test_two_withheld_groups_hide_each_other_if_they_are_enough_people_together():
    assert withheld(shown(*everybody(200, 4, 6, 90))) == [False, False, True, True, False]
    assert withheld(shown(*everybody(200, 4, 5, 90))) == [False, False, True, True, True]


def test_of_equally_small_groups_only_one_is_taken_along():
    assert sum(withheld(shown(*everybody(4, 40, 40, 40)))) == 2


def test_enough_people_left_over_protect_a_small_group():
    assert withheld(shown(*everybody(200, 4, left_over=6))) == [False, False, True]
    assert withheld(shown(*everybody(200, 4, left_over=5))) == [False, True, True]


def test_each_disaggregation_and_each_city_is_a_table_of_its_own():
    table = shown(
        *everybody(200, 4, 40),
        *groups(122, 122, disaggregation="district"),
        *everybody(200, 300, area="B"),
    )
    hidden = table[table["conf_status"] == "C"]
    assert hidden[["area", "disaggregation"]].drop_duplicates().values.tolist() == [["A", "age"]]


def test_the_total_is_not_taken_along():
    assert withheld(shown({"n": 9.0})) == [True]
    assert withheld(shown({}, *groups(9))) == [False, True]


def sexes(*sizes, **given):
    names = ("man", "woman", "other")
    return [
        {"disaggregation": "sex", "category": name, "n": float(n)} | given
        for name, n in zip(names, sizes, strict=False)
    ]


def test_a_small_optional_group_has_no_row_and_the_largest_keeps_its_value_without_its_size():
    found = disclosed({"n": 424.0}, *sexes(200, 220, 4))
    table = found.estimates
    assert table["category"].tolist() == ["total", "man", "woman"]
    assert withheld(table) == [False, False, False]
    assert np.isnan(sizes_of(table)[2]) and sizes_of(table)[:2] == [424, 200]
    assert table["value"].tolist() == [50.0] * 3
    assert table["design_effect"].isna().tolist() == [False, False, True]
    assert reasons(found.withheld) == {"other": "row threshold", "woman": "size complement"}


def test_people_who_did_not_answer_are_as_little_told_as_a_small_group():
    assert np.isnan(sizes_of(shown({"n": 424.0}, *sexes(200, 220)))[2])
    assert sizes_of(shown({"n": 420.0}, *sexes(200, 220))) == [420, 200, 220]
    assert sizes_of(shown({"n": 430.0}, *sexes(200, 220))) == [430, 200, 220]


@pytest.mark.parametrize(
    ("value", "kept"), [(4.0, False), (96.0, False), (5.0, True), (95.0, True)]
)
def test_a_share_of_hardly_anybody_is_withheld_as_it_would_tell_who_is_left_over(value, kept):
    table = shown({"n": 424.0}, *sexes(200, 220, value=value))
    assert withheld(table) == [False, not kept, False]


def test_where_nobody_was_counted_there_is_nothing_to_give_away():
    table = shown({"n": 424.0, "value": 0.0}, *sexes(200, 220, value=0.0))
    assert withheld(table) == [False, False, False]


def test_a_value_without_its_size_has_no_digits_that_would_tell_it():
    row = {"value": 40.3196, "standard_error": 2.0486, "lower": 36.3901, "upper": 44.3702}
    table = shown({"n": 424.0}, *sexes(200, 220, **row, n_effective=187.3))
    told = table.iloc[2]
    numbers = told[["value", "standard_error", "lower", "upper"]].tolist()
    assert numbers == [40.3, 2.0, 36.4, 44.4]
    assert told["n_effective"] == 190.0
    assert table.iloc[1]["value"] == 40.3196


def test_indicators_of_the_same_people_hide_the_same_sizes():
    found = disclosed(
        *everybody(15, 100, 120, indicator="safe"),
        *everybody(15, 100, 120, indicator="harassed", value=60.0),
    )
    table = found.estimates.set_index(["indicator", "category"])
    assert (table.loc["harassed", "conf_status"] == "C").tolist() == [False, True, True, False]
    assert (table.loc["safe", "conf_status"] == "").all()
    assert table.loc["safe", "n"].isna().tolist() == [False, True, True, False]
    assert set(found.withheld["reason"]) == {"sensitive_threshold", "complement", "same_people"}


def of_per_thousand(men, women):
    """The same question, asked of fewer people, all of whom named their sex."""
    rows = [{"n": float(men + women)}, *sexes(men, women)]
    return [row | {"indicator": "per_thousand"} for row in rows]


@pytest.mark.parametrize(("women", "told"), [(219, False), (211, False), (210, True)])
def test_indicators_of_nearly_the_same_people_do_not_tell_a_hidden_size(women, told):
    """At most 424 - 200 - 219 = 5 others would be left in the first of these cases."""
    table = shown({"n": 424.0}, *sexes(200, 220), *of_per_thousand(200, women))
    assert np.isnan(sizes_of(table)[2])
    assert np.isnan(sizes_of(table)[5]) != told
    assert sizes_of(table)[3:5] == [200.0 + women, 200.0]
    assert withheld(table) == [False] * 6


def test_an_indicator_that_has_more_people_somewhere_is_not_of_some_of_the_same():
    table = shown({"n": 424.0}, *sexes(200, 220), *of_per_thousand(203, 219))
    assert sizes_of(table)[3:] == [422, 203, 219]


@pytest.mark.parametrize(
    ("women", "men_told", "women_told"), [(217, False, True), (210, True, False)]
)
def test_an_indicator_of_women_only_does_not_tell_how_many_women_are_in_another(
    women, men_told, women_told
):
    """Where it would, the men's size is hidden and not the women's."""
    among = {"of": {"column": "safe", "is_in": [1]}, "among": [{"column": "sex", "is_in": [2]}]}
    declared = catalogue(
        indicator("safe", share("safe"), disaggregations=["sex"]),
        indicator("of_women", {"kind": "proportion", **among}),
        groups=[SEX],
    )
    rows = [{"n": 424.0}, *sexes(200, 220), {"indicator": "of_women", "n": float(women)}]
    sizes = sizes_of(disclosed(*rows, declared=declared).estimates)
    assert (~np.isnan(sizes)).tolist() == [True, men_told, women_told, True]


def test_what_was_published_before_does_not_tell_a_size_that_is_new():
    """Women's is told by then, and the men's is hidden instead."""
    asked = of_per_thousand(180, 219)
    rows = [{"n": 424.0}, *sexes(200, 220), *asked]
    assert np.isnan(sizes_of(shown(*rows))).tolist() == [False, False, True, False, False, True]
    later = disclosed(*rows, released=[shown(*asked)]).estimates
    assert np.isnan(sizes_of(later)).tolist() == [False, True, False, False, False, False]


def test_sampling_units_that_are_told_tell_nobody_left_over():
    """Of 224 women and others at least 215 are women, one in each sampling unit."""
    table = shown({"n": 424.0}, *sexes(200, 220, psus=210.0))
    assert withheld(table) == [False, False, False]
    table = shown({"n": 424.0}, *sexes(200, 220, psus=215.0))
    assert withheld(table) == [False, True, False]


def test_a_gap_is_withheld_with_either_of_its_sides():
    gap = {"indicator": "gap", "n": 40.0, "value": 5.0}
    table = disclosed(
        {"n": 408.0}, *sexes(400, 8), gap, gap | {"disaggregation": "age", "category": "c0"}
    ).estimates
    told = table[table["indicator"] == "gap"].set_index("disaggregation")["conf_status"]
    assert told.to_dict() == {"total": "C", "age": "C"}  # the one would tell the other
    table = disclosed({"n": 424.0}, *sexes(200, 220), gap).estimates
    assert table["conf_status"].tolist() == [""] * 4
    assert np.isnan(sizes_of(table)[3])


def test_an_average_is_withheld_where_a_part_of_it_is():
    parts = [share(name) for name in ("safe", "trust")]
    average = {"kind": "average", "components": [{k: p[k] for k in ("of", "among")} for p in parts]}
    declared = catalogue(indicator("safe", share("safe")), indicator("both", average), groups=[SEX])
    rows = [*everybody(300, 9), *everybody(300, 14, indicator="both")]
    found = disclosed(*rows, declared=declared)
    table = found.estimates
    assert withheld(table) == [False, True, True] * 2
    assert found.withheld["protects"].tolist()[-1] == "safe age:c1"


def test_areas_that_add_up_to_a_country_protect_each_other():
    rows = [{"area": "MX", "n": 509.0}, {"area": "A", "n": 9.0}]
    rows += [{"area": "B", "n": 200.0}, {"area": "C", "n": 300.0}]
    country = dict.fromkeys("ABC", "MX")
    table = disclosed(*rows, parents=country).estimates
    assert withheld(table) == [False, True, True, False]
    assert withheld(disclosed(*rows).estimates) == [False, True, False, False]
    rows[0]["n"] = 480.0  # the country's own survey: its people are not those of its cities
    assert withheld(disclosed(*rows, parents=country).estimates) == [False, True, False, False]


def crossed(table):
    sizes = {"man": table[0], "woman": table[1]}
    ages = [sum(pair) for pair in zip(*table, strict=True)]
    rows = [{"n": float(sum(ages))}, *groups(*ages)]
    rows += sexes(*map(sum, table))
    for sex, of_sex in sizes.items():
        rows += [
            {"disaggregation": "sex*age", "category": f"{sex}*c{place}", "n": float(n)}
            for place, n in enumerate(of_sex)
        ]
    return rows


def test_a_crossed_cell_is_protected_in_both_directions():
    table = shown(*crossed([[5, 100, 200], [60, 80, 90]]))
    hidden = table.loc[table["conf_status"] == "C", "category"]
    assert hidden.tolist() == ["man*c0", "man*c1", "woman*c0", "woman*c1"]


def test_what_was_withheld_before_stays_withheld_and_its_neighbours_do_not_tell_it():
    before = shown(*everybody(200, 9, 40, 90))
    more = [SURE | row for row in everybody(200, 12, 40, 90)]
    now = disclose(estimates(more), CATALOGUE, released=[before])
    assert withheld(now.estimates) == [False, False, True, True, False]
    assert withheld(shown(*more)) == [False] * 5
    assert set(now.withheld["reason"]) == {"withheld_before", "changed_little"}


def test_a_size_that_changed_by_a_few_people_is_not_told_again():
    before = shown(*everybody(200, 100))
    now = disclosed(*everybody(200, 103), released=[before]).estimates
    assert np.isnan(sizes_of(now)).tolist() == [True, False, True]
    now = disclosed(*everybody(200, 110), released=[before]).estimates
    assert sizes_of(now) == [310, 200, 110]


def test_a_neighbour_that_is_new_does_not_tell_what_was_withheld():
    rows = everybody(200, 9, 40, 90)
    before = shown(*rows[:4])  # the last group was not asked for then
    now = disclosed(*rows, released=[before]).estimates
    assert withheld(now) == [False, False, True, False, True]


def test_other_areas_and_periods_tell_nothing_of_this_one():
    before = shown(*everybody(200, 9, period="2024"))
    assert withheld(disclosed(*everybody(200, 40), released=[before]).estimates) == [False] * 3


def test_the_ten_people_of_the_method_page():
    few = CATALOGUE.framework.thresholds.model_copy(update={"persons": 3})
    framework = CATALOGUE.framework.model_copy(update={"thresholds": few})
    rows = [{"n": 10.0, "value": 60.0}, *sexes(4, 4, 2)]
    rows[2] |= {"value": 75.0}
    found = disclosed(*rows, declared=replace(CATALOGUE, framework=framework))
    assert found.estimates["category"].tolist() == ["total", "man", "woman"]
    assert withheld(found.estimates) == [False, True, False]
    assert reasons(found.withheld) == {"man": "all complement", "other": "row threshold"}


TOTALS = catalogue(
    indicator("loss", {"kind": "total", "of": {"value_of": "loss"}}),
    groups=[SEX],
    thresholds={"largest": 2, "largest_share": 0.85, "margin": 0.1},
)


def test_a_total_that_few_make_up_is_withheld():
    def found(*by_psu):
        keys = pd.DataFrame({"psu": [str(place) for place in range(len(by_psu))]}).assign(
            area="A", period="2026", disaggregation="total", category="total", stratum="1"
        )
        numbers = np.array(by_psu, dtype=float)[:, None]
        ones = np.ones_like(numbers)
        totals = PsuTotals(keys, (Term("loss"),), ones, numbers, ones, {}, keys)
        return disclosed({"indicator": "loss"}, declared=TOTALS, psu_totals=totals)

    assert withheld(found(50, 40, 6, 4).estimates) == [True]
    assert found(50, 40, 6, 4).withheld["reason"].tolist() == ["dominance"]
    assert withheld(found(40, 35, 15, 10).estimates) == [False]
    assert withheld(found(85, 5, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1).estimates) == [True]
    assert withheld(found(0, 0, 0, 0).estimates) == [False]


def test_numbers_of_people_can_be_rounded_alike_everywhere():
    rounded = CATALOGUE.framework.thresholds.model_copy(update={"round_counts_to": 10})
    framework = CATALOGUE.framework.model_copy(update={"thresholds": rounded})
    found = disclosed(
        *everybody(204, 4, 45, 95), declared=replace(CATALOGUE, framework=framework)
    ).estimates
    assert found["n"].tolist()[:2] == [350, 200] and found["n"].tolist()[4] == 100
    assert withheld(found) == [False, False, True, True, False]
    assert found["n_effective"].dropna().eq(400).all() and found["design_effect"].isna().all()


def test_the_log_holds_no_number_and_what_protects_what():
    found = disclosed(*everybody(200, 4, 40, 90))
    assert found.withheld["protects"].tolist() == ["", "safe age:c1"]
    assert not any(pd.api.types.is_numeric_dtype(kind) for kind in found.withheld.dtypes)
    assert found.withheld["category"].tolist() == ["c1", "c2"]


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
