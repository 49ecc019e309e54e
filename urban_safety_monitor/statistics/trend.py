"""Trend over survey rounds: one slope, with a new level wherever the series breaks.

A changed questionnaire or mode shifts the level of a series; what rounds on the same side of a
break say about the slope remains valid, so slopes within segments are pooled by their precision.

Source: weighted least squares with a level for each segment (fixed effects), as in Draper and
Smith, Applied Regression Analysis (1998), ch. 9 and 14; scatter beyond the sampling errors widens
the error as Birge, Physical Review 40 (1932) 207.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from urban_safety_monitor.statistics.comparison import student_test

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


class Trend(NamedTuple):
    """One entry a series (s,); NaN where no segment has two rounds."""

    slope: Floats
    """Change in the value's unit per unit of time."""
    standard_error: Floats
    """From the sampling errors of the rounds, times `scatter` where that is above 1."""
    p_value: Floats
    """Of no trend at all, two-sided."""
    scatter: Floats
    """Residuals against what sampling explains: about 1 on a straight line; NaN without any."""
    degrees_of_freedom: Floats
    """Rounds less segments and slope; 0 where the line passes through all rounds."""


def segments_of(broken: NDArray[np.bool_]) -> Codes:
    """Number the segments of series (s, t), given where rounds are not comparable to before."""
    return np.cumsum(broken, axis=1).astype(np.intp)


def trend(time: Floats, value: Floats, variance: Floats, segment: Codes) -> Trend:
    """Fit one slope to each series, with a level for each of its segments.

    Args:
        time: (t,) of the rounds, in years or any other unit.
        value: (s, t) estimates of independent samples; NaN where there was no round.
        variance: (s, t) of them; a round without one or with 0 does not count.
        segment: (s, t) numbers of the segments between breaks (`segments_of`).
    """
    time = time - time.mean()
    counted = (variance > 0) & ~np.isnan(value)
    weight = np.where(counted, 1 / np.where(counted, variance, 1.0), 0.0)
    inside = segment[:, :, None] == np.arange(segment.max(initial=0) + 1)
    across, up = (
        _from_level(np.broadcast_to(part, value.shape), weight, inside)
        for part in (time, np.where(counted, value, 0.0))
    )
    spread = (weight * across**2).sum(axis=1)
    # One round in each segment leaves nothing but rounding between it and its own level.
    spread = np.where(spread > 1e-12 * (weight * time**2).sum(axis=1), spread, 0.0)
    segments = (inside & counted[:, :, None]).any(axis=1).sum(axis=1)
    df = np.maximum(counted.sum(axis=1) - segments - 1, 0).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = (weight * across * up).sum(axis=1) / np.where(spread > 0, spread, np.nan)
        left = (weight * (up - slope[:, None] * across) ** 2).sum(axis=1)
        scatter = np.where(df > 0, np.sqrt(left / df), np.nan)
        error = np.fmax(scatter, 1.0) / np.sqrt(spread)
    error = np.where(np.isnan(slope), np.nan, error)
    return Trend(slope, error, _p_values(slope, error, scatter, df), scatter, df)


def _from_level(part: Floats, weight: Floats, inside: NDArray[np.bool_]) -> Floats:
    """Distances of (s, t) from the weighted mean of their segment."""
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.einsum("st,st,stg->sg", weight, part, inside) / np.einsum(
            "st,stg->sg", weight, inside
        )
    own = np.einsum("sg,stg->st", np.nan_to_num(mean), inside)
    return np.asarray(part - own)


def _p_values(slope: Floats, error: Floats, scatter: Floats, df: Floats) -> Floats:
    """Normal where sampling explains the scatter; Student's where the error rests on it."""
    widened = np.where(scatter > 1, df, np.nan)
    return np.asarray(2 * special.ndtr(-np.abs(student_test(slope, error**2, widened).z)))
