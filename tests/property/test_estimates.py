"""Laws of survey estimates, from records through the engine to the estimate."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import catalogue, indicator, share, survey
from urban_safety_monitor.engines import psu_totals
from urban_safety_monitor.pipeline.estimate import estimate
from urban_safety_monitor.pipeline.linear import linearised, numbered
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


def people(rng, area):
    """A survey of few people: some PSUs alone in their stratum, some questions hardly answered."""
    n = int(rng.integers(2, 20))
    chance, missing = rng.choice([0, 0.2, 0.5, 1]), rng.choice([0, 0.2, 0.9])

    def answers(values):
        given = pd.array(values, dtype="Int64")
        given[rng.random(n) < missing] = pd.NA
        return given

    return survey(
        {
            "sex": rng.integers(1, 3, n),
            "safe": answers(np.where(rng.random(n) < chance, 1, 2)),
            "fair": answers(rng.integers(1, 3, n)),
            "minutes": answers(rng.integers(0, 60, n)),
            "trips": rng.integers(1, 6, n),
        },
        area=area,
        stratum=rng.choice(["north", "south"], n),
        psu=rng.integers(1, rng.integers(2, 5), n),
        weight_person=rng.choice([rng.uniform(0.5, 50, n), np.ones(n)]),
    )


def surveys(seed, number=20):
    """So many surveys at once: each is an area of its own."""
    rng = np.random.default_rng(seed)
    return pd.concat([people(rng, f"A{area}") for area in range(number)], ignore_index=True)


def summed(frame):
    return psu_totals(frame, CATALOGUE, INDICATORS, ("sex",))


def estimated(frame):
    return estimate(summed(frame), INDICATORS)


@pytest.fixture(scope="module", params=range(3))
def found(request):
    """Estimates of twenty surveys; sixty for each law below."""
    return estimated(surveys(request.param))


def by_area(found):
    """Each survey's estimates by indicator and category."""
    for area, rows in found.estimates.groupby("area"):
        yield area, rows.set_index(["indicator", "category"]).drop(columns="area").sort_index()


def close(first, second):
    if isinstance(first, float) and np.isnan(first):
        return np.isnan(second)
    return first == pytest.approx(second, rel=1e-7, abs=1e-7)


@settings(max_examples=3)
@given(seed=st.integers(0, 2**32 - 1), factor=st.floats(0.01, 1000))
def test_scale_of_weights_order_of_rows_and_names_of_strata_change_nothing(seed, factor):
    frame = surveys(seed, 8)
    order = np.random.default_rng(seed).permutation(len(frame))
    variants = {
        "scaled": frame.assign(weight_person=frame["weight_person"] * factor),
        "shuffled": frame.iloc[order],
        "renamed": frame.assign(
            stratum=frame["stratum"].map({"north": "z", "south": "a"}),
            psu=frame["psu"].map({"1": "9", "2": "x", "3": "1", "4": "2"}),
        ),
        "": frame,
    }
    together = [frame.assign(area=name + frame["area"]) for name, frame in variants.items()]
    rows = estimated(pd.concat(together, ignore_index=True)).estimates
    variant = rows["area"].str.partition("A")[0]
    found = {
        name: rows[variant == name].drop(columns="area").reset_index(drop=True) for name in variants
    }
    for name in ("shuffled", "renamed"):
        pd.testing.assert_frame_equal(found[name], found[""], rtol=1e-7, atol=1e-9)
    expected = found[""].copy()
    in_weights = ["value", "standard_error", "lower", "upper"]
    expected.loc[expected["indicator"] == "minutes", in_weights] *= factor
    pd.testing.assert_frame_equal(found["scaled"], expected, rtol=1e-7, atol=1e-7)


def test_indicators_that_say_the_same_agree(found):
    for _, rows in by_area(found):
        safe, other, mean = (rows.loc[(name, "total")] for name in ("safe", "not_safe", "mean"))
        assert np.isnan(safe["value"]) or close(safe["value"] + other["value"], 100)
        assert close(safe["standard_error"], other["standard_error"])
        assert close(safe["lower"], 100 - other["upper"])
        assert close(safe["value"], mean["value"])
        if mean["standard_error"] > 0:
            assert close(safe["standard_error"], mean["standard_error"])
        else:  # all agree: a mean's error is not known, a share's interval is wide
            assert safe["obs_status"] in ("u", "x")


def test_groups_that_part_the_people_add_up(found):
    for _, rows in by_area(found):
        minutes, safe = rows.loc["minutes"], rows.loc["safe"]
        groups = minutes.index.intersection(["man", "woman"])
        total = minutes.loc["total", ["value", "n"]].fillna(0)
        assert close(minutes.loc[groups, "value"].sum(), total["value"])
        assert minutes.loc[groups, "n"].sum() == total["n"]
        groups = safe.index.intersection(["man", "woman"])
        if len(groups) == 2:
            ends = sorted(safe.loc[groups, "value"])
            assert ends[0] - 1e-9 <= safe.loc["total", "value"] <= ends[1] + 1e-9


def test_gaps_and_averages_are_what_their_parts_make(found):
    for _, rows in by_area(found):
        average, safe, fair = (rows.loc[(name, "total")] for name in ("average", "safe", "fair"))
        assert close(average["value"], np.mean([safe["value"], fair["value"]]))
        assert np.isnan(average["value"]) or average["n"] == min(safe["n"], fair["n"])
        gap = rows.loc[("gap", "total")]
        if ("safe", "man") in rows.index and ("safe", "woman") in rows.index:
            man, woman = rows.loc[("safe", "man")], rows.loc[("safe", "woman")]
            assert close(gap["value"], man["value"] - woman["value"])
            assert gap["n"] == min(man["n"], woman["n"])
        else:
            assert gap["obs_status"] == "x"


def influence(part, area, name, category):
    """Of one estimate, by PSU of the run; 0 where it has nobody of the category."""
    values = np.zeros((part.unit.max() + 1, 1))
    found = part.cells.index[(part.cells["area"] == area) & (part.cells["category"] == category)]
    inside = np.isin(part.cell, found)
    column = [i.id for i in part.indicators].index(name)
    values[part.unit[inside], 0] = np.nan_to_num(part.influence[inside, column])
    return values


@pytest.mark.parametrize("seed", range(3))
def test_the_error_of_a_gap_and_of_an_average_follows_from_covariances(seed):
    totals = summed(surveys(seed))
    found = estimate(totals, INDICATORS)
    part = linearised(numbered(totals, "adjust"), INDICATORS)[0]
    for area, rows in by_area(found):
        whole = np.isin(
            part.cell,
            part.cells.index[(part.cells["area"] == area) & (part.cells["category"] == "total")],
        )
        design = part.design.of_rows(whole)
        cell, psus = np.zeros(whole.sum(), dtype=np.intp), part.unit[whole]
        for name, first, second, sign, times in (
            ("gap", ("safe", "man"), ("safe", "woman"), -1, 1),
            ("average", ("safe", "total"), ("fair", "total"), 1, 1 / 4),
        ):
            x, y = (influence(part, area, *one)[psus] for one in (first, second))
            xx, yy, xy = (
                covariances(*pair, cell, 1, design)[0, 0] for pair in ((x, x), (y, y), (x, y))
            )
            error = rows.loc[(name, "total"), "standard_error"]
            assert not error > 0 or close(error**2, times * (xx + yy + 2 * sign * xy))


def test_no_estimate_claims_to_be_certain(found):
    found = found.estimates
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


@pytest.mark.parametrize("seed", range(2))
def test_copied_units_lower_and_merged_ones_raise_the_error_as_theory_says(seed):
    """Twice the units: variance x (n - 1) / (2 n - 1) in each stratum; pairs merged alike change
    the error by what lies between their members."""
    rng = np.random.default_rng(seed)
    n, each = 8, 6
    frame = survey(
        {
            "sex": rng.integers(1, 3, n * each),
            "safe": rng.integers(1, 3, n * each),
            "fair": rng.integers(1, 3, n * each),
            "minutes": rng.integers(0, 60, n * each),
            "trips": rng.integers(1, 6, n * each),
        },
        stratum="1",
        psu=np.repeat(np.arange(n), each),
        weight_person=rng.uniform(1, 9, n * each),
    )
    twin = frame.assign(person="t" + frame["person"], psu="t" + frame["psu"])
    halved = pd.concat([frame, twin], ignore_index=True).assign(area="twice")
    alike = frame.assign(area="pairs", psu=(np.repeat(np.arange(n), each) // 2).astype(str))
    rows = estimated(pd.concat([frame, halved, alike], ignore_index=True)).estimates
    whole = rows[(rows["disaggregation"] == "total") & (rows["indicator"] != "minutes")]
    found = whole.pivot(index="indicator", columns="area", values=["value", "standard_error"])
    for area in ("twice", "pairs"):
        np.testing.assert_allclose(found["value"][area], found["value"]["A"])
    ratio = (found["standard_error"]["twice"] / found["standard_error"]["A"]) ** 2
    np.testing.assert_allclose(ratio, (n - 1) / (2 * n - 1))
    part = linearised(numbered(summed(frame), "adjust"), INDICATORS)[0]
    everybody = np.isin(part.cell, part.cells.index[part.cells["category"] == "total"])
    values = part.influence[everybody]
    pairs = values.reshape(n // 2, 2, -1).sum(axis=1)
    expected = (n // 2) / (n // 2 - 1) * (pairs**2).sum(axis=0)
    names = [i.id for i in part.indicators]
    for name in ("safe", "fair", "per_trip"):
        squared = found["standard_error"]["pairs"][name] ** 2
        assert close(squared, expected[names.index(name)])
