"""Intervals of rates against the exact ones they come down to."""

import numpy as np
import pytest
from scipy import stats

from urban_safety_monitor.statistics.intervals import Interval, poisson
from urban_safety_monitor.statistics.rate_intervals import (
    fay_feuer,
    rate_over_estimate,
    rate_ratio,
    ratio_of_estimates,
    tiwari,
)

EVENTS = np.array([0.0, 1.0, 5.0, 40.0])


def array(*values):
    return np.array(values, dtype=float)


@pytest.mark.parametrize("method", [fay_feuer, tiwari])
def test_a_single_group_has_garwoods_interval(method):
    found = method(EVENTS[:, None], np.full((4, 1), 0.25))
    exact = poisson(EVENTS)
    np.testing.assert_allclose(found.lower, 0.25 * exact.lower)
    np.testing.assert_allclose(found.upper, 0.25 * exact.upper)


@pytest.mark.parametrize("method", [fay_feuer, tiwari])
def test_equal_weights_give_the_interval_of_the_sum(method):
    found = method(array(3, 2, 4, 0), np.full(4, 2.0))
    exact = poisson(array(9))
    np.testing.assert_allclose(np.ravel(found), 2 * np.ravel(exact))


def test_gamma_limits_by_hand():
    # events 2 and 1 at weights 1 and 3: rate 5, variance 2 + 9 = 11; one more 3 and 9: 8 and 20
    found = fay_feuer(array(2, 1), array(1, 3))
    assert found.lower == pytest.approx(stats.gamma.ppf(0.025, 25 / 11, scale=11 / 5))
    assert found.upper == pytest.approx(stats.gamma.ppf(0.975, 64 / 20, scale=20 / 8))
    # on average one more is 2, and (1 + 9) / 2 = 5 squared: 7 and 16
    narrow = tiwari(array(2, 1), array(1, 3))
    assert narrow.lower == found.lower
    assert narrow.upper == pytest.approx(stats.gamma.ppf(0.975, 49 / 16, scale=16 / 7))


def test_a_population_known_exactly_gives_garwoods_interval():
    population = np.full(4, 250.0)
    found = rate_over_estimate(EVENTS, population, Interval(population, population))
    exact = poisson(EVENTS)
    np.testing.assert_allclose(found.lower, exact.lower / 250, rtol=1e-9)
    np.testing.assert_allclose(found.upper, exact.upper / 250, rtol=1e-9)


def test_an_uncertain_population_widens_both_ends():
    population = np.full(4, 250.0)
    found = rate_over_estimate(EVENTS, population, Interval(population - 40, population + 40))
    exact = poisson(EVENTS)
    assert (found.upper > exact.upper / 250).all()
    assert (found.lower[1:] < exact.lower[1:] / 250).all()
    assert found.lower[0] == 0


def test_ratio_of_estimates_by_fiellers_rule():
    # Symmetric intervals: the limits are the roots of Fieller's quadratic.
    found = ratio_of_estimates(
        array(10), Interval(array(8), array(12)), array(5), Interval(array(4), array(6))
    )
    roots = np.roots([25 - 1, -2 * 50, 100 - 4])
    np.testing.assert_allclose(sorted(roots), np.ravel(found))


def test_turned_over_a_ratio_has_its_limits_turned_over():
    above, below = Interval(array(8), array(13)), Interval(array(4), array(7))
    found = ratio_of_estimates(array(10), above, array(5), below)
    turned = ratio_of_estimates(array(5), below, array(10), above)
    np.testing.assert_allclose(np.ravel(found), 1 / np.ravel(turned)[::-1])


def test_a_denominator_that_may_be_nothing_leaves_the_ratio_without_an_upper_limit():
    found = ratio_of_estimates(
        array(10), Interval(array(8), array(12)), array(5), Interval(array(0), array(11))
    )
    assert np.isinf(found.upper[0])
    assert 0 < found.lower[0] < 2


def test_ratio_of_two_rates_is_the_binomials():
    # 12 events in 1,000 against 30 in 1,500
    found = rate_ratio(array(12), array(1000), array(30), array(1500))
    exact = stats.binomtest(12, 42).proportion_ci(0.95, "exact")
    np.testing.assert_allclose(found.lower, exact.low / (1 - exact.low) * 1.5)
    np.testing.assert_allclose(found.upper, exact.high / (1 - exact.high) * 1.5)


def test_ratios_with_no_events():
    found = rate_ratio(array(0, 4, 0), array(9, 9, 9), array(4, 0, 0), array(9, 9, 9))
    np.testing.assert_array_equal(found.lower[[0, 2]], [0, np.nan])
    np.testing.assert_array_equal(found.upper[[1, 2]], [np.inf, np.nan])
    assert found.upper[0] == pytest.approx(1 / found.lower[1])
