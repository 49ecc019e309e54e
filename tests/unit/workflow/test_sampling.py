"""Samples as declared: replicates given and made, certainty, second stages, calibrated weights."""

import numpy as np
import pandas as pd
import pytest

from tests.factories import catalogue, indicator, share, survey
from urban_safety_monitor.catalogue.recipe import Recipe
from urban_safety_monitor.catalogue.sampling import Replicates
from urban_safety_monitor.catalogue.weighting import Weighting
from urban_safety_monitor.engines.replicates import Summed
from urban_safety_monitor.errors import DataError, DesignError
from urban_safety_monitor.pipeline.estimate import estimate
from urban_safety_monitor.pipeline.groups import compare_groups
from urban_safety_monitor.statistics.calibration import (
    calibrate,
    calibrated_influence,
    exponential,
    indicators,
)
from urban_safety_monitor.statistics.replicates import (
    balanced_half_samples,
    jackknife,
    replicate_covariance,
)
from urban_safety_monitor.workflow.sampling import Asked, sample_of, totals_of

INDICATORS = [
    indicator("safe", share("safe"), disaggregations=["sex"]),
    indicator("minutes", {"kind": "total", "of": {"value_of": "minutes"}}),
    indicator(
        "gap",
        share("safe")
        | {"kind": "gap", "disaggregation": "sex", "category": "woman", "minus": "man"},
    ),
]
CATALOGUE = catalogue(*INDICATORS)
STRATUM = np.repeat([0, 0, 0, 1, 1, 1], 8)
PSU = np.repeat(np.arange(6), 8)
JACKKNIFE = Replicates(method="jackknife")


def people(**columns):
    rng = np.random.default_rng(5)
    frame = survey(
        {
            "safe": rng.integers(1, 3, 48),
            "minutes": rng.uniform(1, 60, 48),
            "sex": np.tile([1, 2], 24),
        },
        stratum=STRATUM,
        psu=PSU,
        weight_person=rng.uniform(1, 3, 48),
    )
    return frame.assign(**columns)


def recipe(**design):
    given = {"id": "r", "title": "R", "source": "S", "files": {"main": {"has": ["x"]}}}
    return Recipe.model_validate(given | {"codebook": True, "design": design})


def totals(frame, asked=None, **design):
    sample = sample_of(frame, recipe(**design), CATALOGUE, asked or Asked())
    return totals_of([sample], Summed(CATALOGUE, INDICATORS, ("sex",)))


def estimated(frame, asked=None, **design):
    rows = estimate(totals(frame, asked, **design), INDICATORS).estimates
    return rows.set_index(["indicator", "category"])


def safe(frame, weights, inside=True):
    """Percent safe under each column of weights."""
    used = weights * np.asarray(inside, dtype=float).reshape(-1, 1)
    return 100 * (frame["safe"].to_numpy() == 1) @ used / used.sum(axis=0)


def error_by_hand(found, centre, made):
    covariance = replicate_covariance(found[:, None], np.array([centre]), made.scale, made.rscales)
    return np.sqrt(covariance[0, 0])


def test_a_jackknife_by_hand():
    frame, made = people(), jackknife(np.array([0, 0, 0, 1, 1, 1]))
    weight = frame["weight_person"].to_numpy()[:, None]
    found = estimated(frame, Asked(replicates=JACKKNIFE))
    under = weight * made.factors[PSU]
    women = frame["sex"].to_numpy() == 2
    for category, inside in (("total", True), ("woman", women)):
        row = found.loc[("safe", category)]
        expected = error_by_hand(safe(frame, under, inside), safe(frame, weight, inside)[0], made)
        assert row["standard_error"] == pytest.approx(expected, rel=1e-9)
        assert row["degrees_of_freedom"] == 4
    gap = safe(frame, under, women) - safe(frame, under, ~women)
    at = (safe(frame, weight, women) - safe(frame, weight, ~women))[0]
    row = found.loc[("gap", "total")]
    assert row["value"] == pytest.approx(at)
    assert row["standard_error"] == pytest.approx(error_by_hand(gap, at, made), rel=1e-9)


def test_a_jackknife_of_a_total_is_the_linearised_error():
    plain, made = estimated(people()), estimated(people(), Asked(replicates=JACKKNIFE))
    names = ["value", "standard_error", "lower", "upper", "degrees_of_freedom", "n", "psus"]
    for name in names:
        both = (found.loc[("minutes", "total"), name] for found in (plain, made))
        assert next(both) == pytest.approx(next(both))
    assert made.loc[("safe", "total"), "standard_error"] == pytest.approx(
        plain.loc[("safe", "total"), "standard_error"], rel=0.1
    )


def test_weights_a_file_brings_are_those_it_could_have_made():
    """Both ways give the same, whether columns are weights or factors."""
    frame, made = people(), jackknife(np.array([0, 0, 0, 1, 1, 1]))
    factors = made.factors[PSU]
    declared = {"method": "jackknife", "columns": "rep*", "rscales": tuple(made.rscales)}
    expected = estimated(frame, Asked(replicates=JACKKNIFE))
    weights = factors * frame["weight_person"].to_numpy()[:, None]
    for values, combined in ((weights, True), (factors, False)):
        columns = {f"replicate_{j + 1}": values[:, j] for j in range(6)}
        given = {"replicates": declared | {"combined": combined}}
        found = estimated(frame.assign(**columns), **given)
        pd.testing.assert_frame_equal(found, expected.assign(degrees_of_freedom=4.0))


def test_groups_and_the_rest_are_compared_by_replicates():
    frame = people()
    for asked in (Asked(), Asked(replicates=JACKKNIFE)):
        made = totals(frame, asked)
        found = compare_groups(
            made, estimate(made, INDICATORS).estimates, INDICATORS, CATALOGUE, "adjust"
        )
        women = found[found["benchmark"] == "sex:woman"].iloc[0]
        gap = estimate(made, INDICATORS).estimates.set_index("indicator").loc["gap"]
        assert women["difference"] == pytest.approx(gap["value"])
        two_sided = abs(women["difference"]) / gap["standard_error"]
        assert abs(women["z"]) < two_sided  # Student's with 4 degrees of freedom is wider


def test_replicates_say_what_is_wrong_with_them():
    frame = people()
    with pytest.raises(DesignError, match="stratum 0 has 3 PSUs; brr needs exactly 2"):
        totals(frame, Asked(replicates=Replicates(method="brr")))
    alone = frame.assign(stratum=np.where(PSU == 5, "2", frame["stratum"]))
    with pytest.raises(DesignError, match="stratum 2 has 1 PSUs; jackknife needs at least 2"):
        totals(alone, Asked(replicates=JACKKNIFE))
    given = {"replicates": {"method": "brr", "columns": "rep*"}}
    with pytest.raises(DataError, match="0 columns named"):
        totals(frame, **given)
    blank = {"replicate_1": 1.0, "replicate_2": [np.nan, *np.ones(47)]}
    with pytest.raises(DataError, match="empty cells in replicate_2"):
        totals(frame.assign(**blank), **given)
    wrong = {"replicates": {"method": "jackknife", "columns": "rep*", "rscales": (1, 1, 1)}}
    with pytest.raises(DataError, match="3 rscales for 2 columns"):
        totals(frame.assign(replicate_1=1.0, replicate_2=1.0), **wrong)


def test_fays_half_samples_by_hand():
    inside = (PSU % 3) < 2
    frame = people()[inside].reset_index(drop=True)
    made = balanced_half_samples(np.array([0, 0, 1, 1]), 0.3)
    weight = frame["weight_person"].to_numpy()[:, None]
    under = weight * made.factors[pd.factorize(frame["psu"])[0]]
    found = estimated(frame, Asked(replicates=Replicates(method="fay", kept=0.3)))
    expected = error_by_hand(safe(frame, under), safe(frame, weight)[0], made)
    assert found.loc[("safe", "total"), "standard_error"] == pytest.approx(expected)


def test_a_psu_taken_with_certainty_varies_only_within():
    """Its dwellings are the units drawn; without any, nothing about it is left to chance."""
    frame = people(certainty=(PSU == 0).astype(float), minutes=PSU == 0)
    inside = estimated(frame.assign(ssu=np.arange(48).astype(str)))
    none = estimated(frame)
    total = inside.loc[("minutes", "total")]
    weight = frame["weight_person"].to_numpy()[PSU == 0]
    assert total["standard_error"] == pytest.approx(np.sqrt(8 * weight.var(ddof=1)))
    assert np.isnan(none.loc[("minutes", "total"), "standard_error"])
    assert inside.loc[("safe", "total"), "degrees_of_freedom"] == (8 - 1) + (2 - 1) + (3 - 1)
    assert none.loc[("safe", "total"), "degrees_of_freedom"] == (2 - 1) + (3 - 1)


def test_a_sampled_fraction_says_what_a_population_does():
    sizes = np.where(STRATUM == 0, 6.0, 12.0)
    number = estimated(people(psus_in_stratum=sizes))
    told = estimated(people(psu_fraction=3 / sizes))
    pd.testing.assert_frame_equal(number, told)
    plain = estimated(people())
    errors = (found.loc[("safe", "total"), "standard_error"] for found in (number, plain))
    assert next(errors) < next(errors)


MARGINS = pd.DataFrame(
    {
        "margin": ["sex", "sex", "stratum", "stratum"],
        "category": ["man", "woman", "0", "1"],
        "population": [45.0, 55.0, 60.0, 40.0],
    }
)


def weighting(folder, table=MARGINS, **given):
    table.to_csv(folder / "margins.csv", index=False)
    return Asked(Weighting.model_validate({"margins": "margins.csv"} | given), base=folder)


def test_raked_weights_meet_their_margins_and_lessen_the_error_as_residuals_do(tmp_path):
    frame = people(minutes=(np.tile([1, 2], 24) == 2).astype(float))
    sample = sample_of(frame, recipe(), CATALOGUE, weighting(tmp_path))
    weight = sample.staged.records["weight_person"]
    assert weight.groupby(frame["sex"]).sum().to_numpy() == pytest.approx([45, 55])
    found = estimated(frame, weighting(tmp_path))
    women = found.loc[("minutes", "total")]  # known: nothing of it varies any more
    assert women["value"] == pytest.approx(55)
    assert np.isnan(women["standard_error"])

    auxiliary = np.hstack([indicators(frame["sex"].to_numpy() - 1, 2), indicators(STRATUM, 2)])
    given = frame["weight_person"].to_numpy()
    made = calibrate(given, auxiliary, MARGINS["population"].to_numpy(), exponential())
    value = (frame["safe"].to_numpy() == 1).astype(float)
    mean = made.weights @ value / 100
    rows = calibrated_influence(made.factors, given, auxiliary, (value - mean)[:, None] / 100)
    psus = np.bincount(PSU, rows[:, 0]).reshape(2, 3)
    residual = 100 * np.sqrt(3 / 2 * ((psus - psus.mean(axis=1, keepdims=True)) ** 2).sum())
    row = found.loc[("safe", "total")]
    assert row["value"] == pytest.approx(100 * mean)
    assert row["standard_error"] == pytest.approx(residual, rel=0.15)


def test_diagnostics_show_weights_before_and_after(tmp_path):
    asked = weighting(tmp_path, trim=(0.6, 1.5))
    found = sample_of(people(), recipe(), CATALOGUE, asked).diagnostics
    shown = found.set_index(["margin", "category"])
    assert shown.loc[("sex", "woman"), "after"] == pytest.approx(55)
    assert shown.loc[("weights", "total"), "after"] == pytest.approx(100)
    assert shown.loc[("weights", "design_effect"), "before"] > 1
    assert shown.loc[("factors", "converged"), "after"] == 1


def test_whoever_tells_no_group_counts_for_each_with_its_share(tmp_path):
    sex = pd.array(np.tile([1, 2], 24), dtype="Int64")
    sex[0] = pd.NA
    sample = sample_of(people(sex=sex), recipe(), CATALOGUE, weighting(tmp_path))
    weight = sample.staged.records["weight_person"]
    told = weight.groupby(sex).sum().to_numpy()
    assert told + weight[0] * np.array([0.45, 0.55]) == pytest.approx([45, 55])


@pytest.mark.parametrize(
    ("table", "given", "kind", "said"),
    [
        (MARGINS.replace("woman", "other"), {}, DataError, "category 'woman' has 24 records"),
        (MARGINS.replace("sex", "gender"), {}, DataError, "'gender': no disaggregation"),
        (MARGINS, {"method": "post-stratify"}, DataError, "post-stratify takes one"),
        (MARGINS.assign(population=[4, "x", 1, 1]), {}, DataError, "no number from 0 in rows 3"),
        (MARGINS.assign(population=[45, 55, 70, 40]), {}, DesignError, "do not meet the margins"),
        (
            pd.concat([MARGINS, MARGINS.iloc[:1].assign(category="other", population=9)]),
            {},
            DesignError,
            "nobody in the sample is in margin 'sex', category 'other'",
        ),
    ],
)
def test_margins_that_cannot_be_met_are_named(tmp_path, table, given, kind, said):
    with pytest.raises(kind, match=said):
        totals(people(), weighting(tmp_path, table, **given))


def test_surveys_of_one_run_keep_their_own_variances():
    """Two cities, one with replicates: together each has the errors it has alone."""
    one, other = people(), people(safe=np.tile([1, 1, 2], 16)).assign(area="B")
    asked = Asked(replicates=JACKKNIFE)
    samples = [
        sample_of(one, recipe(), CATALOGUE, asked),
        sample_of(other, recipe(), CATALOGUE),
    ]
    both = totals_of(samples, Summed(CATALOGUE, INDICATORS, ("sex",)))
    found = estimate(both, INDICATORS).estimates
    alone = pd.concat([estimated(one, asked), estimated(other)]).reset_index()
    pd.testing.assert_frame_equal(found, alone[found.columns])
