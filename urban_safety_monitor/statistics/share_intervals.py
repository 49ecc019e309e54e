"""Intervals of shares of a complex sample besides Wilson's, which is the usual one here.

All take shares between 0 and 1, their design-based variance or effective sample size, and the
degrees of freedom of that variance; infinite ones give the normal quantile. They are for those
who must report as another office does, and for setting them side by side.

Sources: Korn and Graubard, Survey Methodology 24 (1998), 193-201; Dean and Pagano, Journal of
Survey Statistics and Methodology 3 (2015), 484-503; Rao and Scott, Annals of Statistics 12 (1984)
for the scaled likelihood. They agree with `svyciprop` of Lumley's R package `survey`: methods
`xlogit` (and `logit`), `asin`, `beta`, `likelihood`; its `mean` is `intervals.symmetric`.
"""

import numpy as np
from scipy import special

from urban_safety_monitor.statistics.intervals import Floats, Interval, student_quantile

HALVINGS = 80  # brings an interval between 0 and 1 below the spacing of floating-point numbers


def logit(
    share: Floats, variance: Floats, degrees_of_freedom: Floats, level: float = 0.95
) -> Interval:
    """Symmetric on the logit scale; NaN at shares of exactly 0 and 1, which have no logit."""
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(variance) / (share * (1 - share))
    half = student_quantile(degrees_of_freedom, level) * error
    middle = special.logit(share)
    return Interval(special.expit(middle - half), special.expit(middle + half))


def arcsine(
    share: Floats, variance: Floats, degrees_of_freedom: Floats, level: float = 0.95
) -> Interval:
    """Symmetric after the transformation asin(sqrt(share)), which evens out the variance.

    Limits end at 0 and 1. R lets the angle run on, so that its limits turn back inside there.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(variance) / (2 * np.sqrt(share * (1 - share)))
    half = student_quantile(degrees_of_freedom, level) * error
    middle = np.arcsin(np.sqrt(share))
    lower, upper = (np.clip(angle, 0, np.pi / 2) for angle in (middle - half, middle + half))
    return Interval(np.sin(lower) ** 2, np.sin(upper) ** 2)


def korn_graubard(
    share: Floats, n_effective: Floats, n: Floats, degrees_of_freedom: Floats, level: float = 0.95
) -> Interval:
    """Clopper and Pearson's interval with an effective size that counts the degrees of freedom.

    Args:
        share: shares; 0 and 1 are allowed.
        n_effective: effective sample sizes. As R, it may exceed n; offices that follow the NCHS
            standard (2017) hand over the smaller of both.
        n: records in the universe, the degrees of freedom a simple sample would have, plus 1.
        degrees_of_freedom: those of the design.
        level: of confidence.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        few = student_quantile(n - 1, level) / student_quantile(degrees_of_freedom, level)
        size = n_effective * few**2
    yes, no, tail = size * share, size * (1 - share), (1 - level) / 2
    lower = np.where(share > 0, special.betaincinv(yes, no + 1, tail), 0.0)
    upper = np.where(share < 1, special.betainccinv(yes + 1, no, tail), 1.0)
    known = ~np.isnan(share) & ~np.isnan(size)
    return Interval(np.where(known, lower, np.nan), np.where(known, upper, np.nan))


def likelihood(
    share: Floats, n_effective: Floats, n: Floats, degrees_of_freedom: Floats, level: float = 0.95
) -> Interval:
    """Shares whose scaled likelihood is not too far below that of the estimate.

    They are the p with 2 n_effective KL(share, p) up to the squared quantile times n / (n - 1),
    the dispersion of a quasi-binomial model with nothing but a mean.

    Args:
        share: shares; 0 and 1 are allowed.
        n_effective: effective sample sizes.
        n: records in the universe.
        degrees_of_freedom: those of the design.
        level: of confidence.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        drop = student_quantile(degrees_of_freedom, level) ** 2 * n / (n - 1) / (2 * n_effective)
    lower, upper = (_where_likely(share, drop, np.full_like(share, end)) for end in (0.0, 1.0))
    known = ~np.isnan(drop)
    return Interval(np.where(known, lower, np.nan), np.where(known, upper, np.nan))


def _where_likely(share: Floats, drop: Floats, outer: Floats) -> Floats:
    """The value towards `outer` at which the log-likelihood of one case has fallen by `drop`."""
    inner = share
    for _ in range(HALVINGS):
        middle = (inner + outer) / 2
        fallen = special.rel_entr(share, middle) + special.rel_entr(1 - share, 1 - middle)
        outer = np.where(fallen > drop, middle, outer)
        inner = np.where(fallen > drop, inner, middle)
    return inner
