"""Trimming of extreme weights and the figures that show what weighting has done.

Sources: Potter, Proceedings of the Survey Research Methods Section, ASA (1990), 225-230 (trimming
and redistribution); Kish, Journal of Official Statistics 8 (1992), 183-200 (design effect of
unequal weights).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from urban_safety_monitor.errors import DesignError
from urban_safety_monitor.statistics.design_effect import weighting_effect

Floats = NDArray[np.float64]

QUANTILES = np.array([0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99])


class Trimmed(NamedTuple):
    """Trimmed weights (n,), which were held at a bound (n,), and what the others gained."""

    weights: Floats
    held: NDArray[np.bool_]
    factor: float


class WeightSummary(NamedTuple):
    """One entry per set of weights, so that before and after stand side by side.

    Attributes:
        total: (m,) their sum.
        smallest: (m,) and `largest` (m,).
        largest: see `smallest`.
        quantiles: (m, 7) at `QUANTILES`.
        variation: (m,) coefficient of variation.
        design_effect: (m,) of unequal weights alone (Kish).
        n_effective: (m,) records over that.
    """

    total: Floats
    smallest: Floats
    largest: Floats
    quantiles: Floats
    variation: Floats
    design_effect: Floats
    n_effective: Floats


class Margins(NamedTuple):
    """Weighted totals (k, m) by target and set of weights, and their shares (k, m) of targets."""

    total: Floats
    of_target: Floats


def trim(weight: Floats, lower: float, upper: float) -> Trimmed:
    """Hold weights between two bounds; all others grow or shrink by one factor to keep the sum.

    Args:
        weight: (n,) above 0.
        lower: smallest weight allowed.
        upper: largest weight allowed.

    Raises:
        DesignError: the sum of the weights cannot be kept between these bounds.
    """
    from scipy.optimize import brentq

    total = weight.sum()
    mean = total / len(weight)
    if weight.min() <= 0 or not lower <= mean <= upper:
        raise DesignError(
            f"weights from {weight.min():g} with the mean {mean:g} cannot be trimmed to {lower:g} "
            f"to {upper:g}: weights must be above 0 and the bounds enclose their mean"
        )

    def surplus(factor: float) -> float:
        return float(np.clip(weight * factor, lower, upper).sum() - total)

    most = max(1.0, upper / weight.min())
    factor = float(brentq(surplus, 0.0, most, xtol=1e-300, rtol=1e-15))
    held = (weight * factor <= lower) | (weight * factor >= upper)
    return Trimmed(np.clip(weight * factor, lower, upper), held, factor)


def summary(weights: Floats) -> WeightSummary:
    """Figures of sets of weights (n, m), such as before and after calibration."""
    effect = weighting_effect(weights)
    return WeightSummary(
        total=weights.sum(axis=0),
        smallest=weights.min(axis=0),
        largest=weights.max(axis=0),
        quantiles=np.quantile(weights, QUANTILES, axis=0).T,
        variation=weights.std(axis=0) / weights.mean(axis=0),
        design_effect=effect,
        n_effective=len(weights) / effect,
    )


def margins(weights: Floats, auxiliary: Floats, targets: Floats) -> Margins:
    """Totals that sets of weights (n, m) give to auxiliary variables (n, k) beside targets (k,)."""
    total = auxiliary.T @ weights
    with np.errstate(divide="ignore", invalid="ignore"):
        return Margins(total, np.where(targets[:, None] == 0, np.nan, total / targets[:, None]))
