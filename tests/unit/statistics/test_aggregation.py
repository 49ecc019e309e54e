import numpy as np
import pytest

from urban_safety_monitor.statistics.aggregation import aggregate, copeland, outranking

EQUAL = np.ones(2)


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


@pytest.mark.parametrize("how", ["arithmetic", "geometric", "harmonic", "median"])
def test_what_has_no_importance_does_not_count(how):
    scores = np.array([[0.0, 90.0], [-5.0, np.nan]])
    found = aggregate(scores, np.array([0.0, 1.0]), how)
    np.testing.assert_allclose(found, [90, np.nan])


def test_importance_may_differ_by_row():
    scores = np.array([[10.0, 40.0], [10.0, 40.0]])
    found = aggregate(scores, np.array([[1.0, 0.0], [1.0, 1.0]]))
    np.testing.assert_allclose(found, [10, 25])


def test_draws_are_aggregated_column_by_column():
    scores = np.array([[[10.0, 20.0], [30.0, 60.0]]])
    np.testing.assert_allclose(aggregate(scores, np.array([1.0, 1.0])), [[20, 40]])


def test_importance_may_differ_by_draw():
    importance = np.array([[[1.0, 0.0], [1.0, 1.0]]])
    found = aggregate(np.array([[[10.0], [40.0]], [[np.nan], [7.0]]]), importance)
    np.testing.assert_allclose(found, [[25, 40], [7, 7]])


def test_the_median_has_half_of_the_importance_on_either_side():
    scores = np.array([[40.0, 10, 20], [40, np.nan, 20], [np.nan] * 3])
    np.testing.assert_allclose(aggregate(scores, np.ones(3), "median"), [20, 30, np.nan])
    heavy = np.array([1.0, 3, 1])
    np.testing.assert_allclose(aggregate(scores, heavy, "median"), [10, 30, np.nan])


def test_mazziotta_pareto_takes_off_what_is_unbalanced():
    # On the scale of 70 to 130: mean 100, variance 900, 100 - 900 / 100 = 91.
    scores = np.array([[0.0, 100], [50, 50], [np.nan, 80]])
    np.testing.assert_allclose(aggregate(scores, EQUAL, "mazziotta_pareto"), [35, 50, 80])


DUELS = np.array([[90.0, 80], [50, 60], [40, 90]])


def test_outranking_counts_the_importance_of_what_is_higher():
    nan = np.nan
    found = outranking(DUELS, EQUAL)
    np.testing.assert_allclose(found, [[nan, 1, 0.5], [0, nan, 0.5], [0.5, 0.5, nan]])
    found = outranking(DUELS, np.array([3.0, 1.0]))
    np.testing.assert_allclose(found, [[nan, 1, 0.75], [0, nan, 0.75], [0.25, 0.25, nan]])


def test_outranking_uses_what_both_have_and_ties_count_half():
    found = outranking(np.array([[90.0, np.nan], [90, 60], [np.nan, 50]]), EQUAL)
    assert found[0, 1] == found[1, 0] == 0.5
    assert found[1, 2] == 1
    assert np.isnan(found[0, 2])


def test_copelands_score_is_the_share_of_others_outranked():
    np.testing.assert_allclose(copeland(DUELS, EQUAL), [75, 25, 50])
    np.testing.assert_allclose(aggregate(DUELS, EQUAL, "copeland"), [75, 25, 50])
    drawn = np.stack([DUELS, -DUELS], axis=-1)
    found = aggregate(drawn, np.ones((1, 2, 2)), "copeland")
    np.testing.assert_allclose(found, [[75, 25], [25, 75], [50, 50]])


def test_who_can_be_compared_with_nobody_has_no_copeland_score():
    scores = np.vstack([DUELS, [np.nan, np.nan]])
    np.testing.assert_allclose(copeland(scores, EQUAL), [75, 25, 50, np.nan])
