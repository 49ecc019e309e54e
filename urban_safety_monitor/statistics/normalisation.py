"""Put indicators on one scale, 0 to 100 where nothing else is said.

Goalposts that do not depend on who takes part are the rule: a city's score never moves because
another joined. The others serve indices of other makers, and the question how far results depend
on that choice.

    goalposts   100 (x - a) / (b - a), from 0 to 100; a scores 0, b scores 100
    min_max     100 (x - worst) / (best - worst)
    z_score     50 + 10 s (x - mean) / sd, from 0 to 100; s = 1 or -1 is the better direction
    rank        100 (n - rank) / (n - 1)
    percentile  100 (units that do worse + half of those as good, itself among them) / n
    target      100 (x - worst) / (target - worst), at most 100
    best        100 x / best, or 100 best / x where lower is better

worst, best, mean, sd (with n - 1) and rank are those of the units that are scored together.

Use goalposts to follow cities over time; target where a policy has set one; min-max and z-scores to
tell the units of one list apart; ranks and percentiles where distances mean nothing; best only for
values above a true zero. NaN is a missing value or one that the method cannot score.

Source: OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 5.
"""

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from urban_safety_monitor.statistics.ranking import mean_ranks, ranks

Floats = NDArray[np.float64]
Normalisation = Literal["goalposts", "min_max", "z_score", "rank", "percentile", "target", "best"]


def normalise(
    value: Floats, scores_0: float | Floats, scores_100: float | Floats, *, log: bool = False
) -> Floats:
    """Score between two goalposts: 0 at or beyond the first, 100 at or beyond the second."""
    if log:
        with np.errstate(divide="ignore", invalid="ignore"):
            value = np.log(np.maximum(value, np.finfo(float).tiny))
        scores_0, scores_100 = np.log(scores_0), np.log(scores_100)
    return np.asarray(100 * np.clip((value - scores_0) / (scores_100 - scores_0), 0, 1))


def min_max(values: Floats, better: Floats, lowest: float = 0.0, highest: float = 100.0) -> Floats:
    """Score between the worst and the best value observed.

    Args:
        values: (n, ...) one row a unit; NaN is missing.
        better: 1 where higher values are better, -1 where lower ones are; of the shape of a row.
        lowest: score of the worst; above 0 where a geometric mean shall follow.
        highest: score of the best.

    Returns:
        (n, ...) scores; NaN where all values of an indicator are the same.
    """
    worst, best = observed_goalposts(values, better)
    with np.errstate(invalid="ignore"):
        place = (values - worst) / np.where(best == worst, np.nan, best - worst)
    return np.asarray(lowest + (highest - lowest) * place)


def observed_goalposts(values: Floats, better: Floats) -> tuple[Floats, Floats]:
    """The worst and the best value of each column of (n, ...); NaN where there is none."""
    known = ~np.isnan(values)
    smallest = values.min(axis=0, initial=np.inf, where=known)
    largest = values.max(axis=0, initial=-np.inf, where=known)
    any_known = smallest <= largest
    worst = np.where(any_known, np.where(better > 0, smallest, largest), np.nan)
    return worst, np.where(any_known, np.where(better > 0, largest, smallest), np.nan)


def z_scores(values: Floats, better: Floats, mean: float = 50.0, spread: float = 10.0) -> Floats:
    """Distance of values (n, ...) from their mean in standard deviations (n - 1), rescaled.

    NaN where an indicator has no differences.
    """
    known = ~np.isnan(values)
    n = known.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = np.where(known, values, 0.0).sum(axis=0) / n
        deviation = np.sqrt(np.where(known, (values - centre) ** 2, 0.0).sum(axis=0) / (n - 1))
        scaled = (values - centre) / np.where(deviation > 0, deviation, np.nan)
    return np.asarray(mean + spread * better * scaled)


def rank_scores(values: Floats, better: Floats) -> Floats:
    """Score ranks of values (n, ...): 100 is the best of all, 0 the last; ties share the better."""
    known = (~np.isnan(values)).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        place = (known - ranks(better * values)) / (known - 1)
    return np.asarray(100 * np.where(known > 1, place, np.nan))


def percentiles(values: Floats, better: Floats) -> Floats:
    """Share of the units that do worse, those with the same value counting half; 0 to 100."""
    known = (~np.isnan(values)).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(100 * (known + 0.5 - mean_ranks(better * values)) / known)


def distance_to_target(values: Floats, better: Floats, target: Floats) -> Floats:
    """Share of the way from the worst value observed to a target, at most 100.

    Args:
        values: (n, ...) one row a unit.
        better: 1 where higher values are better, -1 where lower ones are; of the shape of a row.
        target: of the shape of a row.

    Returns:
        (n, ...) scores; NaN where the target is no better than the worst value.
    """
    worst, _ = observed_goalposts(values, better)
    with np.errstate(invalid="ignore"):
        ahead = np.where(better * (target - worst) > 0, target - worst, np.nan)
        return np.asarray(100 * np.minimum((values - worst) / ahead, 1))


def distance_to_best(values: Floats, better: Floats) -> Floats:
    """Values (n, ...) as a share of the best one, or the best as a share of them; up to 100.

    Only for values above 0, as a ratio needs a true zero; NaN for others.
    """
    positive = np.where(values > 0, values, np.nan)
    _, best = observed_goalposts(positive, better)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(better > 0, positive / best, best / positive)
    return np.asarray(100 * ratio)


def normalised(values: Floats, goalposts: Floats, how: Normalisation) -> Floats:
    """Score values by any of the methods.

    Args:
        values: (n, ...) one row a unit.
        goalposts: (2, ...) values that score 0 and 100; their order says which way is better, and
            "target" takes the second for its target.
        how: the method. z-scores beyond five standard deviations are limited to 0 and 100, so
            that every method's scores lie within them and every mean of them exists.

    Returns:
        (n, ...) scores; NaN where the method gives none.
    """
    return _METHODS[how](values, goalposts)


def _better(goalposts: Floats) -> Floats:
    return np.asarray(np.sign(goalposts[1] - goalposts[0]))


_METHODS: Mapping[Normalisation, Callable[[Floats, Floats], Floats]] = {
    "goalposts": lambda values, posts: normalise(values, posts[0], posts[1]),
    "min_max": lambda values, posts: min_max(values, _better(posts)),
    "z_score": lambda values, posts: np.clip(z_scores(values, _better(posts)), 0, 100),
    "rank": lambda values, posts: rank_scores(values, _better(posts)),
    "percentile": lambda values, posts: percentiles(values, _better(posts)),
    "target": lambda values, posts: distance_to_target(values, _better(posts), posts[1]),
    "best": lambda values, posts: distance_to_best(values, _better(posts)),
}
