"""Rounds that share sampling units, many comparisons at once, sameness, trends and rank sets."""

import numpy as np
import pandas as pd
import pytest

from tests.factories import (
    areas,
    catalogue,
    component,
    differences,
    estimates,
    indicator,
    posts,
    share,
    survey,
)
from urban_safety_monitor.engines import psu_totals
from urban_safety_monitor.pipeline.compare import compare
from urban_safety_monitor.pipeline.estimate import estimate
from urban_safety_monitor.pipeline.ranked import rank_sets
from urban_safety_monitor.pipeline.rounds import shared_error, trends
from urban_safety_monitor.pipeline.score import score
from urban_safety_monitor.statistics.comparison import (
    benjamini_hochberg,
    equivalence_p_values,
    holm,
    smallest_detectable,
)

SAFE = indicator("safe", share("safe"), goalposts=posts(0, 100), margin=4.0)
ROBBED = indicator("robbed", share("robbed"), goalposts=posts(20, 0))
CATALOGUE = catalogue(SAFE, ROBBED)
NOBODY = pd.DataFrame({"area": [], "period": [], "peer": []}, dtype="str")
PSU = np.repeat(np.arange(6), 8)


def people(period, seed=1, psu=PSU):
    rng = np.random.default_rng(seed)
    answers = {name: rng.integers(1, 3, 48) for name in ("safe", "robbed")}
    stratum = np.repeat(["1", "2"], 24)
    weights = rng.uniform(1, 3, 48)
    return survey(answers, "A", period, stratum=stratum, psu=psu, weight_person=weights)


def totals(*rounds):
    frame = pd.concat(rounds, ignore_index=True)
    return psu_totals(frame, CATALOGUE, [SAFE, ROBBED])


def correlation(*rounds):
    found = shared_error(totals(*rounds), [SAFE, ROBBED], frozenset("A"), "adjust")
    assert (found["period"] == "2026").all()
    return found.set_index("indicator")["correlation"]


def test_the_same_answers_in_the_same_units_vary_as_one():
    assert correlation(people("2024"), people("2026")).to_numpy() == pytest.approx([1, 1])


def test_the_covariance_of_rounds_by_hand():
    rounds = people("2024", 1), people("2026", 2)
    sums = []
    for frame in rounds:
        weight, yes = frame["weight_person"].to_numpy(), frame["safe"].to_numpy() == 1
        influence = weight * (yes - (weight @ yes) / weight.sum()) / weight.sum()
        by_psu = np.bincount(PSU, influence).reshape(2, 3)
        sums.append(by_psu - by_psu.mean(axis=1, keepdims=True))
    expected = (sums[0] * sums[1]).sum() / np.sqrt((sums[0] ** 2).sum() * (sums[1] ** 2).sum())
    assert correlation(*rounds)["safe"] == pytest.approx(expected)


def test_rounds_in_other_units_share_next_to_nothing():
    other = people("2026", 2, psu=PSU + 10)
    assert abs(correlation(people("2024"), other)["safe"]) < 0.5
    assert shared_error(totals(people("2024"), other), [SAFE], frozenset(), "adjust").empty


def test_shared_error_makes_a_change_clearer():
    made = totals(people("2024", 1), people("2026", 1))
    found = estimate(made, [SAFE, ROBBED]).estimates
    changed = found.assign(value=found["value"] - 5.0 * (found["period"] == "2026"))
    shared = shared_error(made, [SAFE, ROBBED], frozenset("A"), "adjust")
    apart, together = (
        compare(changed, areas(["A"]), differences(), NOBODY, CATALOGUE, shared=given)
        .set_index(["benchmark", "component", "period"])
        .loc[("previous", "safe", "2026")]
        for given in (None, shared)
    )
    assert apart["difference"] == together["difference"] == pytest.approx(-5)
    assert together["standard_error"] < apart["standard_error"]
    assert together["smallest_detectable"] < apart["smallest_detectable"]
    assert abs(together["z"]) > abs(apart["z"])


def medians(adjust, values=(44.0, 45.0)):
    """City A beside four of 50 percent, by two indicators."""
    reason = {} if adjust == "benjamini-hochberg" else {"reason": "Asked for."}
    declared = catalogue(SAFE, ROBBED, comparing={"adjusted": adjust} | reason)
    usual = {"standard_error": 2.5, "n_effective": 400.0, "n": 400.0}
    rows = [
        {"area": area, "indicator": name, "value": value if area == "A" else 50.0} | usual
        for area in "ABCDE"
        for name, value in zip(("safe", "robbed"), values, strict=True)
    ]
    found = compare(estimates(rows), areas(list("ABCDE")), differences(), NOBODY, declared)
    at = found["benchmark"].eq("country_median") & found["area"].eq("A")
    return found[at].set_index("component")


@pytest.mark.parametrize(
    ("name", "adjust"),
    [("benjamini-hochberg", benjamini_hochberg), ("holm", holm), ("none", np.asarray)],
)
def test_p_values_are_adjusted_as_the_framework_declares(name, adjust):
    found = medians(name)
    p = found["p_value"].to_numpy()
    np.testing.assert_allclose(found["p_adjusted"], adjust(p))


def test_not_clear_is_not_the_same():
    """A difference of 1 with an error of 2.5 is not clear, and not shown to be below 4 either."""
    found = medians("holm", (49.0, 49.0)).loc["safe"]
    assert found["status"] == "similar"
    assert found["standard_error"] == pytest.approx(2.5)
    assert found["smallest_detectable"] == pytest.approx(smallest_detectable(np.array(6.25)))
    one = [np.array([value]) for value in (-1.0, 6.25, 4.0, np.nan)]
    assert found["p_equivalence"] == pytest.approx(equivalence_p_values(*one)[0])
    assert found["p_equivalence"] > 0.05
    assert np.isnan(medians("holm").loc["robbed", "p_equivalence"])  # has no margin


def series(values, marks=(), **given):
    usual = {"area": "A", "standard_error": 1.0}
    rows = [
        usual | {"indicator": "safe", "period": period, "value": value} | given
        for period, value in values.items()
    ]
    return trends(estimates(rows), differences(marks), CATALOGUE)


def test_a_trend_takes_a_new_level_after_a_break():
    values = {"2020-Q1": 50.0, "2021-Q1": 54.0, "2022-Q1": 70.0, "2023-Q1": 74.0}
    plain = series(values).iloc[0]
    broken = series(values, [("safe", "A", "2022-Q1", "b")]).iloc[0]
    assert (plain["rounds"], plain["breaks"], broken["breaks"]) == (4, 0, 1)
    assert plain["slope"] > 8
    assert broken["slope"] == pytest.approx(4)
    assert (broken["first"], broken["last"]) == ("2020-Q1", "2023-Q1")
    assert broken["standard_error"] == pytest.approx(1.0)
    assert (plain["status"], broken["status"]) == ("better", "better")
    assert series(values, standard_error=20.0).iloc[0]["status"] == "similar"


def test_two_rounds_are_no_trend():
    assert series({"2020": 50.0, "2021": 54.0}).empty
    assert series({"2020": 50.0, "2021": 54.0, "2022": np.nan}).empty


def test_rank_sets_of_overall_scores():
    declared = catalogue(SAFE, components=[component("part", "overall")])
    units = pd.DataFrame({"area": list("ABC"), "period": "2026", "group": "MX 2026"})
    rng = np.random.default_rng(3)
    values = np.array([20.0, 50.0, 52.0])[:, None]
    draws = {"safe": np.hstack([values, values + rng.normal(0, 2, (3, 400))])}
    found = rank_sets(score(draws, units, declared), declared, 1).set_index("area")
    assert found[["best", "worst"]].to_numpy().tolist() == [[3, 3], [1, 2], [1, 2]]
    assert (found["of"] == 3).all()
    assert set(found["component"]) == {"part"}
