"""Columns of text to columns of codes, numbers, dates and texts; what does not fit is reported.

Nothing is guessed: a cell that does not fit its variable becomes missing and a problem.
Work is done once per distinct text, so long files of short codes cost little.
"""

import re
from typing import NamedTuple

import numpy as np
import pandas as pd

from urban_safety_monitor.catalogue.codebook import Variable
from urban_safety_monitor.intake.coded import distinct_texts, narrowest
from urban_safety_monitor.intake.source import TEXT

DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
SLASH_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
SDMX_QUARTER = re.compile(r"(\d{4})-?[QT]([1-4])")
EXACT = 2.0**53
"""From here on a float no longer tells neighbouring whole numbers apart."""


class Failure(NamedTuple):
    """Cells of one column that do not fit: the problem's code, and which records."""

    code: str
    rows: pd.Series


class Converted(NamedTuple):
    """A typed column and the cells that did not fit, which are missing in it."""

    values: pd.Series
    failures: tuple[Failure, ...]


def converted(text: pd.Series, variable: Variable, decimal: str = ".") -> Converted:
    """A column of text as its variable's kind says.

    Codes (unless the codebook's are texts) and integers become Int8 to Int64, as few bytes as hold
    them, numbers float64; dates stay text, as 2026-04-03.
    """
    match variable.kind:
        case "code" if whole_codes(variable):
            return _whole_numbers(text, variable, decimal)
        case "code":
            return _text_codes(text, variable)
        case "integer":
            return _whole_numbers(text, variable, decimal)
        case "number":
            return _measurements(text, variable, decimal)
        case "date":
            return _dates(text)
        case _:
            position, cells = distinct_texts(text)
            return Converted(_spread(cells, position, text.index), ())


def whole_codes(variable: Variable) -> bool:
    """Whether every code is a plain whole number, so that "01" and "1" are the same code."""
    return bool(variable.codes) and all(
        code.lstrip("-").isdigit() and str(int(code)) == code for code in variable.codes
    )


def sdmx_period(text: pd.Series) -> pd.Series:
    """Quarters written 2026Q2, 2026-T2 or 2026T2 as SDMX writes them: 2026-Q2."""
    position, cells = distinct_texts(text)
    written = cells.str.replace(SDMX_QUARTER, lambda m: f"{m[1]}-Q{m[2]}", regex=True)
    return _spread(written, position, text.index)


def parsed_numbers(text: pd.Series, decimal: str = ".") -> pd.Series:
    """The numbers in a column of text, NaN where a cell holds none."""
    plain = text.str.replace(",", ".", regex=False) if decimal == "," else text
    numbers = pd.to_numeric(plain.astype(object), errors="coerce").astype(float)
    return numbers.where(np.isfinite(numbers))


def not_numbers(text: pd.Series, numbers: pd.Series) -> tuple[Failure, ...]:
    """Filled cells without a number, apart by whether a decimal comma is the reason."""
    wrong = text.notna() & numbers.isna()
    if not wrong.any():
        return ()
    comma = wrong & text.str.fullmatch(DECIMAL_COMMA).fillna(False)
    return tuple(Failure(c, rows) for c, rows in (("USM-N02", comma), ("USM-N01", wrong & ~comma)))


def _whole_numbers(text: pd.Series, variable: Variable, decimal: str) -> Converted:
    position, cells = distinct_texts(text)
    distinct = list(cells)
    if len(distinct) <= len(variable.codes) and set(distinct) <= set(variable.codes):
        codes = np.array([int(cell) for cell in distinct], dtype=np.int64)
        return Converted(_integers(codes, position, text.index), ())
    numbers = parsed_numbers(cells, decimal)
    whole = (numbers == numbers.round()) & (numbers.abs() < EXACT)
    allowed = whole & _allowed(numbers, variable)
    kept = numbers.where(allowed, 0).to_numpy().astype(np.int64)
    known = np.where(np.append(allowed.to_numpy(), False)[position], position, -1)
    if variable.kind == "integer":
        failures = [Failure("USM-V13", numbers.notna() & ~allowed), *not_numbers(cells, numbers)]
    else:
        failures = [Failure("USM-V12", cells.notna() & ~allowed)]
    values = _integers(kept, known, text.index)
    return Converted(values, _spread_failures(failures, position, text.index))


def _integers(distinct: np.ndarray, position: np.ndarray, index: pd.Index) -> pd.Series:
    """Whole numbers at every record in as few bytes as hold them; position -1 is missing."""
    narrow = narrowest(int(np.abs(distinct).max(initial=0)) + 1)
    values = np.append(distinct, 0).astype(narrow)[position]
    return pd.Series(pd.arrays.IntegerArray(values, position < 0), index)


def _allowed(numbers: pd.Series, variable: Variable) -> pd.Series:
    listed = {int(code) for code in variable.codes if code.lstrip("-").isdigit()}
    named = numbers.isin(listed | set(variable.missing))
    low, high = variable.minimum, variable.maximum
    if low is None and high is None:
        return named | (not listed)
    return named | numbers.between(
        -np.inf if low is None else low, np.inf if high is None else high
    )


def _text_codes(text: pd.Series, variable: Variable) -> Converted:
    unknown = text.notna() & ~text.isin(list(variable.codes)) & bool(variable.codes)
    return Converted(text.mask(unknown).astype(TEXT), (Failure("USM-V12", unknown),))


def _measurements(text: pd.Series, variable: Variable, decimal: str) -> Converted:
    position, cells = distinct_texts(text)
    numbers = parsed_numbers(cells, decimal)
    outside = numbers.notna() & ~_allowed(numbers, variable.model_copy(update={"codes": {}}))
    failures = [*not_numbers(cells, numbers), Failure("USM-V13", outside)]
    values = np.append(numbers.mask(outside).to_numpy(), np.nan)[position]
    return Converted(
        pd.Series(values, text.index), _spread_failures(failures, position, text.index)
    )


def _dates(text: pd.Series) -> Converted:
    position, cells = distinct_texts(text)
    parts = cells.str.extract(SLASH_DATE).astype(float)
    day_first = ~(parts[1] > 12).any()
    day, month = (parts[0], parts[1]) if day_first else (parts[1], parts[0])
    slashed = pd.to_datetime(
        pd.DataFrame({"year": parts[2], "month": month, "day": day}), errors="coerce"
    )
    iso = pd.to_datetime(cells.str.extract(f"^({ISO_DATE.pattern})")[0], errors="coerce")
    dates = iso.fillna(slashed)
    both = parts[0].le(12) & parts[1].le(12) & parts[0].ne(parts[1]) & slashed.notna()
    failures = [Failure("USM-D01", cells.notna() & dates.isna())]
    settled = (parts[0] > 12).any() or (parts[1] > 12).any()
    failures += [] if settled else [Failure("USM-D04", both)]
    values = _spread(dates.dt.strftime("%Y-%m-%d"), position, text.index).astype(TEXT)
    return Converted(values, _spread_failures(failures, position, text.index))


def _spread(distinct: pd.Series, position: np.ndarray, index: pd.Index) -> pd.Series:
    """Texts of distinct cells back at every record; position -1 is an empty cell."""
    return pd.Series(distinct.array.take(position, allow_fill=True), index)


def _spread_failures(
    failures: list[Failure], position: np.ndarray, index: pd.Index
) -> tuple[Failure, ...]:
    return tuple(
        Failure(code, pd.Series(np.append(rows.to_numpy(dtype=bool), False)[position], index))
        for code, rows in failures
        if rows.any()
    )
