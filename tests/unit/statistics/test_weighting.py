"""Trimming and diagnostics by hand."""

import numpy as np
import pytest

from urban_safety_monitor.errors import DesignError
from urban_safety_monitor.statistics.calibration import indicators
from urban_safety_monitor.statistics.weighting import QUANTILES, margins, summary, trim


def test_what_is_cut_off_goes_to_the_others_in_proportion():
    # 10 is cut to 6; the 4 over raise 1, 2 and 3 by the factor 10 / 6
    found = trim(np.array([1.0, 2.0, 3.0, 10.0]), 0.0, 6.0)
    np.testing.assert_allclose(found.weights, [10 / 6, 20 / 6, 5, 6])
    np.testing.assert_array_equal(found.held, [False, False, False, True])
    assert found.factor == pytest.approx(10 / 6)


def test_weights_that_grow_over_the_bound_are_held_too():
    # 5 grows past 6 as well: 1 and 2 share 18 - 12 = 6
    found = trim(np.array([1.0, 2.0, 5.0, 10.0]), 0.0, 6.0)
    np.testing.assert_allclose(found.weights, [2, 4, 6, 6])


def test_small_weights_are_raised_at_the_cost_of_the_others():
    found = trim(np.array([0.5, 2.0, 3.0, 4.5]), 1.0, 9.0)
    np.testing.assert_allclose(found.weights, [1, 9 * 2 / 9.5, 9 * 3 / 9.5, 9 * 4.5 / 9.5])
    np.testing.assert_array_equal(found.held, [True, False, False, False])


def test_weights_within_the_bounds_stay():
    weights = np.array([1.0, 2.0, 3.0])
    found = trim(weights, 0.5, 4.0)
    np.testing.assert_allclose(found.weights, weights, rtol=1e-14)
    assert not found.held.any()


@pytest.mark.parametrize(("lower", "upper"), [(0.0, 1.5), (2.5, 9.0)])
def test_bounds_that_leave_no_room_for_the_sum_are_refused(lower, upper):
    with pytest.raises(DesignError, match="with the mean 2"):
        trim(np.array([1.0, 2.0, 3.0]), lower, upper)


def test_summary_puts_before_and_after_side_by_side():
    weights = np.array([[1.0, 2.0], [1.0, 2.0], [2.0, 2.0]])
    found = summary(weights)
    np.testing.assert_allclose(found.total, [4, 6])
    np.testing.assert_allclose([found.smallest, found.largest], [[1, 2], [2, 2]])
    np.testing.assert_allclose(found.design_effect, [1.125, 1])
    np.testing.assert_allclose(found.n_effective, [3 / 1.125, 3])
    np.testing.assert_allclose(found.variation**2 + 1, found.design_effect)
    assert found.quantiles.shape == (2, len(QUANTILES))
    assert found.quantiles[0, 3] == 1


def test_margins_show_what_share_of_each_target_is_reached():
    group = indicators(np.array([0, 0, 1]), 3)
    weights = np.array([[1.0, 2.0], [1.0, 2.0], [2.0, 3.0]])
    found = margins(weights, group, np.array([4.0, 4.0, 0.0]))
    np.testing.assert_allclose(found.total, [[2, 4], [2, 3], [0, 0]])
    np.testing.assert_allclose(found.of_target, [[0.5, 1], [0.5, 0.75], [np.nan, np.nan]])
