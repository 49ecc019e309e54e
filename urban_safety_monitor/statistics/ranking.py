"""Ranks, and sets of ranks that the data do not rule out.

    rank      1 + units with a higher score
    rank set  from 1 + units clearly higher to n - units clearly lower

Source: Mogstad, Romano, Shaikh and Wilhelm, Inference for Ranks with Applications to Mobility
across Neighbourhoods and Academic Achievement across Countries, Review of Economic Studies 91
(2024) 476: ranks are bounded by how many others are clearly better or worse, all pairs tested
together (largest studentised difference, stepwise as Romano and Wolf 2005).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class RankSets(NamedTuple):
    """The best and the worst rank (n,) that cannot be ruled out; 1 is highest."""

    best: Floats
    worst: Floats


def ranks(scores: Floats) -> Floats:
    """Rank scores (n, ...) along the first axis, 1 is highest; ties share the smallest rank."""
    order = np.argsort(-scores, axis=0)
    in_order = np.take_along_axis(scores, order, axis=0)
    first = np.ones_like(in_order, dtype=bool)
    first[1:] = in_order[1:] != in_order[:-1]
    counted = np.arange(1, len(scores) + 1, dtype=float).reshape((-1,) + (1,) * (scores.ndim - 1))
    shared = np.maximum.accumulate(np.where(first, counted, 0.0), axis=0)
    ranked = np.empty_like(shared)
    np.put_along_axis(ranked, order, np.where(np.isnan(in_order), np.nan, shared), axis=0)
    return ranked


def mean_ranks(scores: Floats) -> Floats:
    """Rank scores (n, ...), 1 is highest; ties share the mean of their ranks."""
    known = (~np.isnan(scores)).sum(axis=0)
    return np.asarray((ranks(scores) + known + 1 - ranks(-scores)) / 2)


def rank_shifts(scores: Floats, point: Floats) -> Floats:
    """By how many ranks units move under each replication, (n, r), upwards or downwards.

    Args:
        scores: (n, r) scores in r replications.
        point: (n,) scores to compare with.
    """
    return np.abs(ranks(scores) - ranks(point)[:, None])


def rank_sets(
    values: Floats,
    covariance: Floats,
    rng: np.random.Generator,
    *,
    level: float = 0.95,
    draws: int = 2000,
) -> RankSets:
    """Ranks that hold for all units together with the level's probability.

    Args:
        values: (n,) estimates, higher is better; none may be missing.
        covariance: (n, n) of the estimates.
        rng: for the distribution of the largest of all studentised differences.
        level: probability that every unit's true rank lies within its set.
        draws: how many to find that distribution from.
    """
    variance = np.diag(covariance)
    error = np.sqrt(np.maximum(variance[:, None] + variance - 2 * covariance, 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.where(values[:, None] == values, 0, np.subtract.outer(values, values) / error)
    noise = rng.multivariate_normal(np.zeros(len(values)), covariance, draws, method="eigh")
    drawn = np.ascontiguousarray(noise.T)
    clear = np.zeros(error.shape, dtype=bool)
    while True:
        largest = _largest(drawn, error, ~clear & (error > 0))
        limit = np.quantile(largest, level, method="inverted_cdf")
        found = clear | (np.abs(distance) > limit)
        if (found == clear).all():
            break
        clear = found
    better = (clear & (distance < 0)).sum(axis=1)
    worse = (clear & (distance > 0)).sum(axis=1)
    return RankSets(1.0 + better, float(len(values)) - worse)


def _largest(noise: Floats, error: Floats, among: Bools) -> Floats:
    """The largest studentised difference of each draw, of draws (n, d) among pairs (n, n)."""
    largest = np.zeros(noise.shape[1])
    for unit in range(len(noise) - 1):
        others = unit + 1 + np.flatnonzero(among[unit, unit + 1 :])
        distance = np.abs(noise[others] - noise[unit]) / error[unit, others, None]
        largest = np.maximum(largest, distance.max(axis=0, initial=0.0))
    return largest
