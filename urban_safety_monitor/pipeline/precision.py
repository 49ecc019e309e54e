"""What is said of how sure an estimate is: standard error, interval, design effect, effective n.

A share's interval is Wilson's with a settled design effect (`settled`, ADR 12) unless another is
asked for; all others have Student's. Whichever interval is shown, the effective n that tests rest
on stays the settled one, so a status never depends on the way an interval is drawn.

Source: `statistics.intervals`, `statistics.share_intervals` and `statistics.design_effect`, which
name theirs.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from urban_safety_monitor.catalogue.measures import Proportion, Total
from urban_safety_monitor.pipeline.linear import LinearisedIndicators
from urban_safety_monitor.pipeline.units import SURVEY
from urban_safety_monitor.statistics import share_intervals
from urban_safety_monitor.statistics.design_effect import (
    deff,
    deff_wr,
    effective_n,
    interval_size,
    settled,
)
from urban_safety_monitor.statistics.intervals import (
    Interval,
    effective_size,
    symmetric,
    wilson,
    wilson_student,
)

Floats = NDArray[np.float64]

ShareInterval = Literal[
    "settled", "wilson", "korn-graubard", "logit", "arcsine", "likelihood", "symmetric"
]
AgainstSampling = Literal["with-replacement", "without-replacement"]
INTERVALS: tuple[ShareInterval, ...] = get_args(ShareInterval)


@dataclass(frozen=True)
class Precision:
    """How precision is said.

    Attributes:
        interval: of shares; `settled` is Wilson's as ADR 12 has it, the others are those of R's
            `svyciprop` (`wilson`, `beta`, `xlogit`, `asin`, `likelihood`, `mean`).
        level: of confidence.
        design_effect: the simple random sample that variances are compared with.
    """

    interval: ShareInterval = "settled"
    level: float = 0.95
    design_effect: AgainstSampling = "with-replacement"


USUAL = Precision()


def precision_of(
    part: LinearisedIndicators, variance: Floats, said: Precision
) -> dict[str, NDArray]:
    """Columns (c, k) of estimates by name, and which shares are at their edge (`at_edge`).

    The effective n of a share is adjusted for its degrees of freedom, and its design effect is
    settled with the survey's usual one, so that intervals keep their level with few PSUs and few
    events. Where everybody or nobody fulfils a condition no spread is seen at all: a share then
    has the usual design effect and the error of Jeffreys' adjusted share, a mean no error.

    Args:
        part: values and what they rest on.
        variance: (c, k) in the values' unit squared; NaN where the design shows none.
        said: how precision is said.
    """
    is_share = np.array([isinstance(i.measure, Proportion) for i in part.indicators], dtype=bool)
    times = np.array([i.survey_measure.times for i in part.indicators], dtype=np.float64)
    df = part.degrees_of_freedom
    simple = _simple_variance(part, times)
    against = np.where(variance > 0, deff_wr(variance, simple), np.nan)
    share = np.where(is_share, np.clip(part.value / times, 0, 1), np.nan)
    usual = _usual_design_effect(part.cells, np.where(is_share, against, np.nan))
    with np.errstate(divide="ignore", invalid="ignore"):
        own = variance / times**2 / (share * (1 - share) / part.n)
        effect = settled(share, part.n, own, df, usual)
        n_effective = interval_size(part.n, effect)
        as_usual = said.level == USUAL.level
        size = n_effective if as_usual else interval_size(part.n, effect, said.level)
        adjusted = (share * n_effective + 0.5) / (n_effective + 1)
        of_edge = times * np.sqrt(adjusted * (1 - adjusted) / n_effective)
    at_edge = is_share & (np.isclose(share, 0) | np.isclose(share, 1)) & (df > 0)
    error = np.where(variance > 0, np.sqrt(variance), np.where(at_edge, of_edge, np.nan))
    plain = symmetric(part.value, error, df, said.level)
    if said.interval == "settled":
        of_share = wilson(share, size, said.level)
    else:
        of_share = _interval_of(_Shares(share, error / times, part.n, df, size), said)
    return {
        "standard_error": error,
        "lower": np.where(is_share, of_share.lower * times, plain.lower),
        "upper": np.where(is_share, of_share.upper * times, plain.upper),
        "n_effective": np.where(is_share, n_effective, effective_n(part.n, against)),
        "design_effect": _design_effect(part, variance, simple, against, said),
        "at_edge": at_edge,
    }


class _Shares(NamedTuple):
    """Shares with their errors, and the effective size for where the error shows none."""

    share: Floats
    error: Floats
    n: Floats
    df: Floats
    size_at_edge: Floats


def _interval_of(found: _Shares, said: Precision) -> Interval:
    """The interval asked for; where nothing varies the usual design effect gives the size."""
    share, n, level = found.share, found.n, said.level
    known = (share > 0) & (share < 1)
    df = np.where(found.df > 0, found.df, np.nan)
    size = np.where(known, effective_size(share, found.error**2), found.size_at_edge)
    match said.interval:
        case "korn-graubard":
            return share_intervals.korn_graubard(share, size, n, df, level)
        case "logit":
            within = np.where(known, share, np.nan)
            return share_intervals.logit(within, found.error**2, df, level)
        case "arcsine":
            return share_intervals.arcsine(share, found.error**2, df, level)
        case "likelihood":
            return share_intervals.likelihood(share, size, n, df, level)
        case "symmetric":
            return symmetric(share, found.error, df, level)
    return wilson_student(share, size, df, level)


def _simple_variance(part: LinearisedIndicators, times: Floats) -> Floats:
    """Variance of the same estimate from a simple random sample with replacement, equal in n."""
    below, above, yy, xy, xx, weight = np.moveaxis(part.moments, 2, 0)
    is_total = np.array([isinstance(i.measure, Total) for i in part.indicators], dtype=np.bool_)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = above / below
        spread = yy - 2 * ratio * xy + ratio**2 * xx
        per_record = spread * weight / np.where(is_total, 1.0, below**2)
        variance = per_record / (part.n - 1) * times**2
    return np.where(variance > 0, variance, np.nan)


def _design_effect(
    part: LinearisedIndicators, variance: Floats, simple: Floats, against: Floats, said: Precision
) -> Floats:
    if said.design_effect == "with-replacement":
        return against
    population = part.moments[:, :, 5]
    return np.where(variance > 0, deff(variance, simple, part.n, population), np.nan)


def _usual_design_effect(cells: pd.DataFrame, design_effect: Floats) -> Floats:
    """The median of the survey each cell (c, 1) is of, at least 1; 1 where none is known."""
    (area, _), (period, periods) = (pd.factorize(cells[name]) for name in SURVEY)
    survey = area * len(periods) + period
    row, column = np.nonzero(design_effect > 0)
    of, known = survey[row], np.maximum(design_effect[row, column], 1)
    order = np.lexsort((known, of))
    surveys, first, number = np.unique(of[order], return_index=True, return_counts=True)
    usual = np.ones(survey.max(initial=-1) + 1)
    # The middle one, or the mean of the two in the middle.
    low, high = (known[order[first + (number - 1 + k) // 2]] for k in (0, 1))
    usual[surveys] = (low + high) / 2
    return usual[survey][:, None]
