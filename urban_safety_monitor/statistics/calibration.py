"""Weights that meet known totals: post-stratification, raking, linear and logit calibration.

Calibrated weights lie as near to the sampling weights as the distance chosen allows while the
weighted sums of auxiliary variables equal what is known of the population. What could not be met
comes back as data, all of it at once: margins nobody in the sample belongs to, totals missed,
whether the iterations settled.

The auxiliary variables are columns: 1 for a member of a group and 0 for others (`indicators`), or
a quantity. Post-stratification has one grouping only, so it is met in one step.

Sources: Deville and Särndal, Journal of the American Statistical Association 87 (1992), 376-382
(distances, bounds, residual variance); Deville, Särndal and Sautory, ibid. 88 (1993), 1013-1020
(raking as calibration to margins); Deming and Stephan, Annals of Mathematical Statistics 11
(1940), 427-444 (iterative proportional fitting).
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from urban_safety_monitor.errors import DesignError

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


class Distance(NamedTuple):
    """How far weights may move: the factor to a weight and its slope, by linear predictor."""

    factor: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]


class Calibrated(NamedTuple):
    """Weights after calibration and how well they meet what was asked.

    Attributes:
        weights: (n,).
        factors: (n,) weights over those before.
        missed: (k,) target less the weighted sum reached, over the target's size plus 1.
        empty: (k,) targets other than 0 that no record has a share in: these cannot be met.
        converged: every target that is not empty is met.
        rounds: iterations made.
    """

    weights: Floats
    factors: Floats
    missed: Floats
    empty: NDArray[np.bool_]
    converged: bool
    rounds: int


def linear(lower: float = -np.inf, upper: float = np.inf) -> Distance:
    """Generalised regression; with bounds to the factors, its truncated form."""
    _check_bounds(lower, upper)
    return Distance(
        lambda u: np.clip(1 + u, lower, upper),
        lambda u: ((1 + u > lower) & (1 + u < upper)).astype(float),
    )


def logit(lower: float, upper: float) -> Distance:
    """Factors between two bounds, approached as smoothly as a logistic curve does."""
    _check_bounds(lower, upper)
    steep = (upper - lower) / ((1 - lower) * (upper - 1))
    start = special.logit((1 - lower) / (upper - lower))

    def share(u: Floats) -> Floats:
        return np.asarray(special.expit(start + steep * u))

    return Distance(
        lambda u: lower + (upper - lower) * share(u),
        lambda u: (upper - lower) * steep * share(u) * (1 - share(u)),
    )


def exponential() -> Distance:
    """Raking: all factors above 0, and multiplied rather than added over several margins."""
    return Distance(np.exp, np.exp)


def _check_bounds(lower: float, upper: float) -> None:
    if not lower < 1 < upper:
        raise DesignError(
            f"bounds of weight factors are {lower} and {upper}; they must lie below and above 1"
        )


def indicators(group: Codes, groups: int) -> Floats:
    """Columns (n, groups) of 0 and 1 for groups (n,) numbered 0..groups-1."""
    return np.asarray(group[:, None] == np.arange(groups), dtype=float)


def calibrate(
    weight: Floats,
    auxiliary: Floats,
    targets: Floats,
    distance: Distance,
    *,
    tolerance: float = 1e-10,
    most_rounds: int = 100,
) -> Calibrated:
    """Move weights as little as a distance allows so that they meet totals of the population.

    Args:
        weight: (n,) sampling weights.
        auxiliary: (n, k) what each record adds to each target; columns may depend on each other.
        targets: (k,) known totals.
        distance: `linear`, `logit` or `exponential`.
        tolerance: largest `missed` that counts as met.
        most_rounds: Newton steps before giving up.
    """
    empty = ~auxiliary.any(axis=0) & (targets != 0)
    predictor, rounds = np.zeros(auxiliary.shape[1]), 0
    missed = _missed(weight, auxiliary, targets)
    factors = np.ones_like(weight)
    while rounds < most_rounds and not _met(missed, empty, tolerance):
        moved = weight * distance.slope(auxiliary @ predictor)
        tangent = auxiliary.T @ (auxiliary * moved[:, None])
        gap = np.where(empty, 0.0, targets - auxiliary.T @ (weight * factors))
        predictor = predictor + np.linalg.lstsq(tangent, gap, rcond=1e-12)[0]
        factors = distance.factor(auxiliary @ predictor)
        missed = _missed(weight * factors, auxiliary, targets)
        rounds += 1
    met = _met(missed, empty, tolerance)
    return Calibrated(weight * factors, factors, missed, empty, met, rounds)


def post_stratify(weight: Floats, group: Codes, targets: Floats) -> Calibrated:
    """Give every group (n,), numbered as in `targets` (k,), the total known of it."""
    sums = np.bincount(group, weight, len(targets))
    factor = np.divide(targets, sums, out=np.ones(len(targets)), where=sums > 0)
    empty = (sums == 0) & (targets != 0)
    missed = np.where(empty, targets / (1 + np.abs(targets)), 0.0)
    return Calibrated(weight * factor[group], factor[group], missed, empty, True, 1)


def rake(
    weight: Floats,
    groups: Sequence[Codes],
    targets: Sequence[Floats],
    *,
    tolerance: float = 1e-10,
    most_rounds: int = 1000,
) -> Calibrated:
    """Meet the margins of several groupings in turn until all are met together.

    Args:
        weight: (n,) sampling weights.
        groups: (n,) group numbers, one array a margin.
        targets: the totals of each margin's groups. Margins whose sums differ from one another
            cannot be met together: `missed` then shows by how much.
        tolerance: largest `missed` that counts as met.
        most_rounds: rounds over all margins before giving up.
    """
    auxiliary = np.hstack([indicators(g, len(t)) for g, t in zip(groups, targets, strict=True)])
    together = np.concatenate(targets)
    empty = ~auxiliary.any(axis=0) & (together != 0)
    fitted, rounds = weight, 0
    missed = _missed(weight, auxiliary, together)
    while rounds < most_rounds and not _met(missed, empty, tolerance):
        for group, target in zip(groups, targets, strict=True):
            fitted = post_stratify(fitted, group, target).weights
        missed = _missed(fitted, auxiliary, together)
        rounds += 1
    factors = np.divide(fitted, weight, out=np.ones_like(weight), where=weight > 0)
    return Calibrated(fitted, factors, missed, empty, _met(missed, empty, tolerance), rounds)


def calibrated_influence(
    factors: Floats, weight: Floats, auxiliary: Floats, influence: Floats
) -> Floats:
    """Influences of estimates made with calibrated weights, by record.

    What the auxiliary variables explain no longer varies from sample to sample; only residuals do.
    Summed over PSUs they go into `linearisation.covariances` like any other influences.

    Args:
        factors: (n,) calibrated weights over sampling weights.
        weight: (n,) sampling weights.
        auxiliary: (n, k) as calibrated to.
        influence: (n, m) linearised values per unit of weight, made with calibrated weights: of a
            total the value itself, of a ratio (value - ratio x denominator) / total.

    Returns:
        (n, m), weighted.
    """
    root = np.sqrt(weight)[:, None]
    slopes = np.linalg.lstsq(auxiliary * root, influence * root, rcond=1e-10)[0]
    return np.asarray((factors * weight)[:, None] * (influence - auxiliary @ slopes))


def _missed(weights: Floats, auxiliary: Floats, targets: Floats) -> Floats:
    return np.asarray((targets - auxiliary.T @ weights) / (1 + np.abs(targets)))


def _met(missed: Floats, empty: NDArray[np.bool_], tolerance: float) -> bool:
    return bool((np.abs(missed[~empty]) <= tolerance).all())
