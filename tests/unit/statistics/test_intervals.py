import numpy as np
import pytest
from scipy import stats

from urban_safety_monitor.statistics.intervals import (
    effective_size,
    normal_quantile,
    poisson,
    student_quantile,
    symmetric,
    wilson,
    wilson_student,
)


@pytest.mark.parametrize(
    ("events", "lower", "upper"),
    [(0, 0.0, 3.689), (1, 0.025, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390)],
)
def test_poisson_counts_have_garwoods_limits(events, lower, upper):
    found = poisson(np.array([float(events)]))
    assert found.lower[0] == pytest.approx(lower, abs=5e-4)
    assert found.upper[0] == pytest.approx(upper, abs=5e-4)


def test_poisson_limits_cut_off_their_tails():
    events = np.arange(1, 50, dtype=float)
    found = poisson(events)
    np.testing.assert_allclose(stats.poisson.sf(events - 1, found.lower), 0.025, rtol=1e-9)
    np.testing.assert_allclose(stats.poisson.cdf(events, found.upper), 0.025, rtol=1e-9)


def test_a_missing_count_has_no_interval():
    found = poisson(np.array([np.nan]))
    assert np.isnan(found.lower[0])
    assert np.isnan(found.upper[0])


def test_wilson_at_known_values():
    # Newcombe (1998), method 3: 81 of 263 and 0 of 20
    found = wilson(np.array([81 / 263, 0.0]), np.array([263.0, 20.0]))
    np.testing.assert_allclose(found.lower, [0.2553, 0.0], atol=5e-5)
    np.testing.assert_allclose(found.upper, [0.3662, 0.1611], atol=5e-5)


def test_wilson_mirrors():
    share, n = np.linspace(0, 1, 21), np.full(21, 37.5)
    found, mirrored = wilson(share, n), wilson(1 - share, n)
    np.testing.assert_allclose(found.lower, 1 - mirrored.upper, atol=1e-12)


def test_wilson_without_an_effective_size_is_missing():
    found = wilson(np.array([0.5]), np.array([np.nan]))
    assert np.isnan([found.lower[0], found.upper[0]]).all()


def test_wilson_narrows_with_n_and_widens_with_the_level():
    few, many = (wilson(np.array([0.2]), np.array([n])) for n in (50.0, 500.0))
    sure = wilson(np.array([0.2]), np.array([50.0]), 0.998)
    assert many.upper - many.lower < few.upper - few.lower < sure.upper - sure.lower


def test_wilson_with_few_degrees_of_freedom_has_students_quantile():
    # share 0.3, n 50, t(9) = 2.262157: (0.3 + t2 / 100 -+ t sqrt(0.21 / 50 + t2 / 10000)) / ...
    found = wilson_student(np.array([0.3]), np.array([50.0]), np.array([9.0]))
    t2 = 2.262157**2
    centre, half = 0.3 + t2 / 100, np.sqrt(t2) * np.sqrt(0.21 / 50 + t2 / 10_000)
    assert found.lower[0] == pytest.approx((centre - half) / (1 + t2 / 50), rel=1e-6)
    assert found.upper[0] == pytest.approx((centre + half) / (1 + t2 / 50), rel=1e-6)


def test_wilson_with_infinite_degrees_of_freedom_is_wilsons():
    share, n = np.linspace(0, 1, 11), np.full(11, 40.0)
    known = wilson_student(share, n, np.full(11, np.inf))
    np.testing.assert_array_equal(known, wilson(share, n))
    assert np.isnan(wilson_student(share, n, np.zeros(11))).all()


def test_student_quantile_of_one_degree_of_freedom():
    # Cauchy: tan(0.475 pi)
    found = student_quantile(np.array([1.0]))
    assert found[0] == pytest.approx(np.tan(0.475 * np.pi), rel=1e-9)


def test_effective_size_is_that_of_a_simple_random_sample():
    found = effective_size(np.array([0.2, 0.5, 0.0, 1.0]), np.array([0.16 / 80, np.nan, 0.0, 0.0]))
    np.testing.assert_allclose(found, [80, np.nan, np.nan, np.nan])


def test_student_interval():
    found = symmetric(np.array([10.0]), np.array([2.0]), np.array([4.0]))
    assert found.lower[0] == pytest.approx(10 - 2.776445 * 2, rel=1e-6)
    assert found.lower[0] + found.upper[0] == pytest.approx(20)


def test_infinite_degrees_of_freedom_give_the_normal_interval():
    found = symmetric(np.array([0.0]), np.array([1.0]), np.array([np.inf]))
    assert found.upper[0] == normal_quantile() == pytest.approx(1.959964, abs=1e-6)


@pytest.mark.parametrize("df", [0.0, -1.0])
def test_no_degrees_of_freedom_no_interval(df):
    found = symmetric(np.array([10.0]), np.array([2.0]), np.array([df]))
    assert np.isnan([found.lower[0], found.upper[0]]).all()
