"""Rates as they would be if every population had the same make-up: direct standardisation.

A group is one band of age and one sex (or any other crossing); its share of the standard
population is the same for all areas, so that differences in age and sex no longer show as
differences in risk.

Sources: Breslow and Day, Statistical Methods in Cancer Research II (IARC 1987), ch. 2.2; Fay and
Feuer (1997) for the interval, `rate_intervals.fay_feuer(events, weight)`; Kish, Survey Sampling
(1965), ch. 4 for estimates of a survey.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Standardised(NamedTuple):
    """Standardised rates and what they are made of.

    Attributes:
        value: (...,) rates per unit of population; NaN where a group cannot be known.
        variance: (...,) of the rates.
        weight: (..., k) what one event of each group adds to the rate.
        without_population: (..., k) groups nobody lives in although the standard counts them.
    """

    value: Floats
    variance: Floats
    weight: Floats
    without_population: NDArray[np.bool_]


def standardise(
    events: Floats, population: Floats, standard: Floats, population_variance: Floats | float = 0.0
) -> Standardised:
    """Rates of recorded events, standardised to one population.

    Args:
        events: (..., k) events by group, taken as Poisson.
        population: (..., k) residents by group; in the unit the rate is wanted per.
        standard: (k,) the standard population; only its proportions count.
        population_variance: (..., k) of the populations where these are estimates themselves,
            independent of one another; enters by the delta method.
    """
    share = standard / standard.sum()
    without = (population <= 0) & (share > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.where(share > 0, share / np.where(population > 0, population, np.nan), 0.0)
        of_counts = weight**2 * events
        of_population = np.where(
            share > 0, (weight * events / population) ** 2 * population_variance, 0.0
        )
    variance = (of_counts + of_population).sum(axis=-1)
    return Standardised((weight * events).sum(axis=-1), variance, weight, without)


def standardise_estimates(
    value: Floats, covariance: Floats, standard: Floats
) -> tuple[Floats, Floats]:
    """Standardised estimates of a survey and their variance.

    Args:
        value: (..., k) estimates by group.
        covariance: (..., k, k) their covariances; groups of one survey share its clusters.
        standard: (k,) the standard population; only its proportions count.
    """
    share = standard / standard.sum()
    return value @ share, np.einsum("i,...ij,j->...", share, covariance, share)
