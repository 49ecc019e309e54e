"""Design effects by hand."""

import numpy as np
import pytest

from urban_safety_monitor.statistics.design_effect import (
    deff,
    deff_wr,
    effective_n,
    settled,
    simple_variance,
    weighting_effect,
)


def test_simple_variance_is_that_of_a_mean():
    values = np.array([1.0, 4.0, 4.0, 7.0])
    weights = np.full(4, 25.0)
    squares = (weights * (values - values.mean()) ** 2).sum()
    found = simple_variance(squares, weights.sum(), np.array(4.0))
    assert found == pytest.approx(values.var(ddof=1) / 4)
    assert np.isnan(simple_variance(np.array(0.0), np.array(25.0), np.array(1.0)))


def test_both_forms_and_the_effective_size():
    # variance 3 against 2 with and 2 x (1 - 10/40) = 1.5 without replacement
    assert deff_wr(np.array(3.0), np.array(2.0)) == 1.5
    assert deff(np.array(3.0), np.array(2.0), np.array(10.0), np.array(40.0)) == 2.0
    assert effective_n(np.array(10.0), np.array(1.5)) == pytest.approx(6.667, abs=1e-3)


def test_nothing_to_compare_with_is_missing():
    assert np.isnan(deff_wr(np.array(3.0), np.array(0.0)))
    assert np.isnan(deff(np.array(3.0), np.array(2.0), np.array(10.0), np.array(10.0)))
    assert np.isnan(effective_n(np.array(10.0), np.array(np.nan)))


def test_unequal_weights_by_kishs_formula():
    # 1, 1, 2: 3 x 6 / 16
    found = weighting_effect(np.array([[1.0, 5.0], [1.0, 5.0], [2.0, 5.0]]))
    np.testing.assert_allclose(found, [1.125, 1.0])


def test_a_design_effect_settles_between_its_own_and_the_usual():
    # events: 0.05 x 200 / 2 = 5 count as much as the usual, 0 nothing, very many everything
    share, n = np.array([0.0, 0.05, 0.5, 0.95]), np.array([200.0, 200, 1e13, 200])
    own, usual = np.array([np.nan, 8.0, 8.0, 8.0]), np.full(4, 2.0)
    found = settled(share, n, own, np.full(4, 1e13), usual)
    np.testing.assert_allclose(found.effect, [2, 4, 8, 4])  # halfway is the geometric mean
    np.testing.assert_allclose(found.degrees_of_freedom / 1e13, [np.inf, 4, 1, 4], rtol=1e-9)


def test_few_degrees_of_freedom_settle_a_common_share_too():
    # 5 degrees of freedom: half and half, 5 / 0.5^2 = 20 left; none: none left
    share, n, own = np.full(2, 0.5), np.full(2, 1000.0), np.full(2, 8.0)
    found = settled(share, n, own, np.array([5.0, 0.0]), np.full(2, 2.0))
    np.testing.assert_allclose(found.effect, [4, 2])
    np.testing.assert_allclose(found.degrees_of_freedom, [20, np.nan])
