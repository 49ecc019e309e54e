"""Periods that can be placed in time, and those with a footnote's digit."""

import pandas as pd
import pytest

from urban_safety_monitor.intake.periods import odd_periods, period_suggestion


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("2026", False),
        ("2026-Q2", False),
        ("2026-S1", False),
        ("2026-03", False),
        ("2026-M03", False),
        ("2012-04-01/P1Y", False),
        ("20231", True),
        ("Diciembre 20231", True),
        ("2026-Q5", True),
        ("2026-13", True),
        ("first quarter", True),
    ],
)
def test_only_periods_are_read_as_such(text, odd):
    assert odd_periods(pd.Series([text, None])).tolist() == [odd, False]


def test_a_footnotes_digit_is_taken_off_in_the_suggestion():
    assert period_suggestion("20231") == "20231 → 2023"
    assert period_suggestion("Diciembre 20231") == "Diciembre 20231 → 2023"
    assert period_suggestion("first quarter") == ""
