import numpy as np
import pytest

from urban_safety_monitor.statistics.normalisation import (
    distance_to_best,
    distance_to_target,
    min_max,
    normalise,
    normalised,
    percentiles,
    rank_scores,
    z_scores,
)

UP, DOWN = np.array(1.0), np.array(-1.0)


def test_goalposts_score_0_and_100_and_beyond_them_nothing_changes():
    values = np.array([-5.0, 0.0, 2.0, 10.0, 11.0, np.nan])
    np.testing.assert_allclose(normalise(values, 10, 0), [100, 100, 80, 0, 0, np.nan])
    np.testing.assert_allclose(normalise(values, 0, 10), [0, 0, 20, 100, 100, np.nan])


def test_log_scale_scores_ratios():
    values = np.array([100.0, 10.0, 1.0, 0.0, np.nan])
    np.testing.assert_allclose(normalise(values, 100, 1, log=True), [0, 50, 100, 100, np.nan])


def test_min_max_scores_between_the_worst_and_the_best():
    values = np.array([2.0, 4, np.nan, 10])
    np.testing.assert_allclose(min_max(values, UP), [0, 25, np.nan, 100])
    np.testing.assert_allclose(min_max(values, DOWN, lowest=1), [100, 75.25, np.nan, 1])


def test_what_does_not_differ_has_no_min_max_score_and_no_z_score():
    assert np.isnan(min_max(np.full(3, 7.0), UP)).all()
    assert np.isnan(z_scores(np.full(3, 7.0), UP)).all()
    assert np.isnan(rank_scores(np.array([7.0, np.nan]), UP)).all()


def test_z_scores_count_standard_deviations():
    values = np.array([1.0, 2, np.nan, 3])
    np.testing.assert_allclose(z_scores(values, UP), [40, 50, np.nan, 60])
    np.testing.assert_allclose(z_scores(values, DOWN, mean=0, spread=1), [1, 0, np.nan, -1])


def test_rank_scores_and_percentiles():
    values = np.array([10.0, 30, 20, 20, np.nan])
    np.testing.assert_allclose(rank_scores(values, UP), [0, 100, 200 / 3, 200 / 3, np.nan])
    np.testing.assert_allclose(rank_scores(values, DOWN), [100, 0, 200 / 3, 200 / 3, np.nan])
    # 3 of 4 do worse than 30, and it counts half itself
    np.testing.assert_allclose(percentiles(values, UP), [12.5, 87.5, 50, 50, np.nan])
    np.testing.assert_allclose(percentiles(values, DOWN), [87.5, 12.5, 50, 50, np.nan])


def test_distance_to_a_target_counts_from_the_worst():
    values = np.array([0.0, 5, 10, np.nan])
    np.testing.assert_allclose(
        distance_to_target(values, UP, np.array(8.0)), [0, 62.5, 100, np.nan]
    )
    np.testing.assert_allclose(
        distance_to_target(values, DOWN, np.array(2.0)), [100, 62.5, 0, np.nan]
    )
    assert np.isnan(distance_to_target(values, UP, np.array(0.0))).all()


def test_distance_to_the_best_is_a_ratio():
    values = np.array([2.0, 4, 0, np.nan])
    np.testing.assert_allclose(distance_to_best(values, UP), [50, 100, np.nan, np.nan])
    np.testing.assert_allclose(distance_to_best(values, DOWN), [100, 50, np.nan, np.nan])


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("goalposts", [[25, 75], [75, 25], [50, 50]]),
        ("min_max", [[0, 100], [100, 0], [50, 50]]),
        ("z_score", [[40, 60], [60, 40], [50, 50]]),
        ("rank", [[0, 100], [100, 0], [50, 50]]),
        ("percentile", [[50 / 3, 250 / 3], [250 / 3, 50 / 3], [50, 50]]),
        ("target", [[0, 100], [200 / 3, 0], [100 / 3, 50]]),
        ("best", [[100 / 3, 100], [100, 100 / 3], [200 / 3, 50]]),
    ],
)
def test_the_order_of_goalposts_carries_the_direction_into_every_method(how, expected):
    values = np.array([[1.0, 1], [3, 3], [2, 2]])
    goalposts = np.array([[0.0, 4], [4, 0]])
    if how == "target":
        goalposts[1, 1] = 1.0
    np.testing.assert_allclose(normalised(values, goalposts, how), expected, atol=1e-12)
    drawn = normalised(np.stack([values] * 2, axis=-1), goalposts[:, :, None], how)
    np.testing.assert_allclose(drawn[..., 1], expected, atol=1e-12)
