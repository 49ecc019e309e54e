"""Intervals of rates: weighted counts, counts over an estimated population, ratios of two.

Sources: Fay and Feuer, Statistics in Medicine 16 (1997), 791-801 (gamma interval of a weighted
sum of Poisson counts); Tiwari, Clegg and Zou, Statistical Methods in Medical Research 15 (2006),
547-569 (its less conservative form); Donner and Zou, Statistical Methods in Medical Research 21
(2012), 347-359 (a ratio from the intervals of its parts); Clopper and Pearson, Biometrika 26
(1934), for two Poisson counts given their sum, as Przyborowski and Wilenski (1940) compare them.
"""

import numpy as np
from scipy import special

from urban_safety_monitor.statistics.intervals import Floats, Interval, poisson


def fay_feuer(events: Floats, weight: Floats, level: float = 0.95) -> Interval:
    """Gamma interval of weighted sums of counts; it holds its level in every case known.

    Args:
        events: (..., k) recorded events of each group.
        weight: (..., k) what one event adds to the rate, as its share of the standard population
            over its own population. With one group it is Garwood's exact interval.
        level: of confidence.
    """
    largest = weight.max(axis=-1)
    return _gamma(events, weight, largest, largest**2, level)


def tiwari(events: Floats, weight: Floats, level: float = 0.95) -> Interval:
    """The gamma interval with the average weight for one event more: narrower, near its level.

    Arguments as of `fay_feuer`.
    """
    return _gamma(events, weight, weight.mean(axis=-1), (weight**2).mean(axis=-1), level)


def _gamma(
    events: Floats, weight: Floats, one_more: Floats, one_more_squared: Floats, level: float
) -> Interval:
    """Gamma quantiles with the mean and the variance of the sum, above with one event more."""
    tail = (1 - level) / 2
    rate, variance = (weight * events).sum(axis=-1), (weight**2 * events).sum(axis=-1)
    rate_up, variance_up = rate + one_more, variance + one_more_squared
    with np.errstate(divide="ignore", invalid="ignore"):
        lower = variance / rate * special.gammaincinv(rate**2 / variance, tail)
        upper = variance_up / rate_up * special.gammainccinv(rate_up**2 / variance_up, tail)
    return Interval(np.where(rate == 0, 0.0, lower), upper)


def ratio_of_estimates(
    above: Floats, of_above: Interval, below: Floats, of_below: Interval
) -> Interval:
    """Interval of above / below for independent estimates from their own intervals.

    Skew intervals, as those of counts, stay skew. Where the lower limit below is not positive
    there is no upper limit: it is infinite.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        product = above * below
        low, high = (limit * (2 * above - limit) for limit in of_above)
        smallest, largest = (limit * (2 * below - limit) for limit in of_below)
        lower = low / (product + np.sqrt(product**2 - low * largest))
        upper = (product + np.sqrt(product**2 - high * smallest)) / smallest
    lower = np.where((low == 0) & (below > 0), 0.0, lower)
    return Interval(lower, np.where(of_below.lower > 0, upper, np.where(below > 0, np.inf, np.nan)))


def rate_over_estimate(
    events: Floats, population: Floats, of_population: Interval, level: float = 0.95
) -> Interval:
    """Recorded events per head of a population that is itself an estimate.

    Args:
        events: counts, taken as Poisson.
        population: the estimate divided by; in the unit the rate is wanted per.
        of_population: its interval, at the same level. Of no width it gives Garwood's interval.
        level: of confidence.
    """
    return ratio_of_estimates(events, poisson(events, level), population, of_population)


def rate_ratio(
    events: Floats,
    exposure: Floats,
    events_below: Floats,
    exposure_below: Floats,
    level: float = 0.95,
) -> Interval:
    """Exact interval of (events / exposure) over (events_below / exposure_below).

    Given both counts' sum the first is binomial. NaN where nothing happened in either; from 0
    where nothing happened above; without an upper limit where nothing happened below.
    """
    tail = (1 - level) / 2
    known = ~np.isnan(events + events_below) & (events + events_below > 0)
    lower = np.where(events > 0, special.betaincinv(events, events_below + 1, tail), 0.0)
    upper = np.where(events_below > 0, special.betainccinv(events + 1, events_below, tail), 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = (
            np.where(known, share / (1 - share) * exposure_below / exposure, np.nan)
            for share in (lower, upper)
        )
    return Interval(low, high)
