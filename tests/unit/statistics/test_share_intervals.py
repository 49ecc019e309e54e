"""Intervals of shares at hand-worked and published values."""

import numpy as np
import pytest
from scipy import special, stats

from urban_safety_monitor.statistics.share_intervals import (
    arcsine,
    korn_graubard,
    likelihood,
    logit,
)

KNOWN = np.array([np.inf])


def one(value):
    return np.array([float(value)])


def test_logit_by_hand():
    # share 0.2, standard error 0.04: logit -1.38629, its error 0.04 / (0.2 x 0.8) = 0.25
    found = logit(one(0.2), one(0.04**2), KNOWN)
    half = 1.959964 * 0.25
    assert found.lower[0] == pytest.approx(1 / (1 + np.exp(1.386294 + half)), abs=1e-6)
    assert found.upper[0] == pytest.approx(1 / (1 + np.exp(1.386294 - half)), abs=1e-6)


def test_arcsine_by_hand():
    # asin(sqrt(0.5)) = pi / 4; error 0.05 / (2 x 0.5) = 0.05
    found = arcsine(one(0.5), one(0.05**2), KNOWN)
    assert found.lower[0] == pytest.approx(np.sin(np.pi / 4 - 0.0979982) ** 2, abs=1e-7)
    assert found.upper[0] == pytest.approx(np.sin(np.pi / 4 + 0.0979982) ** 2, abs=1e-7)


def test_arcsine_ends_at_nothing_and_everything():
    found = arcsine(np.array([0.01, 0.99]), np.full(2, 0.02**2), np.full(2, np.inf))
    assert found.lower[0] == 0
    assert found.upper[1] == 1


@pytest.mark.parametrize(
    ("events", "n", "lower", "upper"),
    [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0, 0.1684), (20, 20, 0.8316, 1)],
)
def test_korn_graubard_of_a_simple_sample_is_clopper_and_pearsons(events, n, lower, upper):
    # The first three from Newcombe, Statistics in Medicine 17 (1998), table I, method 5.
    found = korn_graubard(one(events / n), one(n), one(n), one(n - 1))
    assert found.lower[0] == pytest.approx(lower, abs=5e-5)
    assert found.upper[0] == pytest.approx(upper, abs=5e-5)
    exact = stats.binomtest(events, n).proportion_ci(0.95, "exact")
    np.testing.assert_allclose(np.ravel(found), exact, rtol=1e-9, atol=1e-15)


def test_korn_graubard_counts_the_degrees_of_freedom():
    # 9 degrees of freedom: t 2.2622, of 99 1.9842; so 50 records count as 50 (1.9842 / 2.2622)^2
    found = korn_graubard(one(0.3), one(50), one(100), one(9))
    size = 50 * (stats.t.ppf(0.975, 99) / stats.t.ppf(0.975, 9)) ** 2
    assert size == pytest.approx(38.47, abs=0.01)
    assert found.lower[0] == pytest.approx(stats.beta.ppf(0.025, 0.3 * size, 0.7 * size + 1))
    assert found.upper[0] == pytest.approx(stats.beta.ppf(0.975, 0.3 * size + 1, 0.7 * size))


def test_likelihood_limits_have_fallen_by_half_the_squared_quantile():
    share = np.array([0.02, 0.2, 0.5, 0.97])
    n_effective, n, df = np.full(4, 80.0), np.full(4, 100.0), np.full(4, 19.0)
    for limit in likelihood(share, n_effective, n, df):
        fallen = special.rel_entr(share, limit) + special.rel_entr(1 - share, 1 - limit)
        expected = stats.t.ppf(0.975, 19) ** 2 / 2 * 100 / 99
        np.testing.assert_allclose(80 * fallen, expected, rtol=1e-9)


def test_likelihood_where_nobody_says_yes():
    # log(1 - p) n = - z^2 / 2 n / (n - 1): p = 1 - exp(- 1.9207 / 49)
    found = likelihood(one(0), one(50), one(50), KNOWN)
    assert found.lower[0] == 0
    assert found.upper[0] == pytest.approx(1 - np.exp(-1.920729 / 49), abs=1e-7)


@pytest.mark.parametrize("df", [0.0, -1.0])
def test_no_interval_without_degrees_of_freedom(df):
    arguments = one(0.3), one(50), one(100), one(df)
    variances = one(0.3), one(0.01), one(df)
    made = [korn_graubard(*arguments), likelihood(*arguments)]
    for found in [*made, logit(*variances), arcsine(*variances)]:
        assert np.isnan([found.lower[0], found.upper[0]]).all()
