"""Estimates from recorded figures: rates of events, shares of events, figures of their holders.

Events recorded in a year are one outcome of a random process, so their counts carry an error
even though every event is counted (Brillinger 1986); a complete count of something that does not
vary at random has none, and a holder's own figure has the error its holder publishes.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.catalogue.measures import (
    Rate,
    RateRatio,
    RecordedShare,
    RecordedValue,
    Standard,
)
from urban_safety_monitor.pipeline.rates import (
    Recorded,
    crude_rate,
    per_resident,
    ratio_of_rates,
    series,
    standardised_rate,
)
from urban_safety_monitor.statistics.draws import binomial_share, normal, poisson_rate
from urban_safety_monitor.statistics.intervals import normal_quantile, wilson
from urban_safety_monitor.tables import Administrative, Estimates, checked
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.totals import CELL

Floats = NDArray[np.float64]
Drawing = Callable[[int, np.random.Generator], Floats]


def estimate_recorded(
    records: DataFrame[Administrative], indicators: Sequence[Indicator], level: float = 0.95
) -> DataFrame[Estimates]:
    """Estimate indicators measured by rate, rate_ratio, recorded_share or recorded_value.

    A cell whose numerator or denominator is missing has no value and status x; nothing missing
    is ever read as zero.
    """
    wide = _wide(records)
    frames = [_estimates_of(indicator, wide, level) for indicator in indicators]
    columns = list(Estimates.to_schema().columns)
    return checked(Estimates, pd.concat([pd.DataFrame(columns=columns), *frames]))


def totals_of_records(records: DataFrame[Administrative], areas: pd.MultiIndex) -> pd.DataFrame:
    """Every series' total for these (area, period) pairs, a column each."""
    wide = _wide(records)
    return wide[wide["disaggregation"] == TOTAL].set_index(["area", "period"]).reindex(areas)


def recorded_draws(
    wide: pd.DataFrame, indicator: Indicator, draws: int, rngs: Sequence[np.random.Generator]
) -> Floats:
    """Draws (n, 1 + draws) of an indicator's total value; `wide` is of `totals_of_records`."""
    match indicator.measure:
        case Rate(events=events, residents=residents, per=per):
            factor = per_resident(series(wide, residents), per)
            return poisson_rate(series(wide, events), factor, draws, rngs)
        case RecordedShare(events=events, among=among, times=times):
            drawn = binomial_share(series(wide, events), series(wide, among), draws, rngs)
            return drawn * times
        case RecordedValue(series=name, times=times):
            error = np.nan_to_num(series(wide, name, "standard_error"))
            return normal(series(wide, name), error, draws, rngs) * times
    raise TypeError(f"{indicator.id} is not measured from records")


def _wide(records: pd.DataFrame) -> pd.DataFrame:
    wide = records.pivot(index=CELL, columns="series", values=["value", "standard_error"])
    status = records.pivot(index=CELL, columns="series", values="obs_status")
    status.columns = pd.MultiIndex.from_product([["obs_status"], status.columns])
    joined = wide.join(status)
    keys = joined.index.to_frame(index=False)
    flat = joined.reset_index(drop=True)
    flat.columns = flat.columns.map(":".join)
    return pd.concat([keys, flat], axis=1)


def _estimates_of(indicator: Indicator, wide: pd.DataFrame, level: float) -> pd.DataFrame:
    named = series_of(indicator)
    there = [f"value:{name}" for name in named if f"value:{name}" in wide]
    asked = (wide["disaggregation"] == TOTAL) | wide["disaggregation"].isin(
        () if by_groups(indicator) else indicator.disaggregations
    )
    has_any = wide[there].notna().any(axis=1) if there else pd.Series(False, index=wide.index)
    cells = wide[asked & (has_any | (wide["disaggregation"] == TOTAL))]
    if by_groups(indicator):  # figures of everybody together are not needed
        surveys = wide.drop_duplicates(["area", "period"])
        cells = surveys.assign(disaggregation=TOTAL, category=TOTAL)
    found = _measured(indicator.measure, cells, wide, level)
    missing = np.isnan(found.value)
    blank: dict[str, Any] = dict.fromkeys(
        ("degrees_of_freedom", "n_effective", "design_effect", "psus"), np.nan
    )
    frame = cells[CELL].assign(indicator=indicator.id, **found._asdict(), **blank)
    frame["obs_status"] = np.where(missing, "x", _status(cells, named))
    frame["conf_status"] = ""
    frame.loc[missing, ["standard_error", "lower", "upper", "n"]] = np.nan
    kept = frame[~missing | (frame["disaggregation"] == TOTAL)]
    return kept[list(Estimates.to_schema().columns)]


def series_of(indicator: Indicator) -> list[str]:
    """The recorded series an indicator is measured from."""
    match indicator.measure:
        case Rate(events=events, residents=residents):
            return [events, residents]
        case RateRatio(events=events, residents=residents):
            return [events, residents]
        case RecordedShare(events=events, among=among):
            return [events, among]
        case RecordedValue(series=series):
            return [series]
    raise TypeError(f"{indicator.id} is not measured from records")


def _status(cells: pd.DataFrame, names: Sequence[str]) -> NDArray[np.object_]:
    """The first series' status that is not normal."""
    status = np.full(len(cells), "A", dtype=object)
    for name in reversed(names):
        column = f"obs_status:{name}"
        if column in cells:
            given = cells[column].fillna("A").to_numpy(dtype=object)
            status = np.where(given == "A", status, given)
    return status


def by_groups(indicator: Indicator) -> bool:
    """Whether one value is made of the figures of several groups."""
    measure = indicator.measure
    return isinstance(measure, RateRatio) or (
        isinstance(measure, Rate) and measure.standard is not None
    )


def _measured(measure: object, cells: pd.DataFrame, wide: pd.DataFrame, level: float) -> Recorded:
    match measure:
        case Rate(standard=None):
            return crude_rate(measure, cells, level)
        case Rate(standard=Standard() as standard):
            return standardised_rate(measure, standard, cells, wide, level)
        case RateRatio():
            return ratio_of_rates(measure, cells, wide, level)
        case RecordedShare(events=events, among=among, times=times):
            return _share(series(cells, events), series(cells, among), times, level)
        case RecordedValue(series=name, times=times):
            given = series(cells, name) * times
            error = series(cells, name, "standard_error") * times
            return _figure(given, error, level)
    raise TypeError(f"not a measure of records: {measure!r}")


def _share(events: Floats, among: Floats, times: float, level: float) -> Recorded:
    """More events than they can be of are a fault of the records, not a share."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where((among > 0) & (events <= among), events / among, np.nan)
        # Jeffreys' adjusted share keeps the error above 0 where all or none were of the kind.
        adjusted = (events + 0.5) / (among + 1)
        error = np.sqrt(adjusted * (1 - adjusted) / among)
    ends = wilson(share, among, level)
    return Recorded(share * times, error * times, ends.lower * times, ends.upper * times, among)


def _figure(value: Floats, error: Floats, level: float) -> Recorded:
    complete = np.where(np.isnan(value), np.nan, np.nan_to_num(error))
    half = normal_quantile(level) * complete
    return Recorded(
        value, complete, np.maximum(value - half, 0), value + half, np.full(len(value), np.nan)
    )
