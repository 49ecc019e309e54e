"""The one status rule: is a value better, worse or not to be told apart from a benchmark?

Each test rejects exactly the values that the interval of its kind of estimate leaves out, so no
page can show both a benchmark inside an interval and a clear difference from it.

Source: score test for shares (Wilson 1927), exact test for counts (Garwood 1936), Student's or
normal test otherwise; false discovery rate by Benjamini and Hochberg (1995), error rate of the
whole family by Holm (1979). Spiegelhalter (2005) shows why limits and test must agree. Equivalence
by two one-sided tests (Schuirmann 1987); smallest detectable difference after Bloom (1995).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from urban_safety_monitor.statistics.intervals import normal_quantile

Floats = NDArray[np.float64]


class Test(NamedTuple):
    """Differences (value less benchmark), z and two-sided p-values, all of one shape."""

    difference: Floats
    z: Floats
    p_value: Floats


def score_test(
    share: Floats, n_effective: Floats, benchmark: Floats, benchmark_variance: Floats
) -> Test:
    """Test shares (0 to 1) against benchmarks with the error the benchmark value implies.

    Args:
        share: (n,) shares.
        n_effective: (n,) their effective sample sizes.
        benchmark: (n,) shares to compare with; the error is that of the benchmark's share.
        benchmark_variance: (n,) variance of the benchmark; 0 where it is treated as fixed.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = benchmark * (1 - benchmark) / n_effective + benchmark_variance
    return _test(share - benchmark, variance)


def normal_test(difference: Floats, variance: Floats) -> Test:
    """Test differences against 0 with their variances."""
    return _test(difference, variance)


def student_test(difference: Floats, variance: Floats, degrees_of_freedom: Floats) -> Test:
    """Test differences against 0; z is the normal deviate of the same probability.

    Args:
        difference: (n,).
        variance: (n,) of the differences.
        degrees_of_freedom: (n,) of the variances; NaN where they are as good as known.
    """
    plain = normal_test(difference, variance)
    tail = special.stdtr(degrees_of_freedom, -np.abs(plain.z))
    z = np.where(np.isnan(degrees_of_freedom), plain.z, -np.sign(plain.z) * special.ndtri(tail))
    return Test(difference, z, 2 * special.ndtr(-np.abs(z)))


def poisson_test(events: Floats, expected: Floats) -> Test:
    """Test counts (n,) of events against the numbers expected, by the smaller exact tail."""
    fewer = special.gammaincc(events + 1, expected)
    more = np.where(events == 0, 1.0, special.gammainc(np.maximum(events, 1), expected))
    z = np.where(
        events < expected,
        np.minimum(special.ndtri(fewer), 0),
        np.maximum(-special.ndtri(more), 0),
    )
    return Test(events - expected, z, 2 * special.ndtr(-np.abs(z)))


def pairwise_test(
    values: Floats, covariance: Floats, degrees_of_freedom: float = float("nan")
) -> Test:
    """Test every two of the estimates (k,) of one design against each other.

    Args:
        values: (k,) estimates.
        covariance: (k, k) of them; groups that live in the same PSUs, or overlap, share error.
        degrees_of_freedom: of the design; NaN where its variances are as good as known.

    Returns:
        (k, k) tests of the row's estimate less the column's; NaN on the diagonal.
    """
    own = np.diag(covariance)
    # What rounding leaves of a variance of 0 is 0: the estimates rest on the same records.
    variance = own[:, None] + own - 2 * covariance
    variance = np.where(variance <= 1e-14 * (own[:, None] + own), 0.0, variance)
    np.fill_diagonal(variance, np.nan)
    df = np.full(variance.shape, degrees_of_freedom)
    return student_test(values[:, None] - values, variance, df)


def equivalence_p_values(
    difference: Floats, variance: Floats, margin: Floats, degrees_of_freedom: Floats
) -> Floats:
    """P-values of the claim that differences lie within a margin: small ones mean "the same".

    A difference that is not clear is not the same as none: where neither this test nor the one of
    difference rejects, nothing is known. At 5 % this is to find the 90 % interval inside.

    Args:
        difference: (n,).
        variance: (n,) of the differences.
        margin: (n,) the largest difference that does not matter, above 0.
        degrees_of_freedom: (n,) of the variances; NaN where they are as good as known.
    """
    room = margin - np.abs(difference)
    one_sided = student_test(room, variance, degrees_of_freedom).z
    return np.asarray(special.ndtr(-one_sided))


def smallest_detectable(variance: Floats, level: float = 0.95, power: float = 0.8) -> Floats:
    """The true difference that a test at the level finds with the given power.

    Args:
        variance: (n,) of the differences: both variances less twice the covariance.
        level: confidence level of the test; 0.95 tests at 5 %.
        power: probability to find it, the other direction's tiny share left out.
    """
    return np.asarray((normal_quantile(level) + special.ndtri(power)) * np.sqrt(variance))


def _test(difference: Floats, variance: Floats) -> Test:
    with np.errstate(divide="ignore", invalid="ignore"):
        z = difference / np.sqrt(variance)
    # Two complete counts: no error at all, so equal is equal and any difference is one.
    z = np.where((variance == 0) & (difference == 0), 0.0, z)
    return Test(difference, z, 2 * special.ndtr(-np.abs(z)))


def benjamini_hochberg(p_values: Floats) -> Floats:
    """P-values (n,) adjusted for the false discovery rate; NaN stays NaN and does not count."""
    adjusted = np.full_like(p_values, np.nan)
    known = np.flatnonzero(~np.isnan(p_values))
    if known.size == 0:
        return adjusted
    order = known[np.argsort(p_values[known], kind="stable")]
    steps = p_values[order] * len(order) / np.arange(1, len(order) + 1)
    adjusted[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return adjusted


def holm(p_values: Floats) -> Floats:
    """P-values (n,) adjusted so that hardly any of all tests errs; NaN stays and does not count."""
    adjusted = np.full_like(p_values, np.nan)
    known = np.flatnonzero(~np.isnan(p_values))
    order = known[np.argsort(p_values[known], kind="stable")]
    steps = p_values[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted
