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

from urban_safety_monitor.statistics.linearisation import Codes, Floats, Linearised, sums_by


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


class Parts(NamedTuple):
    """What groups (c,) are parts of, and which share of the standard population each is."""

    whole: Codes
    share: Floats


class StandardisedEstimates(NamedTuple):
    """Standardised estimates and what each sampling unit adds to them.

    Attributes:
        value: (w, k), NaN where a group's is.
        influence: (m, k), one row per unit and whole.
        whole: (m,) the estimate each row belongs to.
        unit: (m,) its sampling unit.
        first: (m,) the first of the rows given that it was made of.
    """

    value: Floats
    influence: Floats
    whole: Codes
    unit: Codes
    first: Codes


def standardise_estimates(
    groups: Linearised, cell: Codes, unit: Codes, parts: Parts
) -> StandardisedEstimates:
    """Standardised estimates of a survey: sums of s v over groups, s the share and v the value.

    Groups of one survey share its clusters. Their variance, the sum of s t cov(v, u) over pairs of
    groups, is that of the influences added up in the same way, so that every design serves. As
    `svystandardize` and `svymean` of R's `survey`.

    Args:
        groups: values (c, k) of groups and influences (n, k) on them.
        cell: (n,) the group of each row of influences.
        unit: (n,) its sampling unit.
        parts: what the groups add up to.
    """
    wholes = int(parts.whole.max(initial=-1)) + 1
    value = sums_by(parts.whole, wholes, parts.share[:, None] * groups.value)
    width = int(unit.max(initial=0)) + 1
    pairs, first, row = np.unique(
        parts.whole[cell] * width + unit, return_index=True, return_inverse=True
    )
    influence = sums_by(row, len(pairs), parts.share[cell][:, None] * groups.influence)
    return StandardisedEstimates(value, influence, *np.divmod(pairs, width), first)
