import numpy as np
import pytest

from urban_safety_monitor.statistics.composite import aggregate, normalise, ranks


def test_goalposts_score_0_and_100_and_beyond_them_nothing_changes():
    values = np.array([-5.0, 0.0, 2.0, 10.0, 11.0, np.nan])
    np.testing.assert_allclose(normalise(values, 10, 0), [100, 100, 80, 0, 0, np.nan])
    np.testing.assert_allclose(normalise(values, 0, 10), [0, 0, 20, 100, 100, np.nan])


def test_log_scale_scores_ratios():
    values = np.array([100.0, 10.0, 1.0, 0.0, np.nan])
    np.testing.assert_allclose(normalise(values, 100, 1, log=True), [0, 50, 100, 100, np.nan])


def test_arithmetic_mean_by_importance():
    scores = np.array([[10.0, 40.0], [np.nan, 40.0], [np.nan, np.nan]])
    np.testing.assert_allclose(aggregate(scores, np.array([1.0, 2.0])), [30, 40, np.nan])


def test_geometric_and_harmonic_means():
    scores, weights = np.array([[20.0, 80.0]]), np.array([1.0, 1.0])
    assert aggregate(scores, weights, "geometric")[0] == pytest.approx(40)
    assert aggregate(scores, weights, "harmonic")[0] == pytest.approx(32)


@pytest.mark.parametrize("how", ["geometric", "harmonic"])
def test_a_score_of_zero_is_not_made_good_by_others(how):
    assert aggregate(np.array([[0.0, 90.0]]), np.array([1.0, 1.0]), how)[0] == 0


def test_importance_may_differ_by_row():
    scores = np.array([[10.0, 40.0], [10.0, 40.0]])
    found = aggregate(scores, np.array([[1.0, 0.0], [1.0, 1.0]]))
    np.testing.assert_allclose(found, [10, 25])


def test_draws_are_aggregated_column_by_column():
    scores = np.array([[[10.0, 20.0], [30.0, 60.0]]])
    np.testing.assert_allclose(aggregate(scores, np.array([1.0, 1.0])), [[20, 40]])


def test_equal_scores_share_the_better_rank_and_missing_ones_have_none():
    found = ranks(np.array([50.0, 70.0, np.nan, 50.0, 10.0]))
    np.testing.assert_array_equal(found, [2, 1, np.nan, 2, 4])


def test_each_draw_is_ranked_on_its_own():
    found = ranks(np.array([[1.0, 9.0], [2.0, 8.0], [2.0, np.nan]]))
    np.testing.assert_array_equal(found, [[3, 1], [1, 2], [1, np.nan]])
