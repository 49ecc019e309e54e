"""Laws of rank sets, equivalence and trends over random values."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from urban_safety_monitor.statistics.comparison import (
    benjamini_hochberg,
    equivalence_p_values,
    holm,
    normal_test,
    pairwise_test,
    smallest_detectable,
    student_test,
)
from urban_safety_monitor.statistics.intervals import symmetric
from urban_safety_monitor.statistics.ranking import rank_sets, ranks
from urban_safety_monitor.statistics.trend import segments_of, trend

SEEDS = st.integers(0, 2**32 - 1)
few = settings(max_examples=25)


def some_covariance(rng, size):
    root = rng.normal(size=(size, size)) * 0.3
    return root @ root.T + 0.05 * np.eye(size)


@few
@given(seed=SEEDS)
def test_rank_sets_hold_the_ranks_of_the_estimates(seed):
    rng = np.random.default_rng(seed)
    values, covariance = rng.normal(0, 3, 8), some_covariance(rng, 8)
    found = rank_sets(values, covariance, np.random.default_rng(seed))
    own = ranks(values)
    assert ((found.best <= own) & (own <= found.worst)).all()
    surer = rank_sets(values, covariance, np.random.default_rng(seed), level=0.5)
    assert (surer.best >= found.best).all()
    assert (surer.worst <= found.worst).all()
    moved = rank_sets(values + 100, covariance, np.random.default_rng(seed))
    np.testing.assert_array_equal(moved, found)


def test_rank_sets_hold_all_true_ranks_as_often_as_they_say():
    """1,000 surveys of five cities, two of them as good as equal: at least 90 %, by 3 errors."""
    rng = np.random.default_rng(1)
    truth = np.array([1.0, 0.5, 0.499, -0.5, -2])
    covariance = some_covariance(rng, 5)
    estimates = rng.multivariate_normal(truth, covariance, 1000)
    hold = 0
    for values in estimates:
        found = rank_sets(values, covariance, rng, level=0.9, draws=400)
        hold += ((found.best <= ranks(truth)) & (ranks(truth) <= found.worst)).all()
    assert hold >= 900 - 3 * np.sqrt(1000 * 0.9 * 0.1)


@few
@given(seed=SEEDS)
def test_pairs_are_tested_as_their_differences_are(seed):
    rng = np.random.default_rng(seed)
    values, covariance = rng.normal(size=5), some_covariance(rng, 5)
    found = pairwise_test(values, covariance)
    for one, other in np.argwhere(~np.eye(5, dtype=bool)):
        contrast = np.eye(5)[one] - np.eye(5)[other]
        alone = normal_test(contrast @ values, contrast @ covariance @ contrast)
        np.testing.assert_allclose(found.z[one, other], alone.z)


@few
@given(seed=SEEDS)
def test_holm_is_stricter_than_benjamini_hochberg_and_kinder_than_bonferroni(seed):
    rng = np.random.default_rng(seed)
    p = rng.random(20) ** 3
    p[rng.random(20) < 0.2] = np.nan
    known = ~np.isnan(p)
    assert (holm(p)[known] >= benjamini_hochberg(p)[known] - 1e-12).all()
    assert (holm(p)[known] <= np.minimum(p[known] * known.sum(), 1) + 1e-12).all()
    order = np.argsort(p[known])
    assert (np.diff(holm(p)[known][order]) >= 0).all()


@few
@given(seed=SEEDS)
def test_equivalence_is_the_90_percent_interval_within_the_margin(seed):
    rng = np.random.default_rng(seed)
    size = 2000
    difference, error = rng.normal(0, 1, size), rng.uniform(0.05, 2, size)
    margin, df = rng.uniform(0.1, 3, size), rng.choice([1.0, 6.0, 80.0, np.inf], size)
    same = equivalence_p_values(difference, error**2, margin, df) < 0.05
    limits = symmetric(difference, error, df, level=0.9)
    np.testing.assert_array_equal(same, (-margin < limits.lower) & (limits.upper < margin))
    assert same.any()
    assert not same.all()


@few
@given(seed=SEEDS, level=st.floats(0.8, 0.99), power=st.floats(0.5, 0.95))
def test_the_smallest_detectable_difference_is_found_as_often_as_its_power(seed, level, power):
    rng = np.random.default_rng(seed)
    variance = rng.uniform(0.01, 4, 1)
    truth = smallest_detectable(variance, level, power)
    estimates = truth + rng.normal(size=20_000) * np.sqrt(variance)
    found = normal_test(estimates, np.broadcast_to(variance, estimates.shape))
    detected = ((found.p_value < 1 - level) & (found.difference > 0)).mean()
    assert abs(detected - power) < 5 * np.sqrt(power * (1 - power) / 20_000)


@few
@given(seed=SEEDS)
def test_a_trend_is_weighted_least_squares_with_a_level_for_each_segment(seed):
    rng = np.random.default_rng(seed)
    series, rounds = 6, 9
    time = np.sort(rng.uniform(2000, 2025, rounds))
    value, variance = rng.normal(size=(series, rounds)), rng.uniform(0.1, 2, (series, rounds))
    value[rng.random(value.shape) < 0.2] = np.nan
    segment = segments_of(rng.random(value.shape) < 0.15)
    found = trend(time, value, variance, segment)
    for row in range(series):
        known = ~np.isnan(value[row])
        levels = segment[row, known, None] == np.unique(segment[row, known])
        design = np.column_stack([time[known] - 2010, levels])
        weight = np.sqrt(1 / variance[row, known])[:, None]
        if np.linalg.matrix_rank(design) < design.shape[1]:
            assert np.isnan(found.slope[row])
            continue
        normal = np.linalg.inv((design * weight).T @ (design * weight))
        fitted = normal @ (design * weight).T @ (value[row, known] * weight[:, 0])
        np.testing.assert_allclose(found.slope[row], fitted[0], rtol=1e-6, atol=1e-9)
        left = ((value[row, known] - design @ fitted) * weight[:, 0]) ** 2
        df = known.sum() - design.shape[1]
        assert found.degrees_of_freedom[row] == df
        wider = max(np.sqrt(left.sum() / df), 1) if df else 1
        np.testing.assert_allclose(
            found.standard_error[row], wider * np.sqrt(normal[0, 0]), rtol=1e-6
        )


def test_a_series_without_a_trend_is_called_one_as_often_as_the_level_says():
    rng = np.random.default_rng(4)
    variance = rng.uniform(0.2, 2, (20_000, 6))
    value = rng.normal(size=variance.shape) * np.sqrt(variance)
    segment = np.zeros(variance.shape, dtype=int)
    segment[:, 3:] = 1
    value[:, 3:] += 7
    called = (trend(np.arange(6.0), value, variance, segment).p_value < 0.05).mean()
    assert 0.02 < called < 0.05  # widened errors make it careful, never rash


def test_students_test_is_what_equivalence_rests_on():
    one = np.array([1.0])
    p = equivalence_p_values(0 * one, one, 2 * one, 5 * one)
    np.testing.assert_allclose(2 * p, student_test(2 * one, one, 5 * one).p_value)
