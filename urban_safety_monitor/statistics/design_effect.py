"""Design effects: how much more a sample's variance is than that of a simple random sample.

Two forms are in use and differ where a good part of the population is in the sample: against
simple random sampling *without* replacement (Kish's `deff`; R's `deff = TRUE`) and *with* it
(`deft` squared; R's `deff = "replace"`), which is the one effective sample sizes rest on.

Sources: Kish, Survey Sampling (1965), ch. 8.2; Kish, Journal of Official Statistics 11 (1995),
55-77; Kish, Journal of Official Statistics 8 (1992), 183-200 for unequal weights; Korn and
Graubard, Survey Methodology 24 (1998), 193-201 for adjusted effective sizes. Drawing single design
effects towards a common one is the idea of generalised variance functions (Wolter 2007, ch. 7);
its amount here was chosen by simulation, see docs/method/coverage.md.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from urban_safety_monitor.statistics.intervals import normal_quantile, student_quantile

Floats = NDArray[np.float64]

SETTLING_EVENTS = 5.0  # at which a share's own design effect counts as much as the usual one


def simple_variance(squares: Floats, weight: Floats, n: Floats) -> Floats:
    """Variance of a mean from a simple random sample with replacement, equal in size.

    Args:
        squares: weighted sum of squared deviations from the mean (for a ratio, of its linearised
            values times the weights' sum).
        weight: sum of the weights.
        n: records they are of.

    Returns:
        NaN for fewer than two records. A total's is that of the mean times the weights squared.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(n > 1, squares / weight / (n - 1), np.nan)


def deff_wr(variance: Floats, simple: Floats) -> Floats:
    """Against simple random sampling with replacement; NaN where that has no variance."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(simple > 0, variance / simple, np.nan)


def deff(variance: Floats, simple: Floats, n: Floats, population: Floats) -> Floats:
    """Against simple random sampling without replacement from a population of known size.

    Args:
        variance: of the estimate.
        simple: its variance with replacement, as `simple_variance` gives it.
        n: records.
        population: members of the population, mostly the weights' sum. NaN where it is not
            larger than n: a complete count has nothing to compare with.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        remaining = np.where(population > n, 1 - n / population, np.nan)
    return deff_wr(variance, simple * remaining)


def effective_n(n: Floats, effect: Floats) -> Floats:
    """Records of a simple random sample with replacement that would be as precise."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(effect > 0, n / effect, np.nan)


def weighting_effect(weights: Floats) -> Floats:
    """Kish's design effect of unequal weights (n, ...) alone: 1 plus their squared variation.

    It holds where weights have nothing to do with what is measured.
    """
    n = weights.shape[0]
    return np.asarray(n * (weights**2).sum(axis=0) / weights.sum(axis=0) ** 2)


class Settled(NamedTuple):
    """Design effects drawn towards the usual one, and the degrees of freedom left in them."""

    effect: Floats
    degrees_of_freedom: Floats


def settled(
    share: Floats, n: Floats, own: Floats, degrees_of_freedom: Floats, usual: Floats
) -> Settled:
    """Design effects of shares where few events show them, settled with the survey's usual one.

    A rare share in clusters has few clusters with any event: its own design effect is a poor
    guess, and is too small just where the share came out too small. On the log scale the own
    effect counts w = events / (events + 5), events being the effective number of the rarer answer
    and no more than the degrees of freedom; the usual one counts the rest. Only the own effect
    varies from sample to sample, so the variance of the whole is w^2 of its own: the degrees of
    freedom are divided by that. Intervals: `intervals.wilson_student(share, n / effect, df)`.

    Args:
        share: shares (0 to 1).
        n: records they are of.
        own: estimated design effects with replacement; NaN or 0 where nothing varies.
        degrees_of_freedom: of the design; where not above 0 there are none left either.
        usual: what shares of the survey usually have, such as their median, at least 1.
    """
    rarer = np.minimum(share, 1 - share)
    events = np.clip(n / usual * rarer, 0, np.maximum(degrees_of_freedom, 0))
    weight = np.where(own > 0, events / (events + SETTLING_EVENTS), 0.0)
    effect = np.exp(weight * np.log(np.where(own > 0, own, 1)) + (1 - weight) * np.log(usual))
    with np.errstate(divide="ignore", invalid="ignore"):
        df = np.where(degrees_of_freedom > 0, degrees_of_freedom / weight**2, np.nan)
    return Settled(effect, df)


def interval_size(n: Floats, effect: Settled, level: float = 0.95) -> Floats:
    """Effective sample size adjusted for its degrees of freedom (Korn and Graubard 1998).

    The simple random sample whose normal score interval, `intervals.wilson`, is the Student one of
    the effective sample: a variance known from few PSUs counts as a smaller sample.
    """
    shrunk = normal_quantile(level) / student_quantile(effect.degrees_of_freedom, level)
    return effective_n(n, effect.effect) * shrunk**2
