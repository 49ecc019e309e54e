"""PSU totals written the slow and readable way, with pandas: what every engine must equal."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

import pandas as pd

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.codebook import Disaggregation
from urban_safety_monitor.catalogue.conditions import (
    AllOf,
    AnyOf,
    Between,
    CappedSum,
    Count,
    CountBetween,
    Declaration,
    IsIn,
    NoneOf,
    Share,
    Value,
)
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.catalogue.measures import Average, Mean, Ratio, Total

DESIGN = ["area", "period", "stratum", "psu"]


def long_totals(
    microdata: pd.DataFrame,
    catalogue: Catalogue,
    indicators: Sequence[Indicator],
    disaggregations: Sequence[str],
) -> pd.DataFrame:
    """The long form of PsuTotals for indicators that are no gaps."""
    frames = []
    for disaggregation in ["total", *disaggregations]:
        category = (
            pd.Series("total", index=microdata.index)
            if disaggregation == "total"
            else categories(microdata, catalogue.disaggregations[disaggregation])
        )
        for indicator in indicators:
            for number, parts in enumerate(_parts(indicator)):
                frame = _one(microdata.assign(category=category), parts)
                frames.append(
                    frame.assign(
                        indicator=indicator.id, component=number, disaggregation=disaggregation
                    )
                )
    return pd.concat(frames, ignore_index=True)


def condition(frame: pd.DataFrame, part: Declaration) -> pd.Series:
    """Kleene logic: NA where a missing answer decides."""
    match part:
        case IsIn(column=column, is_in=codes):
            answer = _column(frame, column)
            return answer.isin(codes).astype("boolean").mask(answer.isna())
        case Between(column=column, at_least=low, at_most=high):
            return _bounded(_column(frame, column), low, high)
        case CountBetween(count_of=columns, is_in=codes, at_least=low, at_most=high):
            return _bounded(_count(frame, columns, codes), low, high)
        case AllOf(all_of=parts):
            return reduce(and_, [condition(frame, inner) for inner in parts])
        case AnyOf(any_of=parts):
            return reduce(or_, [condition(frame, inner) for inner in parts])
        case NoneOf(none_of=parts):
            return ~reduce(or_, [condition(frame, inner) for inner in parts])
    raise TypeError(part)


def quantity(frame: pd.DataFrame, part: Declaration) -> pd.Series:
    match part:
        case Value(value_of=column, times=times):
            return _column(frame, column).astype("Float64") * times
        case Count(number_of=columns, is_in=codes):
            return _count(frame, columns, codes).astype("Float64")
        case Share(share_of=columns, is_in=codes, out_of=base, times=times):
            out_of = _count(frame, columns, base).astype("Float64")
            return _count(frame, columns, codes) / out_of.mask(out_of == 0) * times
        case CappedSum():
            total = pd.Series(0.0, index=frame.index, dtype="Float64")
            for column in part.sum_of:
                answer = _column(frame, column).astype("Float64")
                known = answer.clip(upper=part.each_at_most)
                known = known.mask(answer.isin(part.unknown), part.unknown_counts_as)
                total = total + known.fillna(0.0)
            return total
    return condition(frame, part).fillna(False).astype("Float64")


def categories(frame: pd.DataFrame, disaggregation: Disaggregation) -> pd.Series:
    if disaggregation.column:
        return frame[disaggregation.column].astype("str")
    result = pd.Series(pd.NA, index=frame.index, dtype="str")
    for category in reversed(disaggregation.categories):
        result = result.mask(condition(frame, category.when).fillna(False), category.id)
    return result


@dataclass(frozen=True)
class Parts:
    """One term: what is counted above and below, among whom, with which weights."""

    of: Declaration
    among: Sequence[Declaration]
    above: str
    below: str
    per: Declaration | None = None
    needs_value: bool = False


def _parts(indicator: Indicator) -> list[Parts]:
    match indicator.measure:
        case Average(components=components, weight=weight):
            return [Parts(part.of, part.among, weight, weight) for part in components]
        case Ratio() as ratio:
            own = ratio.weight_of or ratio.weight
            return [Parts(ratio.of, ratio.among, own, ratio.weight, ratio.per)]
    measure = indicator.measure
    needs_value = isinstance(measure, Mean | Total)
    return [
        Parts(measure.of, measure.among, measure.weight, measure.weight, needs_value=needs_value)
    ]


def _one(frame: pd.DataFrame, parts: Parts) -> pd.DataFrame:
    universe = pd.Series(True, index=frame.index, dtype="boolean")
    for part in parts.among:
        universe = universe & condition(frame, part)
    y = quantity(frame, parts.of)
    if parts.needs_value:
        universe = universe & y.notna()
    inside = universe.fillna(False).astype(bool)
    x = quantity(frame, parts.per) if parts.per else pd.Series(1.0, index=frame.index)
    above, below = frame[parts.above], frame[parts.below]
    rows = frame.loc[inside, [*DESIGN, "category"]].assign(
        n=((x != 0) & (below > 0))[inside].astype(float),
        numerator=(above * y)[inside].astype("Float64").fillna(0.0).astype(float),
        denominator=(below * x)[inside].astype("Float64").fillna(0.0).astype(float),
    )
    sums = rows.dropna(subset=["category"]).groupby([*DESIGN, "category"]).sum().reset_index()
    return sums[sums["n"] > 0]


def _column(frame: pd.DataFrame, column: str) -> pd.Series:
    return frame[column] if column in frame else pd.Series(pd.NA, index=frame.index, dtype="Int64")


def _count(frame, columns, codes) -> pd.Series:
    return sum(_column(frame, column).isin(codes).astype(int) for column in columns)


def _bounded(number: pd.Series, low, high) -> pd.Series:
    result = pd.Series(True, index=number.index, dtype="boolean").mask(number.isna())
    if low is not None:
        result = result & (number >= low)
    if high is not None:
        result = result & (number <= high)
    return result.astype("boolean")
