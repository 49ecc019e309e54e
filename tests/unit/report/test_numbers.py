"""Figures, intervals, periods and days as a reader of each language writes them."""

from datetime import date

import pytest

from tests.unit.report import factory
from urban_safety_monitor.report import numbers
from urban_safety_monitor.report.numbers import Scale


@pytest.mark.parametrize(
    ("indicator", "scale"),
    [
        ("safe_night", Scale.PERCENT),
        ("gender_gap_night", Scale.POINTS),
        ("homicide_rate", Scale.PER_100_000),
        ("policy_budget", Scale.NUMBER),
    ],
)
def test_scale_comes_from_the_unit_of_measure(indicator: str, scale: Scale) -> None:
    assert numbers.scale_of(factory.catalogue().indicators[indicator]) is scale


@pytest.mark.parametrize(
    ("value", "scale", "text"),
    [
        (14.06, Scale.PERCENT, "14.1%"),
        (-3.5, Scale.POINTS, "\u22123.5"),
        (-0.04, Scale.POINTS, "0.0"),
        (16.92, Scale.PER_100_000, "16.9"),
        (41661.3, Scale.PER_100_000, "41,661"),
        (2.663, Scale.NUMBER, "2.66"),
        (None, Scale.PERCENT, ""),
        (float("nan"), Scale.PERCENT, ""),
    ],
)
def test_value_text(value: float | None, scale: Scale, text: str) -> None:
    assert numbers.value_text(value, scale, "en") == text
    assert numbers.value_text(value, scale, "es") == text  # Mexico writes a decimal point


def test_intervals_are_words_and_never_dashes() -> None:
    assert numbers.interval_text(34.81, 41.58, 1, "en") == "34.8 to 41.6"
    assert numbers.interval_text(34.81, 41.58, 1, "es") == "de 34.8 a 41.6"
    assert numbers.interval_text(-2.0, 1.0, 0, "en") == "\u22122 to 1"


def test_an_interval_without_ends_or_width_is_not_written() -> None:
    assert numbers.interval_text(None, 3.0, 1, "en") == ""
    assert numbers.interval_text(3.0, 3.0, 1, "en") == ""


@pytest.mark.parametrize(
    ("period", "english", "spanish", "last_day"),
    [
        ("2026-Q1", "2026 Q1", "trimestre 1 de 2026", date(2026, 3, 31)),
        ("2025-Q4", "2025 Q4", "trimestre 4 de 2025", date(2025, 12, 31)),
        ("2025", "2025", "2025", date(2025, 12, 31)),
        ("2024-02", "February 2024", "febrero de 2024", date(2024, 2, 29)),
        (
            "2022-04-01/P1Y",
            "April 2022 to March 2023",
            "de abril de 2022 a marzo de 2023",
            date(2023, 3, 31),
        ),
    ],
)
def test_periods(period: str, english: str, spanish: str, last_day: date) -> None:
    assert numbers.period_text(period, "en") == english
    assert numbers.period_text(period, "es") == spanish
    assert numbers.last_day_of(period) == last_day


@pytest.mark.parametrize(
    ("first", "last", "english", "spanish"),
    [
        (date(2026, 3, 2), date(2026, 3, 24), "2 to 24 March 2026", "del 2 al 24 de marzo de 2026"),
        (
            date(2026, 2, 9),
            date(2026, 3, 20),
            "9 February to 20 March 2026",
            "del 9 de febrero al 20 de marzo de 2026",
        ),
        (
            date(2025, 12, 1),
            date(2026, 1, 9),
            "1 December 2025 to 9 January 2026",
            "del 1 de diciembre de 2025 al 9 de enero de 2026",
        ),
    ],
)
def test_days_name_month_and_year_once(first: date, last: date, english: str, spanish: str) -> None:
    assert numbers.days_text(first, last, "en") == english
    assert numbers.days_text(first, last, "es") == spanish


def test_lists_end_in_and() -> None:
    assert numbers.listed(["A", "B", "C"], "en") == "A, B and C"
    assert numbers.listed(["A"], "es") == "A"
