"""Who is asked, in words, for every form a condition can have."""

import pytest
from pydantic import TypeAdapter

from urban_safety_monitor.catalogue.conditions import Condition
from urban_safety_monitor.fieldwork.universe import asked_if

READ = TypeAdapter(Condition)


@pytest.mark.parametrize(
    ("condition", "english", "spanish"),
    [
        ({"column": "a", "is_in": [1, 2]}, "A = 1 or 2", "A = 1 o 2"),
        ({"column": "b", "at_least": 15}, "b: ≥ 15", "b: ≥ 15"),
        ({"column": "b", "at_least": 15, "at_most": 29}, "b: 15 … 29", "b: 15 … 29"),
        (
            {"count_of": ["a", "b"], "is_in": [5], "at_most": 1},
            "≤ 1 of these are 5: A, b",
            "≤ 1 de estas son 5: A, b",
        ),
        (
            {"all_of": [{"column": "a", "is_in": [1]}, {"column": "b", "is_in": [2]}]},
            "A = 1 and b = 2",
            "A = 1 y b = 2",
        ),
        (
            {"any_of": [{"column": "a", "is_in": [1]}, {"column": "b", "is_in": [2]}]},
            "(A = 1 or b = 2)",
            "(A = 1 o b = 2)",
        ),
        (
            {"none_of": [{"column": "a", "is_in": [1]}, {"column": "b", "is_in": [2]}]},
            "not (A = 1 or b = 2)",
            "no (A = 1 o b = 2)",
        ),
    ],
)
def test_a_condition_in_words(condition: dict, english: str, spanish: str) -> None:
    read = READ.validate_python(condition)
    assert asked_if(read, {"a": "A"}, "en") == english
    assert asked_if(read, {"a": "A"}, "es") == spanish
