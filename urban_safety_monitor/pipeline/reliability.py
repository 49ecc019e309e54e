"""Which estimates are too unsure to lean on: they carry the flag u."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.catalogue.measures import Average, Gap, Proportion


def of_indicator(
    estimates: pd.DataFrame, catalogue: Catalogue, told: Callable[[Indicator], float]
) -> NDArray[np.float64]:
    """What is told of each estimate's indicator (n,)."""
    number, names = pd.factorize(estimates["indicator"])
    return np.array([told(catalogue.indicators[name]) for name in names], dtype=float)[number]


def is_measured_by(
    estimates: pd.DataFrame, catalogue: Catalogue, *kinds: type
) -> NDArray[np.bool_]:
    """Whether each estimate's measure is of one of these kinds (n,)."""
    return of_indicator(estimates, catalogue, lambda i: isinstance(i.measure, kinds)) > 0


def times_of(estimates: pd.DataFrame, catalogue: Catalogue) -> NDArray[np.float64]:
    """What each estimate's measure is multiplied with, such as 100 for percent (n,)."""
    return of_indicator(estimates, catalogue, lambda i: getattr(i.measure, "times", 1.0))


def unreliable(estimates: pd.DataFrame, catalogue: Catalogue) -> pd.Series:
    """Whether an estimate misses one of the framework's thresholds of reliability."""
    thresholds = catalogue.framework.thresholds
    half_width = (estimates["upper"] - estimates["lower"]) / 2
    percent = is_measured_by(estimates, catalogue, Proportion, Average, Gap)
    limit = thresholds.half_width * times_of(estimates, catalogue) / 100
    wide = (half_width > limit) & percent
    # A gap near 0 has no meaningful coefficient of variation.
    cv = estimates["standard_error"] / estimates["value"].abs()
    vague = (cv >= thresholds.coefficient_of_variation) & ~is_measured_by(estimates, catalogue, Gap)
    effective = estimates[["n", "n_effective"]].min(axis=1)
    is_share = is_measured_by(estimates, catalogue, Proportion)
    few = (effective < thresholds.effective_persons) & is_share
    by_chance = [d.id for d in catalogue.disaggregations.values() if not d.designed_for]
    return (
        wide
        | vague
        | few
        | (estimates["psus"] < thresholds.psus)
        | estimates["disaggregation"].isin(by_chance)
    )
