"""Conditions over frames: unknown is never taken for no."""

import pandas as pd
import pytest
from pydantic import TypeAdapter

from urban_safety_monitor.catalogue.conditions import Condition
from urban_safety_monitor.intake.masks import holds
from urban_safety_monitor.intake.source import TEXT

FRAME = pd.DataFrame(
    {
        "a": pd.array([1, 2, None, 1], dtype="Int16"),
        "b": pd.array([None, 1, None, 2], dtype="Int16"),
        "code": pd.Series(["03", "3", None, "05"], dtype=TEXT),
    }
)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"column": "a", "is_in": [1]}, [True, False, None, True]),
        ({"column": "code", "is_in": ["03"]}, [True, False, None, False]),
        ({"column": "code", "at_least": 4}, [False, False, None, True]),
        ({"column": "a", "at_least": 1, "at_most": 1}, [True, False, None, True]),
        ({"none_of": [{"column": "a", "is_in": [1]}]}, [False, True, None, False]),
        (
            {"any_of": [{"column": "a", "is_in": [1]}, {"column": "b", "is_in": [1]}]},
            [True, True, None, True],
        ),
        (
            {"all_of": [{"column": "a", "is_in": [1]}, {"column": "b", "is_in": [2]}]},
            [None, False, None, True],
        ),
        (
            {"count_of": ["a", "b"], "is_in": [1], "at_least": 1},
            [True, True, None, True],
        ),
    ],
)
def test_conditions_hold_where_they_should(condition, expected):
    mask = holds(TypeAdapter(Condition).validate_python(condition), FRAME)
    assert [None if pd.isna(value) else bool(value) for value in mask] == expected
