"""Numbers, intervals, periods and dates as text, by CLDR's rules for each language."""

import math
import re
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal

from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.report.wording import locale_of, translator

MINUS = "\u2212"


class Scale(StrEnum):
    """What a figure is counted in, as far as it changes how the figure is written."""

    PERCENT = "percent"
    POINTS = "points"
    PER_100_000 = "per_100_000"
    NUMBER = "number"


def scale_of(indicator: Indicator) -> Scale:
    """How an indicator's figures are written, by its unit of measure."""
    return _scale_of_unit(indicator.unit_of_measure.en.lower())


@lru_cache
def _scale_of_unit(unit: str) -> Scale:
    if "percentage point" in unit:
        return Scale.POINTS
    if "percent" in unit or "%" in unit:
        return Scale.PERCENT
    return Scale.PER_100_000 if "100,000" in unit or "100 000" in unit else Scale.NUMBER


def known(number: float | None) -> float | None:
    """The number, or None where it is missing or without bound."""
    return float(number) if number is not None and math.isfinite(number) else None


def decimals_of(value: float, scale: Scale) -> int:
    """Decimals shown in tables: one for percent and rates; others by size, to three digits."""
    if scale is Scale.NUMBER and abs(value) < 10:
        return 2
    return 0 if abs(value) >= 1000 else 1


def number_text(value: float | None, decimals: int, language: str) -> str:
    """A number with this many decimals; nothing where it is missing."""
    if known(value) is None:
        return ""
    rounded = round(value, decimals) + 0.0  # type: ignore[arg-type]  # + 0.0: no negative zero
    return _written(rounded, decimals, language)


@lru_cache(maxsize=50_000)
def _written(rounded: float, decimals: int, language: str) -> str:
    """Pages hold thousands of numbers and few different ones."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(rounded, format=pattern, locale=locale_of(language)).replace("-", MINUS)


def value_text(
    value: float | None, scale: Scale, language: str, decimals: int | None = None
) -> str:
    """A figure as a table shows it: with a percent sign, other units being named beside it."""
    if known(value) is None:
        return ""
    shown = decimals_of(value, scale) if decimals is None else decimals  # type: ignore[arg-type]
    return number_text(value, shown, language) + ("%" if scale is Scale.PERCENT else "")


def interval_text(lower: float | None, upper: float | None, decimals: int, language: str) -> str:
    """An interval in words, "34.8 to 41.6"; nothing where it is missing or has no width."""
    if known(lower) is None or known(upper) is None or lower == upper:
        return ""
    return _between(language).format(
        lower=number_text(lower, decimals, language), upper=number_text(upper, decimals, language)
    )


@cache
def _between(language: str) -> str:
    return translator(language).gettext("{lower} to {upper}")


def listed(names: list[str], language: str) -> str:
    """Names joined as a language joins them: "A, B and C"."""
    if len(names) < 2:
        return "".join(names)
    words = translator(language).gettext("{first} and {last}")
    return words.format(first=", ".join(names[:-1]), last=names[-1])


def date_text(day: date, language: str) -> str:
    """A day written out, "2 March 2026"."""
    return format_date(day, "long", locale=locale_of(language))


def days_text(first: date, last: date, language: str) -> str:
    """A span of days, naming month and year once where they are the same."""
    words, locale = translator(language), locale_of(language)
    if (first.year, first.month) == (last.year, last.month):
        start = str(first.day)
    elif first.year == last.year:
        start = format_skeleton("MMMMd", first, locale=locale)
    else:
        start = date_text(first, language)
    return words.gettext("{first_day} to {last_day}").format(
        first_day=start, last_day=date_text(last, language)
    )


def period_text(period: str, language: str) -> str:
    """An SDMX time period for readers: "2026-Q1" as "2026 Q1", "2022-04-01/P1Y" in months."""
    if quarter := re.fullmatch(r"(\d{4})-Q([1-4])", period):
        words = translator(language).gettext("{year} Q{quarter}")
        return words.format(year=quarter[1], quarter=quarter[2])
    if month := re.fullmatch(r"(\d{4})-(\d\d)", period):
        return _month_text(int(month[1]), int(month[2]), language)
    if span := re.fullmatch(r"(\d{4})-(\d\d)-\d\d/P(\d+)([YM])", period):
        first = int(span[1]) * 12 + int(span[2]) - 1
        last = first + int(span[3]) * (12 if span[4] == "Y" else 1) - 1
        return (
            translator(language)
            .gettext("{first_month} to {last_month}")
            .format(
                first_month=_month_text(first // 12, first % 12 + 1, language),
                last_month=_month_text(last // 12, last % 12 + 1, language),
            )
        )
    return period


def _month_text(year: int, month: int, language: str) -> str:
    return format_skeleton("yMMMM", date(year, month, 1), locale=locale_of(language))


def last_day_of(period: str) -> date:
    """The last day a period covers; files are dated by it, so that a run repeats exactly."""
    quarter = re.fullmatch(r"(\d{4})-Q([1-4])", period)
    if quarter:
        return _before(int(quarter[1]) * 12 + int(quarter[2]) * 3)
    if span := re.fullmatch(r"(\d{4})-(\d\d)-\d\d/P(\d+)([YM])", period):
        months = int(span[3]) * (12 if span[4] == "Y" else 1)
        return _before(int(span[1]) * 12 + int(span[2]) - 1 + months)
    if month := re.fullmatch(r"(\d{4})-(\d\d)", period):
        return _before(int(month[1]) * 12 + int(month[2]))
    year = re.match(r"\d{4}", period)
    return date(int(year[0]) if year else 2000, 12, 31)


def _before(months: int) -> date:
    """The day before the month numbered so (year times 12 plus month less 1)."""
    return date.fromordinal(date(months // 12, months % 12 + 1, 1).toordinal() - 1)
