"""The one status rule: is a value better, worse or not to be told apart from a benchmark?

Each test rejects exactly the values that the interval of its kind of estimate leaves out, so no
page can show both a benchmark inside an interval and a clear difference from it.

Source: score test for shares (Wilson 1927), exact test for counts (Garwood 1936), Student's or
normal test otherwise; false discovery rate by Benjamini and Hochberg (1995). Spiegelhalter (2005)
shows why limits and test must agree.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

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
