"""Draws from the sampling distributions of estimates; column 0 is always the estimate itself.

Points and intervals of everything computed from estimates so share one code path. Estimates that
do not depend on each other have a generator each: what one is drawn as is then the same whatever
else is drawn.

    normal          x + e, e with mean 0 and the estimates' covariance
    recorded rates  gamma(count + 1/2) times the rate's factor
    recorded shares beta(events + 1/2, among - events + 1/2)

Source: Gelman et al., Bayesian Data Analysis, 3rd ed. (2013), ch. 2 (Jeffreys' priors of counts and
shares) and ch. 4 (normal approximation).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def joint_normal(value: Floats, covariance: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Estimates (k,) of one survey with their covariance (k, k), giving (k, 1 + draws).

    Rows whose variance is missing come out missing: an estimate without its uncertainty is not
    carried on.
    """
    known = ~np.isnan(np.diag(covariance)) & ~np.isnan(value)
    drawn = np.full((len(value), 1 + draws), np.nan)
    if known.any():
        part = covariance[np.ix_(known, known)]
        noise = rng.multivariate_normal(np.zeros(known.sum()), part, draws, method="eigh").T
        drawn[known, 0] = value[known]
        drawn[known, 1:] = value[known, None] + noise
    return drawn


def normal(
    value: Floats, standard_error: Floats, draws: int, rngs: Sequence[np.random.Generator]
) -> Floats:
    """Independent normal estimates (k,), giving (k, 1 + draws)."""
    drawn = [rng.standard_normal(draws) for rng in rngs]
    noise = np.reshape(drawn, (len(value), draws)) * standard_error[:, None]
    return np.hstack([value[:, None], value[:, None] + noise])


def poisson_rate(
    events: Floats, factor: Floats, draws: int, rngs: Sequence[np.random.Generator]
) -> Floats:
    """Rates events x factor (k,), giving (k, 1 + draws); Jeffreys' gamma posterior of a count."""
    shape = np.where(np.isnan(events), 1.0, events) + 0.5
    counts = [rng.gamma(k, size=draws) for k, rng in zip(shape, rngs, strict=True)]
    drawn = np.reshape(counts, (len(events), draws)) * factor[:, None]
    point = (events * factor)[:, None]
    return np.hstack([point, np.where(np.isnan(point), np.nan, drawn)])


def binomial_share(
    events: Floats, among: Floats, draws: int, rngs: Sequence[np.random.Generator]
) -> Floats:
    """Shares events / among (k,), giving (k, 1 + draws); Jeffreys' beta posterior.

    Missing where either count is, among none, and where there are more events than they are of.
    """
    known = (among > 0) & (events <= among)
    hits, misses = (np.where(known, part, 1.0) for part in (events, among - events))
    shares = [
        rng.beta(hit + 0.5, miss + 0.5, size=draws)
        for hit, miss, rng in zip(hits, misses, rngs, strict=True)
    ]
    drawn = np.reshape(shares, (len(events), draws))
    with np.errstate(divide="ignore", invalid="ignore"):
        point = np.where(known, events / among, np.nan)[:, None]
    return np.hstack([point, np.where(known[:, None], drawn, np.nan)])
