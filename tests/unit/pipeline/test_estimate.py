"""Estimates from small surveys, against the linearised variance written out in numpy."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.factories import KEY, catalogue, indicator, share, survey
from urban_safety_monitor.engines import psu_totals
from urban_safety_monitor.errors import DesignError, MonitorError
from urban_safety_monitor.pipeline.estimate import estimate
from urban_safety_monitor.statistics.intervals import wilson

SAFE = indicator("safe", share("safe"), disaggregations=["sex", "district"])
FAIR = indicator("fair", share("fair"), disaggregations=["sex"])
MINUTES = indicator("minutes", {"kind": "mean", "of": {"value_of": "minutes"}})

NUMBERS = ["value", "standard_error", "lower", "upper", "n_effective", "design_effect"]


def estimated(frame, *indicators, groups=(), rule="adjust", **declared):
    declared = catalogue(*indicators, **declared)
    totals = psu_totals(frame, declared, indicators, groups)
    return estimate(totals, indicators, rule)


def one(frame, *indicators, **given):
    rows = estimated(frame, *indicators, **given).estimates
    return rows[rows["disaggregation"] == "total"].iloc[0]


def rows_of(frame, *indicators, **given):
    return estimated(frame, *indicators, **given).estimates.set_index(KEY)


def people(n=12, seed=1, **columns):
    """Two strata of three PSUs with two people each, weights and answers at random."""
    rng = np.random.default_rng(seed)
    frame = survey(
        {
            "safe": rng.integers(1, 3, n),
            "fair": rng.integers(1, 3, n),
            "minutes": rng.uniform(1, 60, n),
            "sex": np.tile([1, 2], n // 2),
        },
        stratum=np.repeat(["1", "2"], n // 2),
        psu=np.repeat(np.arange(6), n // 6),
        weight_person=rng.uniform(1, 3, n),
    )
    return frame.assign(**columns)


def influences(frame, quantity, inside):
    """Each record's share in a ratio's linearised deviation."""
    weight = frame["weight_person"].to_numpy() * np.asarray(inside, dtype=float)
    mean = (weight * quantity).sum() / weight.sum()
    return mean, weight * (quantity - mean) / weight.sum()


def variance_by_hand(frame, influence):
    total = 0.0
    sums = pd.Series(influence).groupby([frame["stratum"], frame["psu"]]).sum()
    for _, psus in sums.groupby(level=0):
        m = len(psus)
        total += m / (m - 1) * ((psus - psus.mean()) ** 2).sum()
    return total


def test_mean_and_share_by_the_textbook():
    frame = people()
    rows = rows_of(frame, SAFE, MINUTES).droplevel(["area", "period", "disaggregation", "category"])
    everybody = np.ones(len(frame))
    for name, quantity, times in (
        ("safe", (frame["safe"] == 1).to_numpy(float), 100),
        ("minutes", frame["minutes"].to_numpy(), 1),
    ):
        value, influence = influences(frame, quantity, everybody)
        assert rows.loc[name, "value"] == pytest.approx(times * value)
        error = times * np.sqrt(variance_by_hand(frame, influence))
        assert rows.loc[name, "standard_error"] == pytest.approx(error)
    assert rows["degrees_of_freedom"].tolist() == [4, 4]
    assert rows["psus"].tolist() == [6, 6]
    assert rows["n"].tolist() == [12, 12]


def test_a_shares_interval_is_wilsons_with_its_adjusted_effective_size():
    row = one(people(), SAFE)
    p, variance = row["value"] / 100, (row["standard_error"] / 100) ** 2
    own = variance / (p * (1 - p) / 12)
    # Of 12 people 4 degrees of freedom are left; the only share's own effect is the usual one.
    events = min(12 / max(row["design_effect"], 1) * min(p, 1 - p), 4)
    weight = events / (events + 5)
    effect = own**weight * max(row["design_effect"], 1) ** (1 - weight)
    quantile = stats.t.ppf(0.975, 4 / weight**2)
    assert row["n_effective"] == pytest.approx(12 / effect * (1.959964 / quantile) ** 2)
    ends = wilson(np.array([p]), np.array([row["n_effective"]]))
    assert row["lower"] == pytest.approx(100 * ends.lower[0])
    assert row["upper"] == pytest.approx(100 * ends.upper[0])


def test_a_means_interval_is_students():
    row = one(people(), MINUTES)
    assert row["upper"] - row["value"] == pytest.approx(2.776445 * row["standard_error"], rel=1e-6)
    assert row["value"] - row["lower"] == pytest.approx(row["upper"] - row["value"])


def test_the_design_effect_is_1_where_each_record_is_its_own_psu_of_one_stratum():
    frame = survey({"safe": [1, 2, 2, 1, 2, 2, 2, 2]})
    row = one(frame, SAFE)
    assert row["design_effect"] == pytest.approx(1)
    # p(1-p)/(n-1) is the variance of the share of 2 in 8, whose usual design effect is 1.
    assert row["standard_error"] == pytest.approx(100 * np.sqrt(0.25 * 0.75 / 7))


def test_sampling_fractions_shorten_the_error():
    frame = people()
    whole = one(frame, SAFE)["standard_error"]
    half = one(frame.assign(psus_in_stratum=6), SAFE)["standard_error"]
    assert half == pytest.approx(whole * np.sqrt(0.5))


def test_subgroups_keep_the_whole_design():
    frame = people()
    frame["sex"] = [1] * 2 + [2] * 10  # men in one PSU of the first stratum only
    frame.loc[6, "sex"] = 1  # and one in the second
    rows = rows_of(frame, MINUTES.model_copy(update={"disaggregations": ("sex",)}), groups=("sex",))
    woman = rows.loc[("minutes", "A", "2026", "sex", "woman")]
    value, influence = influences(frame, frame["minutes"].to_numpy(), frame["sex"] == 2)
    assert woman["value"] == pytest.approx(value)
    assert woman["standard_error"] == pytest.approx(np.sqrt(variance_by_hand(frame, influence)))


def test_a_category_in_one_psu_of_each_stratum_shows_no_variance():
    frame = people()
    frame["sex"] = [1, 1] + [2] * 4 + [1, 1] + [2] * 4
    rows = rows_of(frame, SAFE, groups=("sex",))
    man = rows.loc[("safe", "A", "2026", "sex", "man")]
    assert man["obs_status"] == "u"
    assert not np.isnan(man["value"])
    assert man[["standard_error", "lower", "upper", "n_effective", "design_effect"]].isna().all()
    assert (man["n"], man["psus"], man["degrees_of_freedom"]) == (4, 2, 0)


@pytest.mark.parametrize("answer", [1, 2])
def test_where_all_agree_the_error_is_not_zero_and_the_share_is_flagged(answer):
    row = one(people(safe=answer), SAFE, FAIR)
    fair = one(people(), FAIR)
    assert row["value"] == (100 if answer == 1 else 0)
    assert row["obs_status"] == "u"
    assert row["standard_error"] > 0
    assert row["n_effective"] == pytest.approx(12 / max(fair["design_effect"], 1))
    assert row["upper"] - row["lower"] > 10


def test_a_share_of_none_in_one_city_does_not_depend_on_other_cities():
    city, other = people(safe=2), people(seed=5).assign(area="B")
    alone = one(city, SAFE, FAIR)
    both = one(pd.concat([city, other], ignore_index=True), SAFE, FAIR)
    pd.testing.assert_series_equal(alone[NUMBERS], both[NUMBERS], check_names=False)


@pytest.mark.parametrize("minutes", [0.0, 3.3, 1 / 3])
def test_a_mean_without_any_spread_has_no_error_rather_than_none(minutes):
    row = one(people(minutes=minutes), MINUTES)
    assert row["value"] == pytest.approx(minutes)
    assert np.isnan(row["standard_error"])
    assert row["obs_status"] == "u"


def test_what_nobody_was_asked_is_named_and_has_no_numbers():
    frame = people().drop(columns="safe")
    row = one(frame, SAFE, FAIR)
    assert row["indicator"] == "safe"
    assert row["obs_status"] == "x"
    assert row.drop([*KEY, "obs_status", "conf_status"]).isna().all()


def test_a_question_asked_in_one_city_only_is_missing_in_the_other():
    asked, not_asked = people(), people().drop(columns="safe").assign(area="B")
    rows = rows_of(pd.concat([asked, not_asked], ignore_index=True), SAFE)
    assert rows["obs_status"].tolist() == ["A", "x"]
    assert np.isnan(rows["value"].iloc[1])


def test_an_answer_not_given_is_neither_yes_nor_no():
    neither = {"none_of": [{"column": "safe", "is_in": [1]}, {"column": "fair", "is_in": [1]}]}
    answered = [{"column": name, "is_in": [1, 2]} for name in ("safe", "fair")]
    frame = survey({"safe": [2, 2, None, 1], "fair": [2, None, 2, None]})
    of_all = indicator("of_all", {"kind": "proportion", "of": neither})
    of_answers = indicator("of_answers", {"kind": "proportion", "of": neither, "among": answered})
    rows = estimated(frame, of_all, of_answers).estimates.set_index("indicator")
    assert rows.loc["of_all", "value"] == 25
    assert rows.loc["of_answers", "value"] == 100
    assert rows.loc["of_answers", "n"] == 1


def test_only_the_disaggregations_an_indicator_declares_are_estimated():
    rows = rows_of(people(district="n"), SAFE, FAIR, groups=("sex", "district"))
    groups = rows.reset_index().groupby("indicator")["disaggregation"].unique()
    assert set(groups["safe"]) == {"total", "sex", "district"}
    assert set(groups["fair"]) == {"total", "sex"}


GAP = {"kind": "gap", "disaggregation": "sex", "category": "man", "minus": "woman"}


def test_a_gap_in_which_one_group_shows_no_variance_shows_none():
    frame = people()
    frame["sex"] = [1, 1] + [2] * 10
    gap = indicator("gap", share("safe") | GAP)
    row = one(frame, gap)
    assert not np.isnan(row["value"])
    assert np.isnan(row["standard_error"])
    assert (row["obs_status"], row["n"], row["psus"]) == ("u", 2, 1)


def test_an_average_in_which_one_part_shows_no_variance_shows_none():
    frame = people()
    frame["fair"] = pd.array([1, 2] + [None] * 10, dtype="Int64")
    parts = [{k: v for k, v in share(name).items() if k != "kind"} for name in ("safe", "fair")]
    row = one(frame, indicator("mean", {"kind": "average", "components": parts}))
    assert not np.isnan(row["value"])
    assert np.isnan(row["standard_error"])
    assert (row["obs_status"], row["n"]) == ("u", 2)


def test_a_gap_needs_both_groups():
    row = one(people(sex=2), indicator("gap", share("safe") | GAP), groups=())
    assert row["obs_status"] == "x"


LONELY = people()[:10].assign(stratum=["1"] * 6 + ["2"] * 2 + ["lonely"] * 2)


def test_a_single_psu_is_refused_by_name_if_so_chosen():
    with pytest.raises(DesignError, match=r"area A, period 2026: stratum lonely has one PSU") as e:
        estimated(LONELY.assign(psu=[0, 0, 1, 1, 2, 2, 3, 4, 5, 5]), SAFE, rule="fail")
    assert e.value.exit_code == 12
    assert isinstance(e.value, MonitorError)


def test_all_single_psus_are_named_together():
    with pytest.raises(DesignError) as e:
        estimated(LONELY, SAFE, rule="fail")
    assert [("stratum 2" in p, "stratum lonely" in p) for p in e.value.problems] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize("rule", ["certainty", "adjust", "average"])
def test_each_rule_for_single_psus(rule):
    frame = LONELY.assign(psu=[0, 0, 1, 1, 2, 2, 3, 4, 5, 5])
    _, influence = influences(frame, (frame["safe"] == 1).to_numpy(float), np.ones(10))
    others = (frame["stratum"] != "lonely").to_numpy()
    shown = variance_by_hand(frame[others], influence[others])
    expected = {
        "certainty": shown,
        "adjust": shown + influence[~others].sum() ** 2,
        "average": shown * 3 / 2,
    }
    error = one(frame, SAFE, rule=rule)["standard_error"]
    assert error == pytest.approx(100 * np.sqrt(expected[rule]))


def test_covariances_of_one_survey_belong_to_its_estimates():
    gap = indicator("gap", share("safe") | GAP)
    found = estimated(people(), SAFE, MINUTES, gap)
    matrix = found.covariances["A", "2026"]
    total = found.estimates[found.estimates["disaggregation"] == "total"].set_index("indicator")
    np.testing.assert_allclose(
        np.sqrt(np.diag(matrix)), total.loc[matrix.index, "standard_error"], rtol=1e-9
    )
    frame = people()
    _, safe = influences(frame, (frame["safe"] == 1).to_numpy(float), np.ones(12))
    _, minutes = influences(frame, frame["minutes"].to_numpy(), np.ones(12))
    both = variance_by_hand(frame, safe + minutes)
    apart = variance_by_hand(frame, safe) + variance_by_hand(frame, minutes)
    assert matrix.loc["safe", "minutes"] == pytest.approx(100 * (both - apart) / 2)
