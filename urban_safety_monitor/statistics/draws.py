"""Draws from the sampling distributions of estimates; column 0 is always the estimate itself.

Points and intervals of everything computed from estimates so share one code path.
"""

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


def normal(value: Floats, standard_error: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Independent normal estimates (k,), giving (k, 1 + draws)."""
    noise = rng.standard_normal((len(value), draws)) * standard_error[:, None]
    return np.hstack([value[:, None], value[:, None] + noise])


def poisson_rate(events: Floats, factor: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Rates events x factor (k,), giving (k, 1 + draws); Jeffreys' gamma posterior of a count."""
    shape = np.where(np.isnan(events), 1.0, events) + 0.5
    drawn = rng.gamma(shape[:, None], size=(len(events), draws)) * factor[:, None]
    point = (events * factor)[:, None]
    return np.hstack([point, np.where(np.isnan(point), np.nan, drawn)])


def binomial_share(events: Floats, among: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Shares events / among (k,), giving (k, 1 + draws); Jeffreys' beta posterior.

    Missing where either count is, among none, and where there are more events than they are of.
    """
    known = (among > 0) & (events <= among)
    hits, misses = (np.where(known, part, 1.0) for part in (events, among - events))
    drawn = rng.beta(hits[:, None] + 0.5, misses[:, None] + 0.5, size=(len(events), draws))
    with np.errstate(divide="ignore", invalid="ignore"):
        point = np.where(known, events / among, np.nan)[:, None]
    return np.hstack([point, np.where(known[:, None], drawn, np.nan)])
