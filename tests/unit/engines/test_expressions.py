"""What conditions and quantities say about single records, as SQL says it."""

import duckdb
import pytest
from pydantic import TypeAdapter

from urban_safety_monitor.catalogue.codebook import Disaggregation
from urban_safety_monitor.catalogue.conditions import Condition, Quantity
from urban_safety_monitor.engines.expressions import category, condition, identifier, quantity

YES, NO, NONE = 1, 2, None
A, B = ({"column": name, "is_in": [YES]} for name in "ab")


def rows_of(expression, rows):
    """The expression's value on each of these rows of answers to a and b."""
    values = ", ".join(f"({place}, {_sql(a)}, {_sql(b)})" for place, (a, b) in enumerate(rows))
    query = f"SELECT {expression} FROM (VALUES {values}) AS t(place, a, b) ORDER BY place"
    return [value for (value,) in duckdb.sql(query).fetchall()]


def _sql(answer):
    return "CAST(NULL AS INTEGER)" if answer is None else str(answer)


def said(given, rows):
    return rows_of(condition(TypeAdapter(Condition).validate_python(given)), rows)


def counted(given, rows):
    return rows_of(quantity(TypeAdapter(Quantity).validate_python(given)), rows)


PAIRS = [
    (YES, YES), (YES, NO), (YES, NONE),
    (NO, YES), (NO, NO), (NO, NONE),
    (NONE, YES), (NONE, NO), (NONE, NONE),
]  # fmt: skip


def test_unknown_is_never_no():
    true, false, unknown = True, False, None
    assert said({"any_of": [A, B]}, PAIRS) == [
        true, true, true,
        true, false, unknown,
        true, unknown, unknown,
    ]  # fmt: skip
    assert said({"all_of": [A, B]}, PAIRS) == [
        true, false, unknown,
        false, false, false,
        unknown, false, unknown,
    ]  # fmt: skip
    assert said({"none_of": [A, B]}, PAIRS) == [
        false, false, false,
        false, true, unknown,
        false, unknown, unknown,
    ]  # fmt: skip


def test_an_unknown_condition_does_not_count_as_fulfilled():
    assert counted({"none_of": [A, B]}, PAIRS) == [0, 0, 0, 0, 1, 0, 0, 0, 0]
    assert counted({"any_of": [A, B]}, PAIRS) == [1, 1, 1, 1, 0, 0, 1, 0, 0]


def test_none_of_none_of_is_the_condition_itself():
    twice = {"none_of": [{"none_of": [A]}]}
    assert said(twice, PAIRS) == said(A, PAIRS)


def test_bounds_are_included():
    between = {"column": "a", "at_least": 18, "at_most": 29}
    rows = [(answer, NONE) for answer in (17, 18, 29, 30, None)]
    assert said(between, rows) == [False, True, True, False, None]


def test_count_of_columns():
    one = {"count_of": ["a", "b"], "is_in": [YES], "at_least": 1}
    assert said(one, PAIRS) == [True, True, True, True, False, False, True, False, False]
    assert counted({"number_of": ["a", "b"], "is_in": [YES]}, PAIRS) == [2, 1, 1, 1, 0, 0, 1, 0, 0]


def test_share_of_columns_answered():
    share = {"share_of": ["a", "b"], "is_in": [YES], "out_of": [YES, NO], "times": 6.0}
    found = counted(share, PAIRS)
    assert [None if x is None else float(x) for x in found] == [6, 3, 6, 3, 0, 0, 6, 0, None]


def test_value_of_a_column():
    assert counted({"value_of": "a", "times": 2.5}, [(4, NONE), (NONE, 4)]) == [10.0, None]


def test_capped_sum():
    capped = {"sum_of": ["a", "b"], "each_at_most": 10, "unknown": [98, 99]}
    rows = [(3, 4), (30, 4), (NONE, 4), (98, 99), (NONE, NONE)]
    assert [float(x) for x in counted(capped, rows)] == [7, 14, 4, 2, 0]


def test_a_record_in_no_category_has_none():
    groups = Disaggregation.model_validate(
        {
            "id": "g",
            "title": "G",
            "categories": [
                {"id": "it's a", "title": "A", "when": A},
                {"id": "b", "title": "B", "when": B},
            ],
        }
    )
    assert rows_of(category(groups), [(YES, YES), (NONE, YES), (NO, NONE)]) == ["it's a", "b", None]


@pytest.mark.parametrize("name", ['a"; DROP TABLE t; --', "a b", "select"])
def test_a_columns_name_can_be_nothing_but_a_name(name):
    found = duckdb.sql(f"SELECT {identifier(name)} FROM (SELECT 5 AS {identifier(name)})")
    assert found.columns == [name]
    assert found.fetchall() == [(5,)]


def test_a_code_can_be_nothing_but_a_text():
    sly = "x') OR TRUE --"
    expression = condition(
        TypeAdapter(Condition).validate_python({"column": "a", "is_in": ["O'Brien", sly]})
    )
    query = f"SELECT {expression} FROM (VALUES ('O''Brien'), ('other')) AS t(a)"
    assert duckdb.sql(query).fetchall() == [(True,), (False,)]
