import numpy as np

from urban_safety_monitor.statistics.ranking import mean_ranks, rank_sets, ranks


def test_equal_scores_share_the_better_rank_and_missing_ones_have_none():
    found = ranks(np.array([50.0, 70.0, np.nan, 50.0, 10.0]))
    np.testing.assert_array_equal(found, [2, 1, np.nan, 2, 4])


def test_each_draw_is_ranked_on_its_own():
    found = ranks(np.array([[1.0, 9.0], [2.0, 8.0], [2.0, np.nan]]))
    np.testing.assert_array_equal(found, [[3, 1], [1, 2], [1, np.nan]])


def test_equal_scores_may_share_the_mean_of_their_ranks():
    found = mean_ranks(np.array([50.0, 70, np.nan, 50, 10]))
    np.testing.assert_array_equal(found, [2.5, 1, np.nan, 2.5, 4])


def test_ranks_that_clear_differences_leave():
    values = np.array([10.0, 0.0, 0.1, -10.0])
    found = rank_sets(values, 0.01 * np.eye(4), np.random.default_rng(1))
    np.testing.assert_array_equal(found.best, [1, 2, 2, 4])
    np.testing.assert_array_equal(found.worst, [1, 3, 3, 4])


def test_nothing_is_known_where_the_error_is_large():
    found = rank_sets(np.array([3.0, 2, 1]), 100 * np.eye(3), np.random.default_rng(1))
    np.testing.assert_array_equal(found.best, [1, 1, 1])
    np.testing.assert_array_equal(found.worst, [3, 3, 3])


def test_a_shared_error_does_not_blur_the_order():
    shared = np.full((3, 3), 100.0) + 0.001 * np.eye(3)
    found = rank_sets(np.array([3.0, 2, 1]), shared, np.random.default_rng(1))
    np.testing.assert_array_equal(found.best, [1, 2, 3])
    np.testing.assert_array_equal(found.worst, found.best)


def test_values_without_error_have_their_ranks():
    found = rank_sets(np.array([3.0, 3, 1]), np.zeros((3, 3)), np.random.default_rng(1))
    np.testing.assert_array_equal(found.best, [1, 1, 3])
    np.testing.assert_array_equal(found.worst, [2, 2, 3])
