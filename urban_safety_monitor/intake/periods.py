"""Periods as SDMX writes them, and texts that are nearly one."""

import re

import pandas as pd

PERIOD = re.compile(
    r"(?:19|20)\d\d(?:-(?:S[12]|Q[1-4]|W\d\d|A1|M?(?:0[1-9]|1[0-2])|\d\d-\d\d(?:/P\d+[YMD])?))?"
)
YEAR = re.compile(r"(?:19|20)\d\d")


def odd_periods(text: pd.Series) -> pd.Series:
    """Which filled cells are no year, half-year, quarter, month, week or dated span."""
    return text.isin([cell for cell in text.dropna().unique() if not PERIOD.fullmatch(cell)])


def period_suggestion(text: str) -> str:
    """The period a text with a footnote's digit at its end seems to mean, else nothing."""
    if PERIOD.fullmatch(text[:-1]):
        return f"{text} → {text[:-1]}"
    year = YEAR.search(text)
    return f"{text} → {year.group()}" if year and text.endswith(year.group() + text[-1]) else ""
