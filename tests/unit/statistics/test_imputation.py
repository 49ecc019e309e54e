import numpy as np

from urban_safety_monitor.statistics.imputation import impute_group_mean

GROUP = np.array([0, 0, 1, 0, 1])


def test_what_is_missing_gets_the_mean_of_its_group_and_is_flagged():
    values = np.array([[1.0, 5], [3, np.nan], [100, np.nan], [np.nan, 7], [np.nan, np.nan]])
    found = impute_group_mean(values, GROUP)
    # of group 1 nobody has the second indicator
    expected = [[1, 5], [3, 6], [100, np.nan], [2, 7], [100, np.nan]]
    np.testing.assert_array_equal(found.values, expected)
    filled = [[False] * 2, [False, True], [False] * 2, [True, False], [True, False]]
    np.testing.assert_array_equal(found.filled, filled)


def test_each_draw_is_imputed_on_its_own():
    values = np.array([[[1.0, 10]], [[3, 30]], [[0, 0]], [[np.nan, np.nan]], [[0, 0]]])
    np.testing.assert_array_equal(impute_group_mean(values, GROUP).values[3, 0], [2, 20])
