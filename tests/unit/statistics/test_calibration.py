"""Calibrated weights by hand."""

import numpy as np
import pytest

from urban_safety_monitor.errors import DesignError
from urban_safety_monitor.statistics.calibration import (
    calibrate,
    calibrated_influence,
    exponential,
    indicators,
    linear,
    logit,
    post_stratify,
    rake,
)

WEIGHT = np.array([1.0, 1.0, 2.0, 4.0])
SEX, AGE = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
DISTANCES = {
    "linear": linear(),
    "truncated": linear(0.4, 2.5),
    "logit": logit(0.4, 2.5),
    "exponential": exponential(),
}


def test_post_stratification_by_hand():
    found = post_stratify(WEIGHT, SEX, np.array([6.0, 3.0]))
    np.testing.assert_allclose(found.weights, [3, 3, 1, 2])
    np.testing.assert_allclose(found.factors, [3, 3, 0.5, 0.5])
    assert found.converged
    assert not found.empty.any()


def test_a_group_without_records_is_named_and_the_others_are_met():
    found = post_stratify(WEIGHT, SEX, np.array([6.0, 3.0, 5.0, 0.0]))
    np.testing.assert_array_equal(found.empty, [False, False, True, False])
    np.testing.assert_allclose(found.missed, [0, 0, 5 / 6, 0])
    assert found.weights.sum() == 9


def test_raking_by_hand():
    # Margins 4 and 4, 4 and 4 of a table with the odds ratio 1 x 4 / (1 x 2) = 2:
    # cells x, 4 - x with (x / (4 - x))^2 = 2
    found = rake(WEIGHT, [SEX, AGE], [np.full(2, 4.0), np.full(2, 4.0)])
    x = 4 * np.sqrt(2) / (1 + np.sqrt(2))
    np.testing.assert_allclose(found.weights, [x, 4 - x, 4 - x, x], rtol=1e-9)
    assert found.converged
    assert found.rounds > 1


def test_raking_is_calibration_with_the_exponential_distance():
    targets = [np.array([3.0, 5.0]), np.array([4.5, 3.5])]
    raked = rake(WEIGHT, [SEX, AGE], targets)
    auxiliary = np.hstack([indicators(SEX, 2), indicators(AGE, 2)])
    found = calibrate(WEIGHT, auxiliary, np.concatenate(targets), exponential())
    np.testing.assert_allclose(found.weights, raked.weights, rtol=1e-8)


def test_margins_that_contradict_each_other_are_not_called_met():
    found = rake(WEIGHT, [SEX, AGE], [np.full(2, 4.0), np.full(2, 5.0)], most_rounds=20)
    assert not found.converged
    assert found.rounds == 20
    assert np.abs(found.missed).max() > 0.1


def test_empty_margins_of_raking_are_all_named():
    targets = [np.array([3.0, 5.0, 1.0]), np.array([4.0, 4.0, 2.0])]
    found = rake(WEIGHT, [SEX, AGE], targets)
    np.testing.assert_array_equal(found.empty, [False, False, True, False, False, True])
    assert found.converged


def test_linear_calibration_by_hand():
    # One variable x: g = 1 + x (X - sum w x) / sum w x^2
    x = np.array([[1.0], [2.0], [0.0], [3.0]])
    found = calibrate(WEIGHT, x, np.array([20.0]), linear())
    np.testing.assert_allclose(found.factors, 1 + x[:, 0] * (20 - 15) / 41)
    assert found.rounds == 1


@pytest.mark.parametrize("name", DISTANCES)
def test_every_distance_meets_its_targets(name):
    auxiliary = np.column_stack([np.ones(4), [1.0, 2.0, 0.0, 3.0]])
    targets = np.array([9.0, 15.0])
    found = calibrate(WEIGHT, auxiliary, targets, DISTANCES[name])
    assert found.converged
    assert found.rounds <= 6  # Newton's steps double the digits each time
    np.testing.assert_allclose(auxiliary.T @ found.weights, targets, rtol=1e-9)


@pytest.mark.parametrize("name", DISTANCES)
def test_distances_are_alike_near_no_change(name):
    # Deville and Särndal scale them so that factor and slope are 1 there.
    factor, slope = DISTANCES[name]
    nothing, little = np.zeros(1), np.full(1, 1e-6)
    np.testing.assert_allclose([factor(nothing), slope(nothing)], 1)
    np.testing.assert_allclose((factor(little) - factor(-little)) / 2e-6, 1, rtol=1e-5)


@pytest.mark.parametrize("name", DISTANCES)
def test_slopes_are_those_of_the_factors(name):
    factor, slope = DISTANCES[name]
    u, little = np.array([-3.0, -0.5, 0.3, 1.4, 3.0]), 1e-6
    measured = (factor(u + little) - factor(u - little)) / (2 * little)
    np.testing.assert_allclose(slope(u), measured, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("distance", [linear(0.9, 1.1), logit(0.9, 1.1)])
def test_targets_out_of_reach_of_the_bounds_are_not_called_met(distance):
    found = calibrate(WEIGHT, indicators(SEX, 2), np.array([6.0, 6.0]), distance)
    assert not found.converged
    assert 0.9 <= found.factors.min() <= found.factors.max() <= 1.1
    assert found.missed[0] > 0.4


@pytest.mark.parametrize(("lower", "upper"), [(1.0, 2.0), (0.5, 1.0), (2.0, 3.0)])
def test_bounds_must_enclose_one(lower, upper):
    for distance in (linear, logit):
        with pytest.raises(DesignError, match="below and above 1"):
            distance(lower, upper)


def test_residuals_of_post_strata_are_deviations_from_their_means():
    values = np.array([[2.0], [4.0], [1.0], [7.0]])
    factors = np.array([3.0, 3.0, 0.5, 0.5])
    found = calibrated_influence(factors, WEIGHT, indicators(SEX, 2), values)
    # means 3 and (2 x 1 + 4 x 7) / 6 = 5; weights 3, 3, 1, 2
    np.testing.assert_allclose(found[:, 0], [-3, 3, -4, 4])


def test_residuals_come_from_sampling_weights_and_are_weighted_by_calibrated_ones():
    x, y = np.array([1.0, 2.0, 0.0, 3.0]), np.array([2.0, 1.0, 0.0, 7.0])
    auxiliary, factors = np.column_stack([np.ones(4), x]), np.array([0.5, 2.0, 1.0, 1.5])
    slope, start = np.polyfit(x, y, 1, w=np.sqrt(WEIGHT))
    found = calibrated_influence(factors, WEIGHT, auxiliary, y[:, None])
    np.testing.assert_allclose(found[:, 0], factors * WEIGHT * (y - start - slope * x))


def test_what_is_calibrated_to_no_longer_varies():
    auxiliary = np.hstack([indicators(SEX, 2), indicators(AGE, 2)])
    found = calibrated_influence(np.ones(4), WEIGHT, auxiliary, auxiliary)
    np.testing.assert_allclose(found, 0, atol=1e-12)
