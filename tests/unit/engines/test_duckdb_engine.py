"""From ten records to weighted totals per sampling unit."""

import numpy as np
import pandas as pd
import pytest

from tests.factories import catalogue, indicator, share, survey
from urban_safety_monitor.engines import columns_needed, psu_totals

ROBBED = indicator("robbed", share("robbery"))
BOTH = {"count_of": ["robbery", "theft"], "is_in": [1], "at_least": 1}


def people(**columns):
    return survey(
        {
            "robbery": [1, 2, 2, 1, None, 2],
            "sex": [1, 2, 2, 2, 1, None],
            "district": ["n", "n", "n", "s", "s", "s"],
        }
        | columns,
        stratum=["1", "1", "1", "1", "2", "2"],
        psu=["a", "a", "b", "b", "c", "d"],
        weight_person=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
    )


def totals(frame, *indicators, groups=(), **declared):
    return psu_totals(frame, catalogue(*indicators, **declared), indicators, groups)


def long(found):
    frame = found.long().sort_values(["disaggregation", "category", "psu"], ignore_index=True)
    return frame[["disaggregation", "category", "psu", "n", "numerator", "denominator"]]


def test_weighted_totals_of_each_psu():
    found = long(totals(people(), ROBBED))
    assert found["psu"].tolist() == ["a", "b", "d"]  # in c nobody answered
    np.testing.assert_array_equal(found["n"], [2, 2, 1])
    np.testing.assert_array_equal(found["numerator"], [1, 4, 0])
    np.testing.assert_array_equal(found["denominator"], [3, 7, 6])


def test_every_sampled_psu_is_counted_whoever_answered():
    counts = totals(people(), ROBBED).psus
    assert counts[["stratum", "psus"]].values.tolist() == [["1", 2], ["2", 2]]
    assert counts["psus_in_population"].isna().all()


def test_psus_of_the_population_are_kept_by_stratum():
    frame = people(psus_in_stratum=[20, 20, 20, 20, 8, 8])
    assert totals(frame, ROBBED).psus["psus_in_population"].tolist() == [20, 8]


def test_people_in_no_category_stay_in_the_total_only():
    found = long(totals(people(), ROBBED, groups=("sex",)))
    sums = found.groupby("category")[["n", "denominator"]].sum()
    assert sums.loc["man"].tolist() == [1, 1]
    assert sums.loc["woman"].tolist() == [3, 9]
    assert sums.loc["total"].tolist() == [5, 16]


def test_every_code_of_a_column_may_be_a_category():
    found = long(totals(people(), ROBBED, groups=("district",)))
    assert set(found["category"]) == {"total", "n", "s"}


def test_a_missing_weight_counts_nobody_and_so_does_a_weight_of_zero():
    frame = people()
    frame["weight_person"] = [np.nan, 0.0, 3.0, 4.0, 5.0, 6.0]
    found = long(totals(frame, ROBBED))
    assert found["psu"].tolist() == ["b", "d"]
    assert found["n"].tolist() == [2, 1]


def test_answers_missing_as_nan_are_missing():
    frame = people()
    frame["robbery"] = frame["robbery"].astype("float64")
    pd.testing.assert_frame_equal(long(totals(frame, ROBBED)), long(totals(people(), ROBBED)))


@pytest.mark.parametrize(
    "of", [{"column": "robbery", "is_in": [1]}, {"none_of": [{"column": "robbery", "is_in": [1]}]}]
)
@pytest.mark.parametrize("among", [[], [{"column": "sex", "is_in": [1, 2]}]])
def test_nobody_was_asked_what_is_no_column(of, among):
    given = indicator("given", {"kind": "proportion", "of": of, "among": among})
    found = totals(people().drop(columns="robbery"), given)
    assert found.long().empty


def test_a_question_may_be_part_of_a_list_that_was_asked_in_part():
    either = indicator("either", {"kind": "proportion", "of": BOTH})
    found = totals(people(), either).long()  # theft was not asked
    assert found["numerator"].sum() == 1 + 4


def test_an_average_needs_all_of_its_parts():
    parts = [share(name) for name in ("robbery", "theft")]
    for part in parts:
        del part["kind"]
    mean = indicator("mean", {"kind": "average", "components": parts})
    assert totals(people(), mean).long().empty


def test_without_any_indicator_that_was_asked_the_sampling_units_remain():
    found = totals(people().drop(columns="robbery"), ROBBED, groups=("sex",))
    assert found.terms == ()
    assert found.psus["psus"].tolist() == [2, 2]


def test_a_grouping_nobody_was_asked_about_is_left_out():
    found = totals(people().drop(columns="sex"), ROBBED, groups=("sex", "district"))
    assert set(found.keys["disaggregation"]) == {"total", "district"}


@pytest.mark.parametrize("kind", ["mean", "total"])
def test_means_and_totals_are_of_those_with_a_number(kind):
    minutes = indicator("minutes", {"kind": kind, "of": {"value_of": "minutes"}})
    frame = people(minutes=[10.0, None, 20.0, None, None, 30.0])
    found = long(totals(frame, minutes))
    assert found["psu"].tolist() == ["a", "b", "d"]
    assert found["numerator"].tolist() == [10, 60, 180]
    assert found["denominator"].tolist() == [1, 3, 6]


@pytest.mark.parametrize(("above", "below"), [("some", "all"), ("all", "some")])
def test_a_ratio_is_of_those_with_both_numbers(above, below):
    numbers = {"some": [10, None, 20, None, None, 30], "all": [1, 1, 1, 1, 1, 1]}
    per = indicator("per", {"kind": "ratio", "of": {"value_of": above}, "per": {"value_of": below}})
    found = totals(people(**numbers), per).long()
    assert found["n"].sum() == 3
    sums = {"some": 10 + 60 + 180, "all": 1 + 3 + 6}
    assert found["numerator"].sum() == sums[above]
    assert found["denominator"].sum() == sums[below]


def test_a_ratio_of_two_weights():
    crimes = {
        "kind": "ratio",
        "of": {"column": "crime", "is_in": [1]},
        "per": {"column": "record", "is_in": [1]},
        "weight_of": "weight_crime",
    }
    frame = people(record=[1, 1, 2, 2, 1, 1], crime=[None, None, 1, 1, None, None])
    frame["weight_crime"] = [np.nan, np.nan, 3.5, 4.5, np.nan, np.nan]
    found = totals(frame, indicator("crimes", crimes))
    assert found.numerator.sum() == 8
    assert found.denominator.sum() == 1 + 2 + 5 + 6


def test_squares_are_those_of_single_records():
    minutes = indicator("minutes", {"kind": "mean", "of": {"value_of": "minutes"}})
    found = totals(people(minutes=[1, 2, 3, 4, 5, 6]), minutes)
    sums = found.squares[0].sum(axis=0)
    weights = values = np.arange(1, 7)
    np.testing.assert_allclose(
        sums, [(weights * values**2).sum(), (weights * values).sum(), 21, 21]
    )


def test_parquet_files_give_what_the_frame_gives(tmp_path):
    frame, other = people(), people().assign(area="B").drop(columns="district")
    files = [tmp_path / "it's a.parquet", tmp_path / "b.parquet"]
    frame.to_parquet(files[0])
    other.to_parquet(files[1])
    declared = catalogue(ROBBED)
    of_files = psu_totals(files, declared, [ROBBED], ("sex", "district"))
    of_frame = psu_totals(
        pd.concat([frame, other], ignore_index=True), declared, [ROBBED], ("sex", "district")
    )
    key = ["area", "disaggregation", "category", "psu"]
    found, expected = (
        one.long().sort_values(key, ignore_index=True) for one in (of_files, of_frame)
    )
    pd.testing.assert_frame_equal(found, expected)
    assert set(found.loc[found["disaggregation"] == "district", "area"]) == {"A"}


def test_gaps_cross_their_groups_with_others():
    between = {"kind": "gap", "disaggregation": "sex", "category": "man", "minus": "woman"}
    gap = indicator("gap", share("robbery") | between, disaggregations=["sex", "district"])
    found = totals(people(), gap, groups=("district",)).long()
    crossed = found[found["disaggregation"] == "sex*district"]
    sums = crossed.groupby("category")["numerator"].sum()
    assert sums.to_dict() == {"man*n": 1, "woman*n": 0, "woman*s": 4}


def test_columns_needed_name_answers_and_weights():
    household = indicator("h", share("burglary") | {"weight": "weight_household"})
    assert columns_needed(household) == {"burglary", "weight_household"}
