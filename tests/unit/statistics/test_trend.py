import numpy as np
import pytest

from urban_safety_monitor.statistics.trend import segments_of, trend

YEARS = np.array([2018.0, 2020, 2022, 2024])
ONE = np.zeros((1, 4), dtype=int)


def test_a_straight_line():
    found = trend(YEARS, np.array([[10.0, 12, 14, 16]]), np.full((1, 4), 4.0), ONE)
    assert found.slope[0] == pytest.approx(1)
    # squared distances from the mean year: 9 + 1 + 1 + 9 = 20; error sqrt(4 / 20)
    assert found.standard_error[0] == pytest.approx(np.sqrt(0.2))
    assert found.p_value[0] == pytest.approx(0.0253473, abs=1e-6)  # beyond sqrt(5) errors
    assert found.scatter[0] == pytest.approx(0, abs=1e-9)
    assert found.degrees_of_freedom[0] == 2


def test_a_break_shifts_the_level_and_leaves_the_slope():
    value, variance = np.array([[10.0, 12, 54, 56]]), np.ones((1, 4))
    segment = segments_of(np.array([[False, False, True, False]]))
    np.testing.assert_array_equal(segment, [[0, 0, 1, 1]])
    found = trend(YEARS, value, variance, segment)
    assert found.slope[0] == pytest.approx(1)
    assert found.standard_error[0] == pytest.approx(0.5)  # 1 / sqrt(4 x 1)
    assert found.degrees_of_freedom[0] == 1
    assert trend(YEARS, value, variance, ONE).slope[0] == pytest.approx(9)


def test_precise_rounds_count_more():
    value = np.array([[0.0, 10, 10, 10]])
    sure = trend(YEARS, value, np.array([[1e6, 1, 1, 1]]), ONE)
    assert sure.slope[0] == pytest.approx(0, abs=1e-4)


def test_scatter_beyond_the_sampling_errors_widens_the_error():
    # slope 0; residuals of 10, -10, -10, 10 in units of the error; two degrees of freedom
    found = trend(YEARS, np.array([[10.0, -10, -10, 10]]), np.ones((1, 4)), ONE)
    assert found.scatter[0] == pytest.approx(np.sqrt(200))
    assert found.standard_error[0] == pytest.approx(np.sqrt(200 / 20))


def test_rounds_without_a_value_or_an_error_do_not_count():
    nan = np.nan
    value = np.array([[10.0, nan, 14, 99], [1, 2, nan, nan], [5, nan, nan, nan]])
    variance = np.array([[4.0, 4, 4, nan], [1, 0, 1, 1], [1, 1, 1, 1]])
    found = trend(YEARS, value, variance, np.zeros((3, 4), dtype=int))
    np.testing.assert_allclose(found.slope, [1, nan, nan])
    np.testing.assert_allclose(found.standard_error, [np.sqrt(4 / 8), nan, nan])
    np.testing.assert_array_equal(found.degrees_of_freedom, [0, 0, 0])
    assert np.isnan(found.scatter).all()
    assert np.isnan(found.p_value[1:]).all()


def test_single_rounds_between_breaks_say_nothing():
    segment = segments_of(np.array([[False, True, True, True]]))
    assert np.isnan(trend(YEARS, np.ones((1, 4)), np.ones((1, 4)), segment).slope).all()
