"""Text to codes, numbers and dates."""

import numpy as np
import pandas as pd
import pytest

from urban_safety_monitor.catalogue.codebook import Variable
from urban_safety_monitor.intake.convert import converted, sdmx_period
from urban_safety_monitor.intake.source import TEXT


def variable(kind, **more):
    return Variable.model_validate({"name": "x", "kind": kind, "question": "?", **more})


def texts(*cells):
    return pd.Series(cells, dtype=TEXT)


def result(column):
    """Values with None for missing, and the positions of each failure."""
    values = [None if pd.isna(value) else value for value in column.values]
    return values, {
        f.code: np.flatnonzero(f.rows).tolist() for f in column.failures if f.rows.any()
    }


def test_codes_are_whole_numbers_whatever_their_zeros():
    column = converted(
        texts("1", "01", "2.0", None, "3", "x"), variable("code", codes={"1": "a", "2": "b"})
    )
    assert result(column) == ([1, 1, 2, None, None, None], {"USM-V12": [4, 5]})
    assert str(column.values.dtype) == "Int8"


def test_codes_that_are_no_numbers_stay_text():
    column = converted(texts("a", "01", "1"), variable("code", codes={"a": "A", "01": "B"}))
    assert result(column) == (["a", "01", None], {"USM-V12": [2]})


def test_integers_have_bounds_and_codes_for_no_answer():
    age = variable("integer", minimum=18, maximum=97, missing=[98], codes={"98": "Refused"})
    column = converted(texts("18", "97", "98", "99", "17", "20.5", "x", "1,5"), age)
    assert result(column) == (
        [18, 97, 98, None, None, None, None, None],
        {"USM-V13": [3, 4, 5], "USM-N01": [6], "USM-N02": [7]},
    )
    assert str(column.values.dtype) == "Int8"


@pytest.mark.parametrize(("decimal", "values"), [(".", [1.5, None]), (",", [1.5, 2.25])])
def test_decimal_commas_are_read_only_where_the_recipe_says_so(decimal, values):
    column = converted(texts("1.5", "2,25"), variable("number"), decimal)
    assert result(column)[0] == values


def test_infinite_and_huge_numbers_are_no_numbers():
    column = converted(texts("inf", "1e400", "nan", "1e3"), variable("number"))
    assert result(column) == ([None, None, None, 1000.0], {"USM-N01": [0, 1, 2]})


def test_dates_are_written_one_way():
    column = converted(
        texts("2026-04-03", "25/04/2026", "1.4.2026", "2026-13-01"), variable("date")
    )
    assert result(column) == (
        ["2026-04-03", "2026-04-25", "2026-04-01", None],
        {"USM-D01": [3]},
    )


def test_month_first_is_read_where_a_day_above_twelve_shows_it():
    column = converted(texts("04/25/2026", "04/03/2026"), variable("date"))
    assert result(column) == (["2026-04-25", "2026-04-03"], {})


def test_quarters_are_written_as_sdmx_does():
    given = texts("2026Q2", "2026-T3", "2026T4", "2026-Q1", "2026", "2003-04-01/P1Y", None)
    expected = ["2026-Q2", "2026-Q3", "2026-Q4", "2026-Q1", "2026", "2003-04-01/P1Y"]
    assert sdmx_period(given).dropna().tolist() == expected


@pytest.mark.parametrize(
    ("largest", "kind"),
    [(127, "Int8"), (-127, "Int8"), (128, "Int16"), (32_768, "Int32"), (2**52, "Int64")],
)
def test_whole_numbers_take_as_few_bytes_as_hold_them(largest, kind):
    column = converted(texts("1", None, str(largest)), variable("integer"))
    assert result(column) == ([1, None, largest], {})
    assert str(column.values.dtype) == kind
