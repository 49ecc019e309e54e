"""Laws of the kernels of estimation over random surveys."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from urban_safety_monitor.statistics import share_intervals
from urban_safety_monitor.statistics.calibration import (
    calibrate,
    calibrated_influence,
    exponential,
    indicators,
    linear,
    logit,
    post_stratify,
    rake,
)
from urban_safety_monitor.statistics.design_effect import settled, weighting_effect
from urban_safety_monitor.statistics.intervals import symmetric, wilson, wilson_student
from urban_safety_monitor.statistics.linearisation import Design, covariances, ratios
from urban_safety_monitor.statistics.rate_intervals import (
    fay_feuer,
    rate_over_estimate,
    rate_ratio,
    tiwari,
)
from urban_safety_monitor.statistics.replicates import (
    balanced_half_samples,
    bootstrap,
    jackknife,
    replicate_covariance,
)
from urban_safety_monitor.statistics.standardisation import standardise
from urban_safety_monitor.statistics.two_stage import TwoStageDesign, two_stage_covariances
from urban_safety_monitor.statistics.weighting import trim

RANDOM = st.integers(0, 2**32 - 1).map(np.random.default_rng)
FACTOR = st.floats(1e-3, 1e3)
some = settings(max_examples=30)


def two_stage(rng):
    """Influences of a made two-stage survey and its design."""
    psus_of_stratum = rng.integers(2, 5, rng.integers(1, 4))
    stratum = np.repeat(np.arange(len(psus_of_stratum)), psus_of_stratum)
    ssus = rng.integers(1, 5, len(stratum))
    psu = np.repeat(np.arange(len(stratum)), ssus)
    first = Design(stratum, psus_of_stratum, rng.uniform(0, 1, len(psus_of_stratum)), "adjust")
    design = TwoStageDesign(psu, ssus, rng.uniform(0, 1, len(ssus)), first)
    cell = rng.integers(0, 2, len(psu))
    return rng.normal(size=(len(psu), 2)), cell, design


@some
@given(rng=RANDOM, factor=FACTOR)
def test_two_stage_variances_scale_and_do_not_depend_on_the_order_of_rows(rng, factor):
    influence, cell, design = two_stage(rng)
    found = two_stage_covariances(influence, influence, cell, 2, design)
    scaled = two_stage_covariances(factor * influence, factor * influence, cell, 2, design)
    np.testing.assert_allclose(scaled, factor**2 * found, rtol=1e-9)
    order = rng.permutation(len(cell))
    shuffled = design._replace(psu=design.psu[order])
    again = two_stage_covariances(influence[order], influence[order], cell[order], 2, shuffled)
    np.testing.assert_allclose(again, found, rtol=1e-9, atol=1e-12)
    assert (found >= 0).all()


@some
@given(rng=RANDOM)
def test_what_varies_within_psus_only_adds(rng):
    influence, cell, design = two_stage(rng)
    found = two_stage_covariances(influence, influence, cell, 2, design)
    complete = design._replace(ssu_fraction=np.ones(len(design.ssus)))
    between = two_stage_covariances(influence, influence, cell, 2, complete)
    assert (found >= between - 1e-12).all()


def variance_of_ratio(numerator, denominator):
    """Of one stratum whose rows are PSUs."""
    cell = np.zeros(len(numerator), dtype=np.intp)
    influence = ratios(numerator[:, None], denominator[:, None], cell, 1).influence
    design = Design(cell, np.array([len(cell)]), np.zeros(1), "fail")
    return covariances(influence, influence, cell, 1, design)[0, 0]


@some
@given(rng=RANDOM, n=st.integers(3, 30), factor=FACTOR)
def test_duplicated_psus_lower_and_merged_ones_raise_the_variance(rng, n, factor):
    numerator, denominator = rng.normal(size=n), rng.uniform(1, 9, n)
    found = variance_of_ratio(numerator, denominator)
    twice = variance_of_ratio(np.tile(numerator, 2), np.tile(denominator, 2))
    np.testing.assert_allclose(twice, found * (n - 1) / (2 * n - 1), rtol=1e-9)
    # Merged with its copy, each PSU of those 2 n is one of n again.
    merged = variance_of_ratio(2 * numerator, 2 * denominator)
    np.testing.assert_allclose(merged, found, rtol=1e-9)
    assert merged > twice
    scaled = variance_of_ratio(factor * numerator, factor * denominator)
    np.testing.assert_allclose(scaled, found, rtol=1e-9)


@some
@given(rng=RANDOM, n=st.integers(2, 30))
def test_jackknife_of_a_mean_of_a_simple_sample_is_the_linearised_variance(rng, n):
    values = rng.normal(size=n)
    one_stratum = np.zeros(n, dtype=np.intp)
    made = jackknife(one_stratum)
    means = (values @ made.factors / made.factors.sum(axis=0))[:, None]
    found = replicate_covariance(means, values.mean(keepdims=True), made.scale, made.rscales)
    influence = ratios(values[:, None], np.ones((n, 1)), one_stratum, 1).influence
    design = Design(one_stratum, np.array([n]), np.zeros(1), "fail")
    linearised = covariances(influence, influence, one_stratum, 1, design)
    np.testing.assert_allclose(found, linearised, rtol=1e-9)
    np.testing.assert_allclose(found, values.var(ddof=1) / n, rtol=1e-9)


@some
@given(rng=RANDOM, strata=st.integers(1, 9))
def test_replicated_totals_vary_as_the_strata_say(rng, strata):
    stratum = rng.permutation(np.repeat(np.arange(strata), 2))
    totals = rng.normal(size=2 * strata)
    expected = sum(np.diff(totals[stratum == h])[0] ** 2 for h in range(strata))
    for made in (jackknife(stratum), balanced_half_samples(stratum, rng.choice([0.0, 0.3]))):
        estimates = (totals @ made.factors)[:, None]
        centre = totals.sum(keepdims=True)
        found = replicate_covariance(estimates, centre, made.scale, made.rscales)
        np.testing.assert_allclose(found, expected, rtol=1e-8)


@some
@given(rng=RANDOM)
def test_bootstrap_weights_are_never_negative_and_keep_each_stratum(rng):
    stratum = np.repeat([0, 1, 2], rng.integers(2, 6, 3))
    made = bootstrap(stratum, 20, rng, rng.uniform(0, 1, 3))
    assert (made.factors >= -1e-12).all()
    kept = indicators(stratum, 3).T @ made.factors
    np.testing.assert_allclose(kept, np.repeat(np.bincount(stratum)[:, None], 20, axis=1))


def survey(rng, n=60):
    weight = rng.uniform(1, 5, n)
    return weight, rng.integers(0, 2, n), rng.integers(0, 3, n)


def margins_of(weight, *groups):
    return [np.bincount(group, weight) for group in groups]


def moved(rng, targets):
    """Other margins near by, all with the same sum."""
    total = targets[0].sum() * rng.uniform(0.8, 1.2)
    near = [target * rng.uniform(0.9, 1.1, len(target)) for target in targets]
    return [target * total / target.sum() for target in near]


@some
@given(rng=RANDOM)
def test_margins_already_met_change_nothing(rng):
    weight, sex, age = survey(rng)
    targets = margins_of(weight, sex, age)
    auxiliary = np.hstack([indicators(sex, 2), indicators(age, 3)])
    together = np.concatenate(targets)
    made = [rake(weight, [sex, age], targets), post_stratify(weight, sex, targets[0])]
    distances = (linear(), linear(0.5, 2), logit(0.5, 2), exponential())
    made += [calibrate(weight, auxiliary, together, distance) for distance in distances]
    for found in made:
        np.testing.assert_allclose(found.weights, weight, rtol=1e-9)
        assert found.converged


@some
@given(rng=RANDOM, factor=FACTOR)
def test_calibrated_weights_meet_their_targets_whatever_the_scale_and_order(rng, factor):
    weight, sex, age = survey(rng)
    targets = moved(rng, margins_of(weight, sex, age))
    raked = rake(weight, [sex, age], targets)
    assert raked.converged
    for group, target in zip((sex, age), targets, strict=True):
        np.testing.assert_allclose(np.bincount(group, raked.weights), target, rtol=1e-8)
    assert (raked.weights > 0).all()
    scaled = rake(factor * weight, [sex, age], targets)
    np.testing.assert_allclose(scaled.weights, raked.weights, rtol=1e-6)
    order = rng.permutation(len(weight))
    shuffled = rake(weight[order], [sex[order], age[order]], targets)
    np.testing.assert_allclose(shuffled.weights, raked.weights[order], rtol=1e-8)


@some
@given(rng=RANDOM)
@pytest.mark.parametrize("distance", [linear(0.6, 1.6), logit(0.6, 1.6)])
def test_bounds_hold_and_targets_are_met_within_them(distance, rng):
    weight, sex, age = survey(rng)
    auxiliary = np.hstack([indicators(sex, 2), indicators(age, 3)])
    # Targets that weights within the bounds do meet.
    reachable = weight * rng.uniform(0.75, 1.35, len(weight))
    targets = auxiliary.T @ reachable
    found = calibrate(weight, auxiliary, targets, distance)
    assert found.converged
    np.testing.assert_allclose(auxiliary.T @ found.weights, targets, rtol=1e-8)
    assert 0.6 <= found.factors.min() <= found.factors.max() <= 1.6


@some
@given(rng=RANDOM)
def test_calibration_takes_out_what_its_variables_explain(rng):
    weight, sex, age = survey(rng)
    auxiliary = np.hstack([indicators(sex, 2), indicators(age, 3)])
    explained = auxiliary @ rng.normal(size=(5, 1))
    found = calibrated_influence(np.ones(len(weight)), weight, auxiliary, explained)
    np.testing.assert_allclose(found, 0, atol=1e-9)
    plain = rng.normal(size=(len(weight), 1))
    added = calibrated_influence(np.ones(len(weight)), weight, auxiliary, plain + explained)
    alone = calibrated_influence(np.ones(len(weight)), weight, auxiliary, plain)
    np.testing.assert_allclose(added, alone, atol=1e-9)


@some
@given(rng=RANDOM)
def test_trimming_keeps_the_sum_the_order_and_the_bounds(rng):
    weight = rng.lognormal(0, 1, 40)
    upper = weight.mean() * rng.uniform(1.1, 4)
    lower = weight.mean() * rng.uniform(0, 0.9)
    found = trim(weight, lower, upper)
    np.testing.assert_allclose(found.weights.sum(), weight.sum(), rtol=1e-12)
    assert lower <= found.weights.min() <= found.weights.max() <= upper
    assert (np.diff(found.weights[np.argsort(weight)]) >= 0).all()
    assert weighting_effect(found.weights) <= weighting_effect(weight) + 1e-9


METHODS = {
    "wilson": lambda p, n, df, level: wilson(p, n, level),
    "wilson_student": wilson_student,
    "symmetric": lambda p, n, df, level: symmetric(p, np.sqrt(p * (1 - p) / n), df, level),
    "logit": lambda p, n, df, level: share_intervals.logit(p, p * (1 - p) / n, df, level),
    "arcsine": lambda p, n, df, level: share_intervals.arcsine(p, p * (1 - p) / n, df, level),
    "korn_graubard": lambda p, n, df, level: share_intervals.korn_graubard(
        p, n, 2 * n + 2, df, level
    ),
    "likelihood": lambda p, n, df, level: share_intervals.likelihood(p, n, 2 * n + 2, df, level),
}


@some
@given(rng=RANDOM)
@pytest.mark.parametrize("method", METHODS)
def test_intervals_of_shares_hold_the_share_and_widen_with_the_level(method, rng):
    share, n = rng.uniform(0.001, 0.999, 200), rng.uniform(5, 5000, 200)
    df = rng.choice([2.0, 9.0, 60.0, np.inf], 200)
    found, surer = (METHODS[method](share, n, df, level) for level in (0.9, 0.99))
    assert ((found.lower <= share) & (share <= found.upper)).all()
    assert ((surer.lower <= found.lower) & (found.upper <= surer.upper)).all()
    if method != "symmetric":
        assert (surer.lower >= 0).all()
        assert (surer.upper <= 1).all()
        mirrored = METHODS[method](1 - share, n, df, 0.9)
        np.testing.assert_allclose(mirrored.upper, 1 - found.lower, atol=1e-9)


@some
@given(rng=RANDOM)
def test_intervals_of_rates_hold_the_rate_and_widen_with_the_level(rng):
    events, below = (rng.integers(0, 30, (100, 4)).astype(float) for _ in range(2))
    population = rng.uniform(10, 1000, (100, 4))
    made = standardise(events, population, rng.uniform(1, 5, 4))
    people = population.sum(axis=1)
    limits = symmetric(people, people / 10, np.full(100, np.inf))
    count, other = events[:, 0], below[:, 0] + 1
    pairs = {
        "fay_feuer": (made.value, lambda level: fay_feuer(events, made.weight, level)),
        "tiwari": (made.value, lambda level: tiwari(events, made.weight, level)),
        "estimate": (count / people, lambda lv: rate_over_estimate(count, people, limits, lv)),
        "ratio": (count / other, lambda level: rate_ratio(count, people, other, people, level)),
    }
    for name, (value, interval) in pairs.items():
        found, surer = interval(0.9), interval(0.99)
        assert ((found.lower <= value) & (value <= found.upper)).all(), name
        assert ((surer.lower <= found.lower) & (found.upper <= surer.upper)).all(), name
    narrow, wide = tiwari(events, made.weight), fay_feuer(events, made.weight)
    assert (narrow.upper <= wide.upper * (1 + 1e-12)).all()


@some
@given(rng=RANDOM, factor=FACTOR)
def test_only_the_proportions_of_a_standard_count(rng, factor):
    events, population = rng.integers(0, 30, 6).astype(float), rng.uniform(10, 1000, 6)
    standard = rng.uniform(0, 5, 6)
    found = standardise(events, population, standard)
    again = standardise(events, population, factor * standard)
    np.testing.assert_allclose(again.value, found.value, rtol=1e-9)
    np.testing.assert_allclose(again.variance, found.variance, rtol=1e-9)
    rates = events / population
    assert rates.min() <= found.value <= rates.max()


@some
@given(rng=RANDOM)
def test_a_settled_design_effect_lies_between_its_own_and_the_usual_one(rng):
    share, n = rng.uniform(0, 1, 200), rng.uniform(20, 5000, 200)
    own, usual = rng.lognormal(0.5, 0.7, 200), np.full(200, rng.uniform(1, 3))
    df = rng.uniform(1, 200, 200)
    found = settled(share, n, own, df, usual)
    assert (found.effect >= np.minimum(own, usual) * (1 - 1e-12)).all()
    assert (found.effect <= np.maximum(own, usual) * (1 + 1e-12)).all()
    assert (found.degrees_of_freedom >= df).all()
    larger = settled(share, 2 * n, own, df, usual)
    np.testing.assert_array_less(
        np.abs(np.log(larger.effect / own)), np.abs(np.log(found.effect / own)) + 1e-12
    )
