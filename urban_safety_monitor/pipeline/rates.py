"""Rates of recorded events: over a population known or estimated, standardised, and their ratios.

Source: Garwood (1936) for counts; Fay and Feuer (1997) for standardised rates; Donner and Zou
(2012) for a rate over an estimated population; `statistics.rate_intervals` and
`statistics.standardisation` name the pages.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from urban_safety_monitor.catalogue.measures import Rate, RateRatio, Standard
from urban_safety_monitor.statistics.intervals import Interval, poisson, symmetric
from urban_safety_monitor.statistics.rate_intervals import (
    fay_feuer,
    rate_over_estimate,
    rate_ratio,
)
from urban_safety_monitor.statistics.standardisation import standardise

Floats = NDArray[np.float64]


class Recorded(NamedTuple):
    """Value, error and interval of one indicator over cells (n,), in its unit of measure."""

    value: Floats
    standard_error: Floats
    lower: Floats
    upper: Floats
    n: Floats


def series(wide: pd.DataFrame, name: str, kind: str = "value") -> Floats:
    """One series of figures in cells (n,); missing where there is none."""
    column = f"{kind}:{name}"
    if column not in wide:
        return np.full(len(wide), np.nan)
    return pd.to_numeric(wide[column]).to_numpy(dtype=float, na_value=np.nan)


def per_resident(residents: Floats, per: float) -> Floats:
    """What one event adds to a rate; missing where nobody lives."""
    return per / np.where(residents > 0, residents, np.nan)


def crude_rate(measure: Rate, cells: pd.DataFrame, level: float) -> Recorded:
    """Events per residents; where these are an estimate, their error adds to that of the count."""
    events, residents = series(cells, measure.events), series(cells, measure.residents)
    own = np.nan_to_num(series(cells, measure.residents, "standard_error"))
    factor = per_resident(residents, measure.per)
    ends = poisson(events, level)
    # No event seen still leaves a doubt of about one.
    error = np.sqrt(np.maximum(events, 1)) * factor
    lower, upper = ends.lower * factor, ends.upper * factor
    if own.any():
        share = np.divide(own, residents, out=np.zeros_like(own), where=residents > 0)
        error = np.sqrt(error**2 + (events * factor * share) ** 2)
        known = np.full(len(own), np.inf)
        of_residents = symmetric(1 / factor, share / factor, known, level)
        wider = rate_over_estimate(events, 1 / factor, of_residents, level)
        lower, upper = np.where(own > 0, np.asarray(wider), [lower, upper])
    return Recorded(events * factor, error, lower, upper, events)


def standardised_rate(
    measure: Rate, standard: Standard, cells: pd.DataFrame, wide: pd.DataFrame, level: float
) -> Recorded:
    """The rate there would be with the standard's make-up, by area and period.

    The gamma interval is widened by the error of populations that are estimates, as is the error.
    A group without figures, or in which nobody lives, leaves the rate missing.
    """
    names = list(standard.population)
    events, residents, own = (
        _by_group(cells, wide, standard.disaggregation, names, column)
        for column in (
            f"value:{measure.events}",
            f"value:{measure.residents}",
            f"standard_error:{measure.residents}",
        )
    )
    share = np.array(list(standard.population.values()), dtype=float)
    variance = (np.nan_to_num(own) / measure.per) ** 2
    found = standardise(events, residents / measure.per, share, variance)
    counted = standardise(events, residents / measure.per, share).variance
    ends = fay_feuer(events, found.weight, level)
    one_more = np.where(counted > 0, counted, found.weight.max(axis=-1) ** 2)
    wider = np.sqrt(1 + (found.variance - counted) / one_more)
    return Recorded(
        found.value,
        np.sqrt(one_more) * wider,
        found.value - (found.value - ends.lower) * wider,
        found.value + (ends.upper - found.value) * wider,
        events.sum(axis=-1),
    )


def ratio_of_rates(
    measure: RateRatio, cells: pd.DataFrame, wide: pd.DataFrame, level: float
) -> Recorded:
    """The rate of one group over that of another, by area and period, with its exact interval.

    Missing where either group has no figures, or nothing happened in the one below.
    """
    names = [measure.category, measure.over]
    events, residents = (
        _by_group(cells, wide, measure.disaggregation, names, f"value:{column}")
        for column in (measure.events, measure.residents)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = events / np.where(residents > 0, residents, np.nan)
        value = np.where(rates[:, 1] > 0, rates[:, 0] / rates[:, 1], np.nan)
        error = value * np.sqrt((1 / np.maximum(events, 1)).sum(axis=1))
    ends = rate_ratio(*_columns(events, residents), level)
    return Recorded(value, error, *_where_known(value, ends), events.sum(axis=1))


def _columns(events: Floats, residents: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    return events[:, 0], residents[:, 0], events[:, 1], residents[:, 1]


def _where_known(value: Floats, ends: Interval) -> tuple[Floats, Floats]:
    known = ~np.isnan(value) & np.isfinite(ends.upper)
    return np.where(known, ends.lower, np.nan), np.where(known, ends.upper, np.nan)


def _by_group(
    cells: pd.DataFrame, wide: pd.DataFrame, disaggregation: str, names: list[str], column: str
) -> Floats:
    """A series by group (n, k) for the areas and periods of cells."""
    if column not in wide:
        return np.full((len(cells), len(names)), np.nan)
    rows = wide[wide["disaggregation"] == disaggregation]
    table = rows.pivot(index=["area", "period"], columns="category", values=column)
    places = pd.MultiIndex.from_frame(cells[["area", "period"]])
    return table.reindex(index=places, columns=names).to_numpy(dtype=float, na_value=np.nan)
