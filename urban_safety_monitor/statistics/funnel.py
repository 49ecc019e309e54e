"""Funnel limits: how far chance alone carries values of a given precision from a benchmark.

A value lies beyond a limit exactly where the test of its kind (`comparison`) rejects at the same
level, so a funnel cannot show a city outside whose status is "similar", nor the reverse.

Source: Spiegelhalter, Funnel plots for comparing institutional performance, Statistics in
Medicine 24 (2005) 1185.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import special

from urban_safety_monitor.statistics.comparison import poisson_test
from urban_safety_monitor.statistics.intervals import Interval, normal_quantile

Floats = NDArray[np.float64]


def share_limits(
    benchmark: Floats, n_effective: Floats, benchmark_variance: Floats, level: float = 0.95
) -> Interval:
    """Limits for shares (0 to 1), as `score_test` decides; all arguments of one shape.

    Args:
        benchmark: shares to compare with.
        n_effective: effective sample sizes.
        benchmark_variance: variance of the benchmark; 0 where it is treated as fixed.
        level: probability within the limits.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = benchmark * (1 - benchmark) / n_effective + benchmark_variance
    half = normal_quantile(level) * np.sqrt(variance)
    # No share lies below 0 or above 1, so bounds there leave nobody out.
    return Interval(np.maximum(benchmark - half, 0), np.minimum(benchmark + half, 1))


def mean_limits(
    benchmark: Floats, variance: Floats, degrees_of_freedom: Floats, level: float = 0.95
) -> Interval:
    """Limits for means and other values, as `student_test` decides; arguments of one shape.

    Args:
        benchmark: values to compare with.
        variance: of the difference from them.
        degrees_of_freedom: of the variance; NaN where it is as good as known.
        level: probability within the limits.
    """
    known = np.isnan(degrees_of_freedom)
    df = np.where(known, 1.0, degrees_of_freedom)
    quantile = special.stdtrit(df, 0.5 + level / 2)
    half = np.where(known, normal_quantile(level), quantile) * np.sqrt(variance)
    return Interval(benchmark - half, benchmark + half)


def count_limits(expected: Floats, level: float = 0.95) -> Interval:
    """The fewest and the most events, whole numbers, that `poisson_test` does not reject.

    Args:
        expected: numbers of events expected, above 0.
        level: probability within the limits, or more: counts are whole.
    """
    tail = (1 - level) / 2
    lower, upper = special.pdtrik(tail, expected), special.pdtrik(1 - tail, expected)
    # The inverse is good to some digits only; the test itself has the last word.
    fewest = _nearest_accepted(np.floor(np.maximum(lower, 0)), expected, 1.0, level)
    return Interval(fewest, _nearest_accepted(np.ceil(upper), expected, -1.0, level))


def _nearest_accepted(start: Floats, expected: Floats, inwards: float, level: float) -> Floats:
    """The outermost count not rejected, sought from two steps outside of a first guess."""
    count = np.maximum(start - 2 * inwards, 0)
    for _ in range(8):
        rejected = np.abs(poisson_test(count, expected).z) > normal_quantile(level)
        if not rejected.any():
            break
        count = np.where(rejected, np.maximum(count + inwards, 0), count)
    return count
