"""Standardised rates worked by hand."""

import numpy as np

from urban_safety_monitor.statistics.linearisation import Design, Linearised, covariances
from urban_safety_monitor.statistics.rate_intervals import fay_feuer
from urban_safety_monitor.statistics.standardisation import (
    Parts,
    standardise,
    standardise_estimates,
)

EVENTS, POPULATION, STANDARD = np.array([10.0, 20.0]), np.array([1000.0, 500.0]), np.array([3, 1.0])


def test_rate_and_variance_by_hand():
    # 0.75 x 10/1000 + 0.25 x 20/500 = 0.0175
    found = standardise(EVENTS, POPULATION, STANDARD)
    np.testing.assert_allclose(found.value, 0.0175)
    # 0.75^2 x 10/1000^2 + 0.25^2 x 20/500^2
    np.testing.assert_allclose(found.variance, 5.625e-6 + 5e-6)
    np.testing.assert_allclose(found.weight, [0.00075, 0.0005])


def test_an_estimated_population_adds_its_error():
    # Cv 10 % in the first group alone: (0.75 x 0.01)^2 x 0.01
    known = standardise(EVENTS, POPULATION, STANDARD)
    found = standardise(EVENTS, POPULATION, STANDARD, np.array([100.0**2, 0.0]))
    np.testing.assert_allclose(found.variance - known.variance, 0.0075**2 * 0.01)
    assert found.value == known.value


def test_the_population_itself_as_standard_gives_the_crude_rate():
    found = standardise(EVENTS, POPULATION, POPULATION)
    np.testing.assert_allclose(found.value, 30 / 1500)
    # Equal weights: the interval is that of 30 events.
    assert np.ptp(found.weight) < 1e-18
    limits = fay_feuer(EVENTS, found.weight)
    np.testing.assert_allclose(limits.lower * 1500, 20.24, atol=5e-3)
    np.testing.assert_allclose(limits.upper * 1500, 42.83, atol=5e-3)


def test_a_group_nobody_lives_in_is_named_and_leaves_the_rate_missing():
    found = standardise(EVENTS, np.array([[1000.0, 0.0], [1000.0, 500.0]]), STANDARD)
    np.testing.assert_array_equal(found.without_population, [[False, True], [False, False]])
    np.testing.assert_array_equal(np.isnan(found.value), [True, False])
    np.testing.assert_array_equal(np.isnan(found.variance), [True, False])


def test_a_group_that_does_not_count_need_not_be_known():
    found = standardise(EVENTS, np.array([1000.0, 0.0]), np.array([1.0, 0.0]))
    np.testing.assert_allclose(found.value, 0.01)
    assert not found.without_population.any()


def test_estimates_of_a_survey_take_their_covariance_along():
    """Two groups in four PSUs: the variance is that of the weighted sum of both values."""
    influence = np.array([[1.0], [-2.0], [0.5], [0.5], [3.0], [-1.0], [-1.0], [-1.0]])
    group, psu = np.repeat([0, 1], 4), np.tile(np.arange(4), 2)
    design = Design(np.zeros(8, dtype=np.intp), np.array([4]), np.zeros(1))
    share_of = STANDARD / STANDARD.sum()
    parts = Parts(np.zeros(2, dtype=np.intp), share_of)
    groups = Linearised(np.array([[10.0], [20.0]]), influence)
    found = standardise_estimates(groups, group, psu, parts)
    assert found.value.item() == 12.5
    variance = covariances(
        found.influence, found.influence, found.whole, 1, design.of_rows(found.first)
    )
    apart = influence.reshape(2, 4)
    covariance = 4 / 3 * apart @ apart.T
    np.testing.assert_allclose(variance.item(), share_of @ covariance @ share_of)
