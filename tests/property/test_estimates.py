"""Laws of survey estimates, from records through the engine to the estimate."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import catalogue, indicator, share, survey
from urban_safety_monitor.engines import psu_totals
from urban_safety_monitor.pipeline.estimate import estimate
from urban_safety_monitor.statistics.linearisation import covariances

NUMBERS = ["value", "standard_error", "lower", "upper", "n", "n_effective", "design_effect", "psus"]
GAP = {"kind": "gap", "disaggregation": "sex", "category": "man", "minus": "woman"}

ANSWERED = [{"column": "safe", "is_in": [1, 2]}]
NOT_SAFE = {"kind": "proportion", "of": {"none_of": [{"column": "safe", "is_in": [1]}]}}
MEAN = {"kind": "mean", "of": {"column": "safe", "is_in": [1]}, "times": 100}
PARTS = [{k: v for k, v in share(name).items() if k != "kind"} for name in ("safe", "fair")]
TOTAL = {"kind": "total", "of": {"value_of": "minutes"}}
RATIO = {"kind": "ratio", "of": {"value_of": "minutes"}, "per": {"value_of": "trips"}}

INDICATORS = [
    indicator("safe", share("safe"), disaggregations=["sex"]),
    indicator("fair", share("fair")),
    indicator("not_safe", NOT_SAFE | {"among": ANSWERED}),
    indicator("mean", MEAN | {"among": ANSWERED}),
    indicator("average", {"kind": "average", "components": PARTS}),
    indicator("gap", share("safe") | GAP),
    indicator("minutes", TOTAL, disaggregations=["sex"]),
    indicator("per_trip", RATIO),
]
CATALOGUE = catalogue(*INDICATORS)

yes_or_no = st.sampled_from([1, 2, None])
person = st.tuples(
    st.sampled_from(["north", "south"]),  # stratum
    st.integers(1, 3),  # psu
    st.floats(0.5, 50),  # weight
    st.integers(1, 2),  # sex
    yes_or_no,  # safe
    yes_or_no,  # fair
    st.integers(0, 60) | st.none(),  # minutes
    st.integers(1, 5),  # trips
)
people = st.lists(person, min_size=4, max_size=20)
laws = settings(max_examples=25)


def records(rows, area="A"):
    stratum, psu, weight, sex, safe, fair, minutes, trips = zip(*rows, strict=True)
    answers = {"sex": sex, "safe": safe, "fair": fair, "minutes": minutes, "trips": trips}
    return survey(answers, area=area, stratum=stratum, psu=psu, weight_person=weight)


def estimated(frame):
    totals = psu_totals(frame, CATALOGUE, INDICATORS, ("sex",))
    return estimate(totals, INDICATORS)


def by_category(found, area="A"):
    rows = found.estimates[found.estimates["area"] == area]
    return rows.set_index(["indicator", "category"]).drop(columns="area")


def close(first, second):
    if isinstance(first, float) and np.isnan(first):
        return np.isnan(second)
    return first == pytest.approx(second, rel=1e-7, abs=1e-7)


@laws
@given(rows=people, factor=st.floats(0.01, 1000), seed=st.integers(0, 99))
def test_scale_of_weights_order_of_rows_and_names_of_strata_change_nothing(rows, factor, seed):
    frame = records(rows)
    order = np.random.default_rng(seed).permutation(len(frame))
    renamed = frame.assign(
        stratum=frame["stratum"].map({"north": "z", "south": "a"}),
        psu=frame["psu"].map({"1": "9", "2": "x", "3": "1"}),
    )
    variants = {
        "A": frame,
        "scaled": frame.assign(weight_person=frame["weight_person"] * factor),
        "shuffled": frame.iloc[order],
        "renamed": renamed,
    }
    together = [variant.assign(area=name) for name, variant in variants.items()]
    found = estimated(pd.concat(together, ignore_index=True))
    original = by_category(found)
    for name in ("shuffled", "renamed"):
        pd.testing.assert_frame_equal(by_category(found, name), original, rtol=1e-7, atol=1e-9)
    scaled = by_category(found, "scaled")
    total = original.index.get_level_values("indicator") == "minutes"
    pd.testing.assert_frame_equal(scaled[~total], original[~total], rtol=1e-7, atol=1e-9)
    expected = original[total].copy()
    expected[["value", "standard_error", "lower", "upper"]] *= factor
    pd.testing.assert_frame_equal(scaled[total], expected, rtol=1e-7, atol=1e-7)


@laws
@given(rows=people)
def test_indicators_that_say_the_same_agree(rows):
    found = estimated(records(rows))
    rows = by_category(found).xs("total", level="category")
    safe, other, mean = (rows.loc[name] for name in ("safe", "not_safe", "mean"))
    assert close(safe["value"] + other["value"], 100.0 + 0 * safe["value"])
    assert close(safe["standard_error"], other["standard_error"])
    assert close(safe["lower"], 100 - other["upper"])
    assert close(safe["value"], mean["value"])
    if mean["standard_error"] > 0:
        assert close(safe["standard_error"], mean["standard_error"])
    else:  # all agree: a mean's error is not known, a share's interval is wide
        assert safe["obs_status"] == "u" or np.isnan(safe["value"])


@laws
@given(rows=people)
def test_groups_that_part_the_people_add_up(rows):
    found = by_category(estimated(records(rows)))
    minutes, safe = found.loc["minutes"], found.loc["safe"]
    groups = minutes.index.intersection(["man", "woman"])
    assert close(minutes.loc[groups, "value"].sum(), np.nan_to_num(minutes.loc["total", "value"]))
    assert minutes.loc[groups, "n"].sum() == np.nan_to_num(minutes.loc["total", "n"])
    groups = safe.index.intersection(["man", "woman"])
    if len(groups) == 2:
        ends = sorted(safe.loc[groups, "value"])
        assert ends[0] - 1e-9 <= safe.loc["total", "value"] <= ends[1] + 1e-9


@laws
@given(rows=people)
def test_gaps_and_averages_are_what_their_parts_make(rows):
    found = estimated(records(rows))
    rows = by_category(found)
    average = rows.loc[("average", "total")]
    parts = [rows.loc[(name, "total")] for name in ("safe", "fair")]
    assert close(average["value"], np.mean([part["value"] for part in parts]))
    assert close(np.nan_to_num(average["n"]), np.nan_to_num(min(part["n"] for part in parts)))
    gap = rows.loc[("gap", "total")]
    if not {("safe", "man"), ("safe", "woman")} <= set(rows.index):
        assert gap["obs_status"] == "x"
        return
    man, woman = rows.loc[("safe", "man")], rows.loc[("safe", "woman")]
    assert close(gap["value"], man["value"] - woman["value"])
    assert gap["n"] == min(man["n"], woman["n"])


@laws
@given(rows=people)
def test_the_error_of_a_gap_and_of_an_average_follows_from_covariances(rows):
    found = estimated(records(rows))
    rows = by_category(found)
    part = found.parts[0]
    cells = part.cells["category"].tolist()
    names = [i.id for i in part.indicators]

    def influence(name, category):
        """By PSU, 0 where it has nobody of the category."""
        values = np.zeros(part.psu.max() + 1)
        if category in cells:
            inside = part.cell == cells.index(category)
            values[part.psu[inside]] = np.nan_to_num(part.influence[inside, names.index(name)])
        return values[:, None]

    whole = part.cell == cells.index("total")
    design = part.design._replace(stratum=part.design.stratum[whole])
    cell, psus = np.zeros(whole.sum(), dtype=np.intp), part.psu[whole]

    def covariance(first, second):
        pair = influence(*first)[psus], influence(*second)[psus]
        return covariances(*pair, cell, 1, design)[0, 0]

    for name, first, second, sign, times in (
        ("gap", ("safe", "man"), ("safe", "woman"), -2, 1),
        ("average", ("safe", "total"), ("fair", "total"), 2, 1 / 4),
    ):
        error = rows.loc[(name, "total"), "standard_error"]
        if error > 0:
            variance = covariance(first, first) + covariance(second, second)
            assert close(error**2, times * (variance + sign * covariance(first, second)))


@laws
@given(rows=people)
def test_no_estimate_claims_to_be_certain(rows):
    found = estimated(records(rows)).estimates
    known = found[found["value"].notna()]
    assert not (known["standard_error"] == 0).any()
    assert (known.loc[known["standard_error"].isna(), "obs_status"] == "u").all()
    both = known.dropna(subset=["lower"])
    assert (both["lower"] < both["upper"]).all()
    assert (both["lower"] <= both["value"] + 1e-9).all()
    assert (both["value"] <= both["upper"] + 1e-9).all()
    absent = found[found["value"].isna()]
    assert (absent["obs_status"] == "x").all()
    assert absent[NUMBERS].isna().all(axis=None)


