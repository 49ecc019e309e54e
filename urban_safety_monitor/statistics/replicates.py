"""Replicate weights: variances from the same estimate made over and over with other weights.

A replicate is a vector of factors, one per primary sampling unit (PSU), that a record's weight is
multiplied by. Surveys published with replicate weights bring the weights and the two scales; only
`replicate_covariance` is needed for these.

Sources: Wolter, Introduction to Variance Estimation (2007), ch. 3 (balanced half-samples; Fay),
ch. 4 (jackknife); Rao and Wu, Journal of the American Statistical Association 83 (1988), 231-241,
and Rao, Wu and Yue, Survey Methodology 18 (1992), 209-217 (bootstrap with rescaled weights).
Scales and degrees of freedom as in Lumley's R package `survey`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from urban_safety_monitor.errors import DesignError

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


class Replicates(NamedTuple):
    """Factors to the weights and what the squared deviations they cause are multiplied by.

    Attributes:
        factors: (p, r) by PSU and replicate; a record's replicate weights are
            `weight[:, None] * factors[psu]`.
        scale: of all replicates.
        rscales: (r,) of each replicate.
    """

    factors: Floats
    scale: float
    rscales: Floats


def jackknife(stratum: Codes, sampled_fraction: Floats | None = None) -> Replicates:
    """Leave out one PSU after another: JK1 for a single stratum, JKn for several.

    Args:
        stratum: (p,) each PSU's stratum, numbered 0..s-1.
        sampled_fraction: (s,) PSUs sampled over PSUs in the population; not known if not given.

    Raises:
        DesignError: a stratum has a single PSU.
    """
    sampled = _psus_in(stratum)
    factors = np.where(stratum[:, None] == stratum, (sampled / (sampled - 1))[stratum], 1.0)
    np.fill_diagonal(factors, 0.0)
    remaining = 1.0 - (0.0 if sampled_fraction is None else sampled_fraction)
    return Replicates(factors, 1.0, ((sampled - 1) / sampled * remaining)[stratum])


def balanced_half_samples(stratum: Codes, kept: float = 0.0) -> Replicates:
    """One of two PSUs of each stratum counts double in every replicate (BRR).

    Args:
        stratum: (p,) each PSU's stratum, numbered 0..s-1; two PSUs in each.
        kept: the factor that the other PSU keeps, from 0 (BRR) to below 1 (Fay's method). Above 0
            no group loses all its members in a replicate.

    Raises:
        DesignError: a stratum has not exactly two PSUs, or `kept` is out of range.
    """
    sampled = np.bincount(stratum)
    problems = [
        f"stratum {number}: {found} PSUs; balanced half-samples need exactly 2"
        for number, found in enumerate(sampled)
        if found != 2
    ]
    if not 0 <= kept < 1:
        problems.append(f"the factor kept is {kept}; it must be from 0 to below 1")
    if problems:
        raise DesignError(problems)
    # Column 0 is all ones: left out, every stratum's choices are balanced in themselves too.
    replicates = 1 << len(sampled).bit_length()
    signs = linalg.hadamard(replicates)[:, 1 : len(sampled) + 1].T.astype(float)
    first = np.zeros(len(stratum), dtype=bool)
    first[np.unique(stratum, return_index=True)[1]] = True
    chosen = np.where(first[:, None], signs[stratum], -signs[stratum])
    scale = 1.0 / (replicates * (1 - kept) ** 2)
    return Replicates(1.0 + (1 - kept) * chosen, scale, np.ones(replicates))


def bootstrap(
    stratum: Codes,
    replicates: int,
    rng: np.random.Generator,
    sampled_fraction: Floats | None = None,
) -> Replicates:
    """Draw one PSU fewer than there are from each stratum, with replacement (Rao and Wu).

    Args:
        stratum: (p,) each PSU's stratum, numbered 0..s-1.
        replicates: how many; 500 or more for intervals.
        rng: source of the draws.
        sampled_fraction: (s,) PSUs sampled over PSUs in the population; not known if not given.

    Raises:
        DesignError: a stratum has a single PSU.
    """
    sampled = _psus_in(stratum)
    factors = np.ones((len(stratum), replicates))
    for number, found in enumerate(sampled.astype(int)):
        fraction = 0.0 if sampled_fraction is None else sampled_fraction[number]
        drawn = rng.multinomial(found - 1, np.full(found, 1 / found), size=replicates).T
        spread = np.sqrt(1 - fraction)
        factors[stratum == number] = 1 - spread + spread * found / (found - 1) * drawn
    return Replicates(factors, 1.0 / replicates, np.ones(replicates))


def _psus_in(stratum: Codes) -> Floats:
    """PSUs in each stratum, all of them having more than one."""
    sampled = np.bincount(stratum)
    lonely = np.flatnonzero(sampled == 1)
    if lonely.size:
        raise DesignError(
            f"stratum {number}: 1 PSU; replicates need at least 2, so join it with a similar one"
            for number in lonely
        )
    return sampled.astype(float)


def replicate_covariance(
    estimates: Floats, centre: Floats, scale: float, rscales: Floats
) -> Floats:
    """Covariance (k, k) of estimates from what the replicates made of them.

    Args:
        estimates: (r, k) by replicate.
        centre: (k,) the estimates with the full weights: the mean squared error, which is the
            rule here. Their mean over the replicates leaves out the bias (R's `mse = FALSE`).
        scale: of all replicates.
        rscales: (r,) of each replicate.

    Returns:
        NaN for an estimate that some replicate does not have.
    """
    deviations = estimates - centre
    return np.asarray(scale * (deviations * rscales[:, None]).T @ deviations)


def degrees_of_freedom(factors: Floats) -> int:
    """Rank of the replicate factors or weights (p, r) less 1, as R's `degf`."""
    return int(np.linalg.matrix_rank(factors, rtol=1e-5)) - 1
