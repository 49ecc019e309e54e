"""Interval estimates: 95 % unless another level is asked for.

Sources: Wilson (1927) with the effective sample size of Kish (1965) for shares of complex
samples, as Dean and Pagano (2015) examine it; Garwood (1936) for Poisson counts. Further
intervals of shares stand in `share_intervals`, of rates in `rate_intervals`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]


class Interval(NamedTuple):
    """Both ends, in the unit of the estimate."""

    lower: Floats
    upper: Floats


def normal_quantile(level: float = 0.95) -> float:
    """The two-sided standard normal quantile: 1.96 at 95 %."""
    return float(special.ndtri(0.5 + level / 2))


def student_quantile(degrees_of_freedom: Floats, level: float = 0.95) -> Floats:
    """The two-sided Student quantile; normal at infinite degrees of freedom, NaN at 0 or less."""
    # Those of a design are few different ones, and a quantile takes long.
    df, place = np.unique(degrees_of_freedom, return_inverse=True)
    known = np.maximum(df, np.finfo(float).tiny)
    quantile = special.stdtrit(known, 0.5 + level / 2)
    quantile = np.where(np.isinf(known), normal_quantile(level), quantile)
    return np.asarray(np.where(df > 0, quantile, np.nan)[place])


def effective_size(share: Floats, variance: Floats) -> Floats:
    """The simple random sample that would estimate a share (0 to 1) as precisely.

    NaN where the variance is 0 or missing, as at shares of exactly 0 and 1.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(variance > 0, share * (1 - share) / variance, np.nan)


def wilson(share: Floats, n_effective: Floats, level: float = 0.95) -> Interval:
    """Score interval of a share (0 to 1) from its effective sample size.

    It holds exactly those values the score test with the same n does not reject, so interval,
    funnel and status of a comparison cannot contradict each other.
    """
    return _score(share, n_effective, np.asarray(normal_quantile(level)))


def wilson_student(
    share: Floats, n_effective: Floats, degrees_of_freedom: Floats, level: float = 0.95
) -> Interval:
    """Wilson's interval with the Student quantile of the degrees of freedom behind the variance.

    An effective sample size out of few clusters is itself uncertain; the normal quantile takes it
    as known and covers less than its level then. As R's `svyciprop(method = "wilson")`.
    """
    return _score(share, n_effective, student_quantile(degrees_of_freedom, level))


def _score(share: Floats, n_effective: Floats, quantile: Floats) -> Interval:
    z2 = quantile**2
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = (share + z2 / (2 * n_effective)) / (1 + z2 / n_effective)
        half = np.sqrt(z2 * (share * (1 - share) / n_effective + z2 / (4 * n_effective**2)))
        half = half / (1 + z2 / n_effective)
    # At shares of 0 and 1 rounding would else leave the share itself just outside.
    return Interval(np.clip(centre - half, 0, share), np.clip(centre + half, share, 1))


def symmetric(
    value: Floats, standard_error: Floats, degrees_of_freedom: Floats, level: float = 0.95
) -> Interval:
    """Student interval; infinite degrees of freedom give the normal one."""
    quantile = student_quantile(degrees_of_freedom, level)
    return Interval(value - quantile * standard_error, value + quantile * standard_error)


def poisson(events: Floats, level: float = 0.95) -> Interval:
    """Exact (gamma) interval of the expected number behind a count of events."""
    tail = (1 - level) / 2
    with np.errstate(invalid="ignore"):
        lower = np.where(events > 0, special.gammaincinv(np.maximum(events, 1e-300), tail), 0.0)
        upper = special.gammainccinv(events + 1, tail)
    return Interval(np.where(np.isnan(events), np.nan, lower), upper)
