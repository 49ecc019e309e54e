"""Each group against the rest of its city, as the linearised difference written out in numpy."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.factories import DISTRICT, SEX, catalogue, indicator, posts, share, survey
from urban_safety_monitor.engines import psu_totals
from urban_safety_monitor.pipeline.disclose import disclose
from urban_safety_monitor.pipeline.estimate import estimate
from urban_safety_monitor.pipeline.groups import compare_groups

GROUPS = ["sex", "district"]
SAFE = indicator("safe", share("safe"), goalposts=posts(0, 100), disaggregations=GROUPS)
MINUTES = indicator(
    "minutes",
    {"kind": "mean", "of": {"value_of": "minutes"}, "times": 60},
    goalposts=posts(3600, 0),
    disaggregations=["sex"],
)
CRIMES = indicator(
    "crimes", {"kind": "mean", "of": {"value_of": "minutes"}}, disaggregations=GROUPS
)
TOTAL = indicator("all", {"kind": "total", "of": {"value_of": "minutes"}}, disaggregations=GROUPS)
LENIENT = {"persons": 2, "persons_sensitive": 3, "effective_persons": 1, "psus": 1}
LENIENT |= {"half_width": 1000, "coefficient_of_variation": 1000}


def people(n=240, seed=3, lift=0.4):
    """Three strata of eight PSUs with ten people each; women feel less safe by `lift`."""
    rng = np.random.default_rng(seed)
    sex = rng.integers(1, 3, n)
    safe = pd.array(np.where(rng.random(n) < 0.8 - lift * (sex == 2), 1, 2), dtype="Int64")
    safe[rng.random(n) < 0.1] = pd.NA
    known = pd.array(sex, dtype="Int64")
    known[:6] = pd.NA
    return survey(
        {
            "safe": safe,
            "minutes": rng.uniform(0, 10, n),
            "sex": known,
            "district": np.repeat(["n", "s"], n // 2),
        },
        stratum=np.repeat(["1", "2", "3"], n // 3),
        psu=np.repeat(np.arange(24), n // 24),
        weight_person=rng.uniform(1, 3, n),
    )


def compared(frame, *indicators, rule="adjust", sensitive=(), **thresholds):
    chosen = [i.model_copy(update={"sensitive": i.id in sensitive}) for i in indicators]
    declared = catalogue(*chosen, groups=[SEX, DISTRICT], thresholds=LENIENT | thresholds)
    totals = psu_totals(frame, declared, chosen, GROUPS)
    shown = disclose(estimate(totals, chosen, rule).estimates, declared).estimates
    return compare_groups(totals, shown, chosen, declared, rule).set_index(
        ["component", "area", "benchmark"]
    )


def by_hand(frame, quantity, universe, group):
    """Difference of two means and its error from each record's linearised part, PSU by PSU."""
    weight, rest = frame["weight_person"].to_numpy(), universe & ~group

    def of(inside):
        w = weight * inside
        mean = (w * quantity).sum() / w.sum()
        return mean, w * (quantity - mean) / w.sum()

    (inside, one), (outside, other) = of(universe & group), of(rest)
    sums = pd.Series(one - other).groupby([frame["stratum"], frame["psu"]]).sum()
    variance = 0.0
    for _, psus in sums.groupby(level=0):
        variance += len(psus) / (len(psus) - 1) * ((psus - psus.mean()) ** 2).sum()
    return outside, inside - outside, np.sqrt(variance)


def normal_deviate(t, degrees_of_freedom=24 - 3):
    """What Student's t is worth on the normal scale."""
    return stats.norm.ppf(stats.t.cdf(t, degrees_of_freedom))


@pytest.fixture(scope="module")
def rows():
    """The people of `people()` by every group."""
    return compared(people(), SAFE, MINUTES, CRIMES, TOTAL)


@pytest.mark.parametrize(("benchmark", "column", "code"), [
    ("sex:woman", "sex", 2), ("sex:man", "sex", 1), ("district:n", "district", "n"),
])  # fmt: skip
def test_a_groups_difference_and_its_error(rows, benchmark, column, code):
    frame = people()
    row = rows.loc[("safe", "A", benchmark)]
    answered = frame["safe"].notna().to_numpy()
    quantity = (frame["safe"] == 1).fillna(False).to_numpy(float)
    group = (frame[column] == code).fillna(False).to_numpy(bool)
    rest, difference, error = by_hand(frame, quantity, answered, group)
    assert row["benchmark_value"] == pytest.approx(100 * rest)
    assert row["difference"] == pytest.approx(100 * difference)
    assert row["z"] == pytest.approx(normal_deviate(difference / error))


def test_means_are_compared_in_their_own_unit(rows):
    frame = people()
    row = rows.loc[("minutes", "A", "sex:woman")]
    group = (frame["sex"] == 2).fillna(False).to_numpy(bool)
    everybody = np.ones(len(frame), dtype=bool)
    rest, difference, error = by_hand(frame, frame["minutes"].to_numpy(), everybody, group)
    assert row["benchmark_value"] == pytest.approx(60 * rest)
    assert row["difference"] == pytest.approx(60 * difference)
    assert row["z"] == pytest.approx(normal_deviate(difference / error))


def test_clear_differences_are_called_by_direction(rows):
    assert rows.loc[("safe", "A", "sex:woman"), "status"] == "worse"
    assert rows.loc[("safe", "A", "sex:man"), "status"] == "better"
    assert rows.loc[("safe", "A", "sex:woman"), "reason"] == "difference_clear"
    opposite = people().assign(minutes=lambda f: (f["sex"] == 2).fillna(False) * 5.0 + f["minutes"])
    rows = compared(opposite, MINUTES, CRIMES)
    assert rows.loc[("minutes", "A", "sex:woman"), "status"] == "worse"
    assert rows.loc[("crimes", "A", "sex:woman"), "status"] == "higher"
    assert rows.loc[("crimes", "A", "sex:man"), "status"] == "lower"


def test_only_differences_that_survive_the_correction_are_called():
    rows = compared(people(lift=0.0, seed=8), SAFE, MINUTES, CRIMES)
    called = rows["status"] != "similar"
    assert (called == (rows["p_adjusted"] < 0.05)).all()
    assert (rows["p_adjusted"] >= rows["p_value"]).all()
    assert ((rows["reason"] == "difference_clear") == called).all()


def test_only_shares_and_means_and_declared_groups_are_compared(rows):
    rows = rows.reset_index()
    assert set(rows["component"]) == {"safe", "minutes", "crimes"}
    assert set(rows.loc[rows["component"] == "minutes", "benchmark"]) == {"sex:man", "sex:woman"}


def test_a_group_that_is_withheld_or_unreliable_is_not_compared():
    assert compared(people(), SAFE, persons=10_000).empty
    assert compared(people(), SAFE, psus=10_000).empty


def test_a_group_whose_rest_is_too_few_people_is_not_compared():
    frame = people()
    frame["district"] = "n"
    frame.loc[200:205, "district"] = "s"
    frame.loc[206, "district"] = None
    rows = compared(frame, SAFE, persons=8).reset_index()
    assert not rows["benchmark"].str.startswith("district").any()
    frame["sex"] = pd.array([1] * 236 + [None] * 4, dtype="Int64")
    assert compared(frame, SAFE, persons=8).empty  # the rest are four people


def test_a_sensitive_answer_needs_a_larger_rest():
    frame = people()
    frame["sex"] = pd.array([1] * 215 + [None] * 25, dtype="Int64")
    assert len(compared(frame, MINUTES, persons=10, persons_sensitive=30)) == 1
    strict = compared(frame, MINUTES, sensitive=["minutes"], persons=10, persons_sensitive=30)
    assert strict.empty


def test_a_city_is_compared_within_itself():
    first, second = people(seed=1), people(seed=2).assign(area="B")
    alone = compared(first, SAFE)
    both = compared(pd.concat([first, second], ignore_index=True), SAFE)
    assert set(both.index.get_level_values("area")) == {"A", "B"}
    pd.testing.assert_frame_equal(both.xs("A", level="area"), alone.xs("A", level="area"))


def test_without_groups_there_is_nothing_to_compare():
    frame = people().drop(columns=["sex", "district"])
    assert compared(frame, SAFE).empty


def test_a_rest_that_shows_no_variance_is_not_tested():
    frame = people()
    frame["sex"] = 1
    frame.loc[:5, "sex"] = 2  # six women, all of the first PSU
    rows = compared(frame, SAFE)
    assert not rows.index.get_level_values("benchmark").str.startswith("sex").any()
