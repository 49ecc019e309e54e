import numpy as np
import pytest

from urban_safety_monitor.statistics.normalisation import min_max
from urban_safety_monitor.statistics.treatment import (
    denominate,
    has_outliers,
    kurtosis,
    logarithm,
    skewness,
    treat,
    winsorise,
)

ONE_TO_TEN = np.arange(1.0, 11)
WITH_100 = np.append(ONE_TO_TEN, 100.0)


def test_each_indicator_is_divided_by_its_denominator_or_by_none():
    values = np.array([[10.0, 6.0, 7.0], [8.0, 9.0, np.nan]])
    denominators = np.array([[5.0, 2.0], [0.0, np.nan]])
    found = denominate(values, denominators, np.array([0, 1, -1]))
    np.testing.assert_array_equal(found, [[2, 3, 7], [np.nan, np.nan, np.nan]])


def test_skewness_and_kurtosis_by_hand():
    # Mean 4; distances -3, -2, -1, 0, 6; squares sum to 50, cubes to 180, fourth powers to 1394.
    values = np.array([1.0, 2, 3, 4, 10, np.nan])
    # sqrt(5) 180 / 50^1.5 times sqrt(5 4) / 3
    assert skewness(values) == pytest.approx(12 / np.sqrt(50))
    # ((5 + 1)(5 1394 / 50^2 - 3) + 6) 4 / (3 2)
    assert kurtosis(values) == pytest.approx(3.152)


def test_too_few_values_or_no_differences_have_neither():
    assert np.isnan(skewness(np.array([1.0, 2, np.nan])))
    assert np.isnan(kurtosis(np.array([1.0, 2, 4, np.nan])))
    assert np.isnan(skewness(np.ones(9)))
    assert not has_outliers(np.ones((9, 2))).any()


def test_an_extreme_value_is_set_to_the_next_one_inside():
    found = winsorise(np.column_stack([ONE_TO_TEN, ONE_TO_TEN * 2]))
    np.testing.assert_array_equal(found.points, [0, 0])
    high, low = WITH_100, -WITH_100
    found = winsorise(np.column_stack([high, low]))
    np.testing.assert_array_equal(found.points, [1, 1])
    expected = np.append(ONE_TO_TEN, 10)
    np.testing.assert_array_equal(found.values, np.column_stack([expected, -expected]))


def test_missing_values_stay_missing():
    found = winsorise(np.append(WITH_100, np.nan))
    np.testing.assert_array_equal(found.values, [*ONE_TO_TEN, 10, np.nan])


def test_what_winsorising_does_not_mend_is_put_on_a_log_scale_as_it_came():
    found = treat(np.column_stack([WITH_100, np.append(ONE_TO_TEN, 11)]), most_winsorised=0)
    np.testing.assert_array_equal(found.logarithmic, [True, False])
    np.testing.assert_array_equal(found.winsorised, [0, 0])
    # smallest 1, range 99: log(x - 1 + 0.99)
    np.testing.assert_allclose(found.values[:, 0], np.log(WITH_100 - 0.01))
    np.testing.assert_array_equal(found.values[:, 1], np.append(ONE_TO_TEN, 11))


def test_a_rare_yes_is_no_outlier_to_be_wiped_out():
    values = np.append(np.zeros(30), 1.0)
    found = treat(values)
    assert found.winsorised == 0
    np.testing.assert_allclose(min_max(found.values, np.array(1.0)), 100 * values, atol=1e-12)


def test_logarithm_leaves_the_order():
    values = np.array([5.0, -3, 900, np.nan, 5.1])
    np.testing.assert_array_equal(np.argsort(logarithm(values)), np.argsort(values))


def test_each_draw_is_treated_on_its_own():
    values = np.stack([WITH_100, np.append(ONE_TO_TEN, 11)], axis=-1)[:, None]
    found = treat(values)
    np.testing.assert_array_equal(found.winsorised, [[1, 0]])
    assert found.values.shape == (11, 1, 2)
