import numpy as np
import pytest

from urban_safety_monitor.statistics.coherence import (
    correlations,
    cronbach_alpha,
    principal_components,
)

TWO = np.array([[1.0, 1], [2, 3], [3, 2]])


def test_correlations_use_the_units_that_have_both():
    scores = np.array([[1.0, 1, 5], [2, 3, 5], [3, 2, 5], [np.nan, 50, 5], [4, np.nan, 5]])
    found = correlations(scores)
    assert found[0, 1] == found[1, 0] == pytest.approx(0.5)
    assert found[0, 0] == found[1, 1] == pytest.approx(1)
    assert np.isnan(found[2]).all()


def test_two_units_say_nothing_of_a_correlation():
    assert np.isnan(correlations(np.array([[1.0, 2], [2, 1]]))).all()


def test_cronbachs_alpha_by_hand():
    # variances 1 and 1, covariance 0.5, of the sum 3: 2 (1 - 2 / 3)
    assert cronbach_alpha(TWO) == pytest.approx(2 / 3)
    assert cronbach_alpha(np.vstack([TWO, [np.nan, 9]])) == pytest.approx(2 / 3)
    assert cronbach_alpha(TWO[:, [0, 0]]) == pytest.approx(1)
    assert np.isnan(cronbach_alpha(TWO[:, :1]))


def test_principal_components_of_two_indicators():
    found = principal_components(TWO)  # correlation 0.5
    np.testing.assert_allclose(found.variance, [1.5, 0.5])
    np.testing.assert_allclose(found.explained, [0.75, 0.25])
    np.testing.assert_allclose(found.loadings[:, 0], np.sqrt([0.75, 0.75]))
    np.testing.assert_allclose(np.abs(found.loadings[:, 1]), [0.5, 0.5])
    np.testing.assert_allclose(found.loadings @ found.loadings.T, [[1, 0.5], [0.5, 1]])


def test_no_components_without_all_correlations():
    found = principal_components(np.column_stack([TWO, np.ones(3)]))
    assert np.isnan(found.explained).all()
    assert np.isnan(found.loadings).all()
