"""Withhold what could identify people, and flag what is too unsure to lean on.

Applied before anything leaves the pipeline and before scores are drawn. A withheld estimate
keeps its row and loses every number. Where exactly one category of a disaggregation is withheld
the next smallest is withheld as well, so that the first cannot be found by subtraction.
"""

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.framework import Thresholds
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.catalogue.measures import Average, Gap, Proportion
from urban_safety_monitor.tables import Estimates, checked
from urban_safety_monitor.tables.inputs import TOTAL

NUMBERS = [
    "value",
    "standard_error",
    "lower",
    "upper",
    "degrees_of_freedom",
    "n",
    "n_effective",
    "design_effect",
    "psus",
]
TABLE = ["indicator", "area", "period", "disaggregation"]


def disclose(estimates: DataFrame[Estimates], catalogue: Catalogue) -> DataFrame[Estimates]:
    """Survey estimates with small cells withheld and unreliable ones flagged u."""
    thresholds = catalogue.framework.thresholds
    known = estimates[~_too_small_to_name(estimates, catalogue)].reset_index(drop=True)
    withheld = _with_complements(known, _small(known, catalogue))
    flagged = known.assign(
        obs_status=known["obs_status"].mask(
            (known["obs_status"] == "A") & _unreliable(known, catalogue, thresholds), "u"
        ),
        conf_status=np.where(withheld, "C", ""),
    )
    flagged.loc[withheld, "obs_status"] = "A"
    flagged.loc[withheld, NUMBERS] = np.nan
    return checked(Estimates, flagged)


def persons_needed(indicator: Indicator, thresholds: Thresholds) -> int:
    """The fewest people an estimate may rest on."""
    return thresholds.persons_sensitive if indicator.sensitive else thresholds.persons


def _needed(estimates: pd.DataFrame, catalogue: Catalogue) -> pd.Series:
    limits = {
        name: persons_needed(indicator, catalogue.framework.thresholds)
        for name, indicator in catalogue.indicators.items()
    }
    return estimates["indicator"].map(limits).astype(float)


def _small(estimates: pd.DataFrame, catalogue: Catalogue) -> pd.Series:
    return (estimates["n"] > 0) & (estimates["n"] < _needed(estimates, catalogue))


def _too_small_to_name(estimates: pd.DataFrame, catalogue: Catalogue) -> pd.Series:
    """Optional categories with too few people: those people stay in the total only."""
    optional = {
        (d.id, c.id) for d in catalogue.disaggregations.values() for c in d.categories if c.optional
    }
    pairs = zip(estimates["disaggregation"], estimates["category"], strict=True)
    return pd.Series([pair in optional for pair in pairs], index=estimates.index) & _small(
        estimates, catalogue
    )


def _with_complements(estimates: pd.DataFrame, withheld: pd.Series) -> pd.Series:
    in_groups = estimates["disaggregation"] != TOTAL
    keys = [estimates[column] for column in TABLE]
    hidden = (withheld & in_groups).groupby(keys).transform("sum")
    open_n = estimates["n"].where(in_groups & ~withheld)
    smallest = open_n.groupby(keys).transform("min")
    first = (open_n == smallest) & (hidden == 1)
    first &= ~first.astype(int).groupby(keys).cumsum().gt(1)
    return withheld | first


def _unreliable(estimates: pd.DataFrame, catalogue: Catalogue, thresholds: Thresholds) -> pd.Series:
    measures = {name: i.measure for name, i in catalogue.indicators.items()}
    of = estimates["indicator"].map(measures)
    is_share = of.map(lambda m: isinstance(m, Proportion))
    percent = of.map(lambda m: isinstance(m, Proportion | Average | Gap))
    times = of.map(lambda m: getattr(m, "times", 1.0)).astype(float)
    half_width = (estimates["upper"] - estimates["lower"]) / 2
    wide = percent & (half_width > thresholds.half_width * times / 100)
    # A gap near 0 has no meaningful coefficient of variation.
    is_gap = of.map(lambda m: isinstance(m, Gap))
    cv = estimates["standard_error"] / estimates["value"].abs()
    vague = ~is_gap & (cv >= thresholds.coefficient_of_variation)
    effective = estimates[["n", "n_effective"]].min(axis=1)
    few = is_share & (effective < thresholds.effective_persons)
    by_chance = [d.id for d in catalogue.disaggregations.values() if not d.designed_for]
    return (
        wide
        | vague
        | few
        | (estimates["psus"] < thresholds.psus)
        | estimates["disaggregation"].isin(by_chance)
    )
