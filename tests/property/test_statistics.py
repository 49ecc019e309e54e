"""Laws of the kernels over random arrays."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from urban_safety_monitor.statistics.aggregation import aggregate
from urban_safety_monitor.statistics.comparison import (
    benjamini_hochberg,
    poisson_test,
    score_test,
    student_test,
)
from urban_safety_monitor.statistics.intervals import normal_quantile, poisson, symmetric, wilson
from urban_safety_monitor.statistics.normalisation import normalise
from urban_safety_monitor.statistics.ranking import ranks

SEEDS = st.integers(0, 2**32 - 1)
few = settings(max_examples=50)


UP_TO_8, UP_TO_6 = st.integers(1, 8), st.integers(1, 6)


def scores_of(rows=UP_TO_8, columns=UP_TO_6):
    score = st.floats(0, 100, allow_subnormal=False) | st.just(float("nan"))
    return st.tuples(rows, columns).flatmap(lambda shape: arrays(float, shape, elements=score))


def importance_for(scores):
    return np.linspace(1, 3, scores.shape[1])


@settings(max_examples=20)
@given(seed=SEEDS)
def test_interval_status_and_score_test_never_contradict(seed):
    """10,000 random shares and benchmarks each time, half of them small."""
    rng = np.random.default_rng(seed)
    size = 10_000
    small = rng.random(size) < 0.5
    share = np.where(small, rng.uniform(0, 0.05, size), rng.random(size))
    share[:50] = rng.integers(0, 2, 50)
    benchmark = np.where(small, rng.uniform(0.001, 0.1, size), rng.uniform(0.001, 0.999, size))
    n = np.exp(rng.uniform(np.log(2), np.log(20_000), size))
    interval = wilson(share, n)
    test = score_test(share, n, benchmark, np.zeros(size))
    rejected = np.abs(test.z) > normal_quantile()
    outside = (benchmark < interval.lower) | (benchmark > interval.upper)
    np.testing.assert_array_equal(rejected, outside)
    np.testing.assert_array_equal(rejected, test.p_value < 0.05)
    np.testing.assert_array_equal(benchmark < interval.lower, rejected & (test.difference > 0))
    assert ((interval.lower <= share) & (share <= interval.upper)).all()
    assert ((interval.lower >= 0) & (interval.upper <= 1)).all()


@settings(max_examples=20)
@given(seed=SEEDS)
def test_counts_and_means_have_tests_that_agree_with_their_intervals_too(seed):
    rng = np.random.default_rng(seed)
    events, expected = rng.integers(0, 40, 2000).astype(float), rng.uniform(0.01, 60, 2000)
    counts, limits = poisson_test(events, expected), poisson(events)
    outside = (expected < limits.lower) | (expected > limits.upper)
    np.testing.assert_array_equal(np.abs(counts.z) > normal_quantile(), outside)
    assert (counts.z * (events - expected) >= 0).all()
    value, error = rng.normal(size=2000), rng.uniform(0.1, 1, 2000)
    df = rng.choice([1.0, 5.0, 60.0, np.inf], 2000)
    means, limits = student_test(value, error**2, df), symmetric(value, error, df)
    outside = (limits.lower > 0) | (limits.upper < 0)
    np.testing.assert_array_equal(np.abs(means.z) > normal_quantile(), outside)
    assert (means.z * value >= 0).all()


@few
@given(p=arrays(float, st.integers(1, 12), elements=st.floats(0, 1) | st.just(float("nan"))))
def test_adjusted_p_values_keep_order_and_never_fall(p):
    adjusted = benjamini_hochberg(p)
    np.testing.assert_array_equal(np.isnan(adjusted), np.isnan(p))
    known = ~np.isnan(p)
    assert (adjusted[known] >= p[known] - 1e-15).all()
    assert (adjusted[known] <= 1).all()
    order = np.argsort(p[known])
    assert (np.diff(adjusted[known][order]) >= 0).all()


@few
@given(scores=scores_of())
def test_means_lie_between_smallest_and_largest_and_in_their_order(scores):
    importance = importance_for(scores)
    means = {how: aggregate(scores, importance, how) for how in ("arithmetic", "geometric")}
    means["harmonic"] = aggregate(scores, importance, "harmonic")
    there = ~np.isnan(scores).all(axis=1)
    lowest = np.nanmin(scores[there], axis=1, initial=np.inf)
    highest = np.nanmax(scores[there], axis=1, initial=-np.inf)
    for mean in means.values():
        np.testing.assert_array_equal(~np.isnan(mean), there)
        assert (mean[there] >= lowest).all()
        assert (mean[there] <= highest).all()
    assert (means["geometric"][there] <= means["arithmetic"][there] + 1e-9).all()
    assert (means["harmonic"][there] <= means["geometric"][there] + 1e-9).all()


@few
@given(scores=scores_of(), seed=SEEDS)
def test_a_better_score_never_lowers_the_mean(scores, seed):
    rng = np.random.default_rng(seed)
    better = np.minimum(scores + rng.uniform(0, 20, scores.shape), 100)
    importance = importance_for(scores)
    for how in ("arithmetic", "geometric", "harmonic"):
        rise = aggregate(better, importance, how) - aggregate(scores, importance, how)
        assert (rise[~np.isnan(rise)] >= -1e-9).all()


@few
@given(scores=scores_of())
def test_only_the_proportions_of_importance_count(scores):
    importance = importance_for(scores)
    for how in ("arithmetic", "geometric", "harmonic"):
        np.testing.assert_allclose(
            aggregate(scores, importance, how), aggregate(scores, 7 * importance, how), rtol=1e-9
        )


@few
@given(
    values=arrays(float, st.integers(1, 10), elements=st.floats(-1e6, 1e6)),
    bad=st.floats(0.1, 1e4),
    good=st.floats(0.1, 1e4),
    log=st.booleans(),
)
def test_scores_lie_from_0_to_100_and_follow_the_goalposts(values, bad, good, log):
    if abs(bad - good) < 1e-3:
        good = bad + 1
    scores = normalise(values, bad, good, log=log)
    assert ((scores >= 0) & (scores <= 100)).all()
    direction = 1 if good > bad else -1
    order = np.argsort(values)
    assert (direction * np.diff(scores[order]) >= 0).all()
    np.testing.assert_array_equal(normalise(np.array([bad, good]), bad, good, log=log), [0, 100])


@few
@given(scores=scores_of(columns=st.just(3)))
def test_ranks_count_how_many_are_better(scores):
    found = ranks(scores)
    for column in range(scores.shape[1]):
        one = scores[:, column]
        expected = [np.nan if np.isnan(x) else 1 + (one > x).sum() for x in one]
        np.testing.assert_array_equal(found[:, column], expected)
