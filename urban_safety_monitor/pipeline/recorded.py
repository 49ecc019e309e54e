"""Estimates from recorded figures: rates of events, shares of events, figures of their holders.

Events recorded in a year are one outcome of a random process, so their counts carry an error
even though every event is counted (Brillinger 1986); a complete count of something that does not
vary at random has none, and a holder's own figure has the error its holder publishes.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.catalogue.measures import Rate, RecordedShare, RecordedValue
from urban_safety_monitor.statistics.draws import binomial_share, normal, poisson_rate
from urban_safety_monitor.statistics.intervals import normal_quantile, poisson, wilson
from urban_safety_monitor.tables import Administrative, Estimates, checked
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.totals import CELL

Floats = NDArray[np.float64]
Drawing = Callable[[int, np.random.Generator], Floats]


class Recorded(NamedTuple):
    """Value, error and interval of one indicator over cells (n,), in its unit of measure."""

    value: Floats
    standard_error: Floats
    lower: Floats
    upper: Floats
    n: Floats


def estimate_recorded(
    records: DataFrame[Administrative], indicators: Sequence[Indicator]
) -> DataFrame[Estimates]:
    """Estimate indicators measured by rate, recorded_share or recorded_value.

    A cell whose numerator or denominator is missing has no value and status x; nothing missing
    is ever read as zero.
    """
    wide = _wide(records)
    frames = [_estimates_of(indicator, wide) for indicator in indicators]
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
            factor = _per_resident(_series(wide, residents), per)
            return poisson_rate(_series(wide, events), factor, draws, rngs)
        case RecordedShare(events=events, among=among, times=times):
            drawn = binomial_share(_series(wide, events), _series(wide, among), draws, rngs)
            return drawn * times
        case RecordedValue(series=series, times=times):
            error = np.nan_to_num(_series(wide, series, "standard_error"))
            return normal(_series(wide, series), error, draws, rngs) * times
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


def _series(wide: pd.DataFrame, series: str, kind: str = "value") -> Floats:
    name = f"{kind}:{series}"
    if name not in wide:
        return np.full(len(wide), np.nan)
    return pd.to_numeric(wide[name]).to_numpy(dtype=float, na_value=np.nan)


def _estimates_of(indicator: Indicator, wide: pd.DataFrame) -> pd.DataFrame:
    named = series_of(indicator)
    there = [f"value:{series}" for series in named if f"value:{series}" in wide]
    asked = (wide["disaggregation"] == TOTAL) | wide["disaggregation"].isin(
        indicator.disaggregations
    )
    has_any = wide[there].notna().any(axis=1) if there else pd.Series(False, index=wide.index)
    cells = wide[asked & (has_any | (wide["disaggregation"] == TOTAL))]
    found = _measured(indicator.measure, cells)
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
        case RecordedShare(events=events, among=among):
            return [events, among]
        case RecordedValue(series=series):
            return [series]
    raise TypeError(f"{indicator.id} is not measured from records")


def _status(cells: pd.DataFrame, series: Sequence[str]) -> NDArray[np.object_]:
    """The first series' status that is not normal."""
    status = np.full(len(cells), "A", dtype=object)
    for name in reversed(series):
        column = f"obs_status:{name}"
        if column in cells:
            given = cells[column].fillna("A").to_numpy(dtype=object)
            status = np.where(given == "A", status, given)
    return status


def _measured(measure: object, cells: pd.DataFrame) -> Recorded:
    match measure:
        case Rate(events=events, residents=residents, per=per):
            return _rate(_series(cells, events), _series(cells, residents), per)
        case RecordedShare(events=events, among=among, times=times):
            return _share(_series(cells, events), _series(cells, among), times)
        case RecordedValue(series=series, times=times):
            given = _series(cells, series) * times
            error = _series(cells, series, "standard_error") * times
            return _figure(given, error)
    raise TypeError(f"not a measure of records: {measure!r}")


def _per_resident(residents: Floats, per: float) -> Floats:
    """What one event adds to a rate; missing where nobody lives."""
    return per / np.where(residents > 0, residents, np.nan)


def _rate(events: Floats, residents: Floats, per: float) -> Recorded:
    factor = _per_resident(residents, per)
    ends = poisson(events)
    error = np.sqrt(np.maximum(events, 1))  # no event seen still leaves a doubt of about one
    return Recorded(
        events * factor, error * factor, ends.lower * factor, ends.upper * factor, events
    )


def _share(events: Floats, among: Floats, times: float) -> Recorded:
    """More events than they can be of are a fault of the records, not a share."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where((among > 0) & (events <= among), events / among, np.nan)
        # Jeffreys' adjusted share keeps the error above 0 where all or none were of the kind.
        adjusted = (events + 0.5) / (among + 1)
        error = np.sqrt(adjusted * (1 - adjusted) / among)
    ends = wilson(share, among)
    return Recorded(share * times, error * times, ends.lower * times, ends.upper * times, among)


def _figure(value: Floats, error: Floats) -> Recorded:
    complete = np.where(np.isnan(value), np.nan, np.nan_to_num(error))
    half = normal_quantile() * complete
    return Recorded(
        value, complete, np.maximum(value - half, 0), value + half, np.full(len(value), np.nan)
    )
