"""Composite index: normalise, aggregate, rank. Arrays may carry draws along further axes.

Source: OECD/JRC, Handbook on Constructing Composite Indicators (2008), steps 5 and 6. Missing
values are left out and the importance of the others is scaled up; whether enough is there to
aggregate at all is the caller's rule (coverage).
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Aggregation = Literal["arithmetic", "geometric", "harmonic"]


def normalise(value: Floats, scores_0: float, scores_100: float, *, log: bool = False) -> Floats:
    """Score between two goalposts: 0 at or beyond the first, 100 at or beyond the second."""
    if log:
        with np.errstate(divide="ignore", invalid="ignore"):
            value = np.log(np.maximum(value, np.finfo(float).tiny))
        scores_0, scores_100 = np.log(scores_0), np.log(scores_100)
    return 100 * np.clip((value - scores_0) / (scores_100 - scores_0), 0, 1)


def aggregate(scores: Floats, importance: Floats, how: Aggregation = "arithmetic") -> Floats:
    """Weighted mean of scores over their second axis.

    Args:
        scores: (n, k, ...) scores; NaN is missing.
        importance: (k,) or (n, k) weights, need not sum to 1.
        how: the mean; a score of 0 makes a geometric or harmonic mean 0.

    Returns:
        (n, ...) means; NaN where nothing is there.
    """
    weight = importance if importance.ndim == 2 else importance[None, :]
    weight = weight.reshape(weight.shape + (1,) * (scores.ndim - 2))
    weight = np.where(np.isnan(scores), 0.0, weight)
    total = weight.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = weight / total[:, None]
        match how:
            case "arithmetic":
                mean = np.nansum(share * scores, axis=1)
            case "geometric":
                mean = np.exp(np.nansum(np.where(share > 0, share * np.log(scores), 0), axis=1))
            case "harmonic":
                mean = 1 / np.nansum(np.where(share > 0, share / scores, 0), axis=1)
    # Rounding must not carry a mean beyond what it is a mean of: 100 is the highest score.
    lowest = scores.min(axis=1, initial=np.inf, where=weight > 0)
    highest = scores.max(axis=1, initial=-np.inf, where=weight > 0)
    return np.where(total > 0, np.clip(mean, lowest, highest), np.nan)


def ranks(scores: Floats) -> Floats:
    """Rank scores (n, ...) along the first axis, 1 is highest; ties share the smallest rank."""
    order = np.argsort(-scores, axis=0, kind="stable")
    position = np.argsort(order, axis=0, kind="stable") + 1.0
    in_order = np.take_along_axis(scores, order, axis=0)
    first = np.ones_like(in_order, dtype=bool)
    first[1:] = in_order[1:] != in_order[:-1]
    counted = np.arange(1, len(scores) + 1, dtype=float).reshape((-1,) + (1,) * (scores.ndim - 1))
    shared = np.maximum.accumulate(np.where(first, counted, 0.0), axis=0)
    ranked = np.take_along_axis(shared, position.astype(int) - 1, axis=0)
    return np.where(np.isnan(scores), np.nan, ranked)
