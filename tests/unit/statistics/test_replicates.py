"""Replicate weights by hand, and their variances beside the linearised ones."""

import numpy as np
import pytest

from urban_safety_monitor.errors import DesignError
from urban_safety_monitor.statistics.linearisation import Design, covariances
from urban_safety_monitor.statistics.replicates import (
    balanced_half_samples,
    bootstrap,
    degrees_of_freedom,
    jackknife,
    replicate_covariance,
)

STRATUM = np.array([0, 0, 1, 1, 1])
PAIRS = np.repeat(np.arange(5), 2)
FRACTION = np.array([0.1, 0.5])


def linearised(totals, stratum, fraction=None):
    sampled = np.bincount(stratum)
    known = np.zeros(len(sampled)) if fraction is None else fraction
    design = Design(stratum, sampled, known, "fail")
    column = totals[:, None]
    return covariances(column, column, np.zeros(len(totals), dtype=np.intp), 1, design)[0, 0]


def replicated(totals, made):
    estimates = (totals @ made.factors)[:, None]
    centre = np.array([totals.sum()])
    return replicate_covariance(estimates, centre, made.scale, made.rscales)[0, 0]


def totals_of(psus):
    return np.random.default_rng(psus).gamma(2, 10, psus)


def test_jackknife_factors_by_hand():
    made = jackknife(STRATUM)
    expected = [
        [0, 2, 1, 1, 1],
        [2, 0, 1, 1, 1],
        [1, 1, 0, 1.5, 1.5],
        [1, 1, 1.5, 0, 1.5],
        [1, 1, 1.5, 1.5, 0],
    ]
    np.testing.assert_allclose(made.factors, expected)
    np.testing.assert_allclose(made.rscales, [1 / 2, 1 / 2, 2 / 3, 2 / 3, 2 / 3])
    assert made.scale == 1


@pytest.mark.parametrize("fraction", [None, FRACTION])
def test_jackknifed_totals_vary_as_linearised_ones(fraction):
    totals = totals_of(5)
    made = jackknife(STRATUM, fraction)
    assert replicated(totals, made) == pytest.approx(linearised(totals, STRATUM, fraction))


@pytest.mark.parametrize("kept", [0.0, 0.5])
def test_totals_of_balanced_half_samples_vary_as_linearised_ones(kept):
    totals = totals_of(10)
    made = balanced_half_samples(PAIRS, kept)
    assert set(np.unique(made.factors)) == {kept, 2 - kept}
    np.testing.assert_allclose(made.factors.mean(axis=1), 1)
    assert replicated(totals, made) == pytest.approx(linearised(totals, PAIRS))


@pytest.mark.parametrize("fraction", [None, FRACTION])
def test_bootstrapped_totals_vary_about_as_linearised_ones(fraction):
    totals = totals_of(5)
    made = bootstrap(STRATUM, 40_000, np.random.default_rng(1), fraction)
    np.testing.assert_allclose(made.factors[:2].sum(axis=0), 2)
    np.testing.assert_allclose(made.factors[2:].sum(axis=0), 3)
    expected = linearised(totals, STRATUM, fraction)
    assert replicated(totals, made) == pytest.approx(expected, rel=0.05)


def test_the_same_source_of_draws_gives_the_same_replicates():
    one, other = (bootstrap(STRATUM, 10, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(one.factors, other.factors)


def test_degrees_of_freedom_are_psus_less_strata():
    assert degrees_of_freedom(jackknife(STRATUM).factors) == 3
    assert degrees_of_freedom(jackknife(np.zeros(6, dtype=np.intp)).factors) == 5
    assert degrees_of_freedom(balanced_half_samples(PAIRS).factors) == 5
    assert degrees_of_freedom(bootstrap(STRATUM, 50, np.random.default_rng(2)).factors) == 3


def test_given_replicates_by_hand():
    # deviations 1 and -2, 0 and 4; scales 0.5 x (1, 3)
    estimates = np.array([[11.0, 5.0], [8.0, 9.0]])
    found = replicate_covariance(estimates, np.array([10.0, 5.0]), 0.5, np.array([1.0, 3.0]))
    np.testing.assert_allclose(found, 0.5 * np.array([[1 + 12, -24], [-24, 48]]))


def test_their_own_mean_as_centre_leaves_the_bias_out():
    estimates = np.array([[11.0], [13.0]])
    arguments = 0.5, np.ones(2)
    whole = replicate_covariance(estimates, np.array([10.0]), *arguments)
    without = replicate_covariance(estimates, estimates.mean(axis=0), *arguments)
    assert (whole, without) == (5.0, 1.0)


def test_strata_that_cannot_be_replicated_are_all_named():
    with pytest.raises(DesignError) as lonely:
        jackknife(np.array([0, 1, 1, 2]))
    assert [problem[:9] for problem in lonely.value.problems] == ["stratum 0", "stratum 2"]
    with pytest.raises(DesignError) as uneven:
        balanced_half_samples(np.array([0, 0, 0, 1, 1, 2]), 1.0)
    assert [problem.split(";")[0] for problem in uneven.value.problems] == [
        "stratum 0: 3 PSUs",
        "stratum 2: 1 PSUs",
        "the factor kept is 1.0",
    ]
