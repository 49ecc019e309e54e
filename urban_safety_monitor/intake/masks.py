"""Conditions of the catalogue as masks over a frame: true, false, or missing where unknown."""

from functools import reduce
from operator import and_, or_

import numpy as np
import pandas as pd

from urban_safety_monitor.catalogue.conditions import (
    AllOf,
    AnyOf,
    Between,
    Code,
    Condition,
    CountBetween,
    IsIn,
    NoneOf,
)


def holds(condition: Condition, frame: pd.DataFrame) -> pd.Series:
    """For which rows the condition holds; missing where an answer it needs is missing.

    Works on typed columns and on columns of text; a text is compared with the code's own text,
    so "03" is not 3.
    """
    match condition:
        case IsIn():
            return _is_in(frame[condition.column], condition.is_in)
        case Between():
            return _within(_numbers(frame[condition.column]), condition)
        case CountBetween():
            return _within(_count_in(frame, condition), condition)
        case AllOf():
            return reduce(and_, [holds(part, frame) for part in condition.all_of])
        case AnyOf():
            return reduce(or_, [holds(part, frame) for part in condition.any_of])
        case NoneOf():
            return ~reduce(or_, [holds(part, frame) for part in condition.none_of])


def _count_in(frame: pd.DataFrame, condition: CountBetween) -> pd.Series:
    """How many of the columns hold one of the codes, missing where all are missing."""
    number = np.zeros(len(frame))
    known = np.zeros(len(frame), dtype=bool)
    for column in condition.count_of:
        hit = _is_in(frame[column], condition.is_in)
        number += hit.to_numpy(dtype=bool, na_value=False)
        known |= hit.notna().to_numpy()
    return pd.Series(np.where(known, number, np.nan), frame.index)


def _is_in(column: pd.Series, codes: tuple[Code, ...]) -> pd.Series:
    if pd.api.types.is_numeric_dtype(column):
        numbers = column.to_numpy(dtype=float, na_value=np.nan)
        hits = pd.arrays.BooleanArray(np.isin(numbers, codes), np.isnan(numbers))
        return pd.Series(hits, column.index)
    wanted = [str(code) for code in codes]
    return column.isin(wanted).astype("boolean").mask(column.isna())


def _numbers(column: pd.Series) -> pd.Series:
    numbers = column if pd.api.types.is_numeric_dtype(column) else pd.to_numeric(column, "coerce")
    return numbers.astype(float)


def _within(numbers: pd.Series, bounds: Between | CountBetween) -> pd.Series:
    inside = pd.Series(True, numbers.index, dtype="boolean")
    if bounds.at_least is not None:
        inside &= numbers >= bounds.at_least
    if bounds.at_most is not None:
        inside &= numbers <= bounds.at_most
    return inside.mask(numbers.isna())
