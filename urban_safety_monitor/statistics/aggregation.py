"""Aggregate scores into their parent's. Arrays may carry draws along further axes.

Missing values are left out and the importance of the others is scaled up; whether enough is there
to aggregate at all is the caller's rule (coverage). With shares w_j that sum to 1 and scores x_j:

    arithmetic            sum w_j x_j
    geometric             exp(sum w_j ln x_j)
    harmonic              1 / sum (w_j / x_j)
    median                the score with half of the importance on either side
    mazziotta_pareto      M - V / M on the scale z = 70 + 0.6 x, put back on that of x;
                          M = sum w_j z_j, V = sum w_j (z_j - M)^2
    copeland              100 (units outranked + half of those on a par) / units met; one outranks
                          another where it scores higher on more than half of the common importance
    benefit_of_the_doubt  the best score that any weights give under which nobody exceeds 100

Use the arithmetic mean where a good part may make up for a bad one; the geometric one where it
may do so less the worse it is, and the harmonic one where hardly; Mazziotta-Pareto to take off what
is unbalanced; the median against single odd scores; Copeland's rule where only the order of scores
means something; the benefit of the doubt where units may set priorities of their own.

Source: OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 6; Mazziotta and
Pareto, Social Indicators Research 127 (2016) 983, for the penalty of unbalanced scores; Cherchye et
al., Social Indicators Research 82 (2007) 111, for the benefit of the doubt; Munda and Nardo,
Applied Economics 41 (2009) 1513, for outranking, with Copeland's rule.
"""

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from urban_safety_monitor.statistics.benefit_of_the_doubt import benefit_of_the_doubt

Floats = NDArray[np.float64]
Mean = Literal["arithmetic", "geometric", "harmonic", "median", "mazziotta_pareto"]
Aggregation = Literal[Mean, "copeland", "benefit_of_the_doubt"]

# Adjusted Mazziotta-Pareto index: scores of 0 and 100 stand at 70 and 130.
_FLOOR, _SCALE = 70.0, 0.6


def aggregate(scores: Floats, importance: Floats, how: Aggregation = "arithmetic") -> Floats:
    """Aggregate scores over their second axis.

    Args:
        scores: (n, k, ...) scores; NaN is missing.
        importance: (k,), (n, k) or (1 or n, k, ...) weights, need not sum to 1.
        how: the method. A score of 0 makes a geometric or harmonic mean 0; a negative one makes
            a geometric mean NaN. The median is that of the importance. The Mazziotta-Pareto mean
            is the arithmetic one less a penalty for unbalance, which a better score of one
            indicator can raise by more than it adds. Copeland's is `copeland`, the benefit of
            the doubt `best_cases`.

    Returns:
        (n, ...) scores; NaN where nothing is there.
    """
    weight = importance if importance.ndim > 1 else importance[None, :]
    weight = weight.reshape(weight.shape + (1,) * (scores.ndim - weight.ndim))
    if how == "copeland":
        return copeland(scores, weight)
    if how == "benefit_of_the_doubt":
        return best_cases(scores, weight)
    if (weight <= 0).any():
        scores = np.where(weight > 0, scores, np.nan)
    missing = np.isnan(scores)
    if missing.any():
        lowest, highest = np.fmin.reduce(scores, axis=1), np.fmax.reduce(scores, axis=1)
        # Any number would do where the weight is 0, as long as its logarithm exists.
        weight, scores = np.where(missing, 0.0, weight), np.where(missing, 1.0, scores)
    else:
        lowest, highest = scores.min(axis=1), scores.max(axis=1)  # the same, but much faster
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = _MEANS[how](weight / weight.sum(axis=1, keepdims=True), scores)
    # Rounding must not carry a mean beyond what it is a mean of: 100 is the highest score.
    return np.asarray(np.clip(mean, lowest, highest))


def copeland(scores: Floats, importance: Floats) -> Floats:
    """Share of the other units that a unit outranks, those on a par counting half; 0 to 100.

    Args:
        scores: (n, k, ...) scores.
        importance: (k,) or (1, k, ...) weights.

    Returns:
        (n, ...); NaN where a unit can be compared with nobody.
    """
    matrix = outranking(scores, importance)
    met = ~np.isnan(matrix)
    won = np.where(met, 0.5 + 0.5 * np.sign(np.round(matrix - 0.5, 12)), 0.0)
    with np.errstate(invalid="ignore"):
        return np.asarray(100 * won.sum(axis=1) / met.sum(axis=1))


def best_cases(scores: Floats, importance: Floats) -> Floats:
    """Benefit of the doubt of each draw; what has no importance does not count.

    Args:
        scores: (n, k, ...) scores, 0 or more.
        importance: (1, k, ...) weights, of which only matters whether they are above 0.

    Returns:
        (n, ...); NaN for a unit that misses a score.
    """
    found = np.empty((len(scores), *scores.shape[2:]))
    counts = np.broadcast_to(importance > 0, (1, *scores.shape[1:]))[0]
    for draw in np.ndindex(scores.shape[2:]):
        one = scores[(slice(None), slice(None), *draw)]
        found[(slice(None), *draw)] = benefit_of_the_doubt(one[:, counts[(slice(None), *draw)]])[0]
    return found


def outranking(scores: Floats, importance: Floats) -> Floats:
    """Share of importance for which one unit scores higher than another, ties counting half.

    Indicators missing in one of the two do not count, and the others' importance is scaled up.

    Args:
        scores: (n, k, ...) scores.
        importance: (k,) or (1, k, ...) weights.

    Returns:
        (n, n, ...) shares, 0 to 1, of the row's unit against the column's; NaN on the diagonal
        and where two units share no indicator.
    """
    (weight,) = importance if importance.ndim > 1 else (importance,)
    above = np.zeros((len(scores), *scores.shape[:1], *scores.shape[2:]))
    common = np.zeros_like(above)
    for member, share in enumerate(weight):
        first, second = scores[:, None, member], scores[None, :, member]
        above = above + share * ((first > second) + 0.5 * (first == second))
        common = common + share * ~np.isnan(first - second)
    common[np.arange(len(scores)), np.arange(len(scores))] = 0
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(common > 0, above / common, np.nan)


def _arithmetic(share: Floats, scores: Floats) -> Floats:
    return np.asarray(np.einsum("nk...,nk...->n...", share, scores))


def _geometric(share: Floats, scores: Floats) -> Floats:
    return np.asarray(np.exp(_arithmetic(share, np.log(scores))))


def _harmonic(share: Floats, scores: Floats) -> Floats:
    return 1 / _arithmetic(share, 1 / scores)


def _median(share: Floats, scores: Floats) -> Floats:
    """The score with half of the importance on either side; the middle of two if it falls there."""
    share, scores = np.broadcast_arrays(share, scores)
    order = np.argsort(np.where(share > 0, scores, np.inf), axis=1)
    ordered = np.take_along_axis(scores, order, axis=1)
    below = np.round(np.cumsum(np.take_along_axis(share, order, axis=1), axis=1), 12)
    ends = [np.argmax(reached, axis=1)[:, None] for reached in (below >= 0.5, below > 0.5)]
    lower, upper = (np.take_along_axis(ordered, end, axis=1)[:, 0] for end in ends)
    return np.asarray((lower + upper) / 2)


def _mazziotta_pareto(share: Floats, scores: Floats) -> Floats:
    scaled = _FLOOR + _SCALE * scores
    mean = _arithmetic(share, scaled)
    variance = _arithmetic(share, (scaled - mean[:, None]) ** 2)
    return (mean - variance / mean - _FLOOR) / _SCALE


_MEANS: Mapping[Mean, Callable[[Floats, Floats], Floats]] = {
    "arithmetic": _arithmetic,
    "geometric": _geometric,
    "harmonic": _harmonic,
    "median": _median,
    "mazziotta_pareto": _mazziotta_pareto,
}
