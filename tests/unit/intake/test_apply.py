"""Steps of a recipe that no shipped one shows, and recipes that do not hold."""

import pandas as pd
import pytest
from pydantic import ValidationError

from urban_safety_monitor.catalogue.recipe import Recipe
from urban_safety_monitor.errors import CatalogueError
from urban_safety_monitor.intake import apply_recipe, require_accepted

COLUMNS = {
    "area": {"constant": "XX"},
    "period": {"constant": "2026"},
    "person": {"from": "id"},
    "stratum": {"from": "st"},
    "psu": {"from": "unit"},
    "weight_person": {"from": "w"},
}
ROWS = [
    {"id": f"p{n}", "st": "a", "unit": str(n // 2), "w": 1_500_000 + n, "wave": n % 2, "q": "Y"}
    for n in range(8)
]


def recipe(columns=None, **more):
    given = {"id": "x", "title": "X", "source": "x", "files": {"main": {"has": ["id", "w"]}}}
    return Recipe.model_validate(given | {"columns": COLUMNS | (columns or {})} | more)


def applied(declared, catalogue, tmp_path, rows=ROWS):
    path = tmp_path / "t.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return apply_recipe(declared, catalogue, [path])


def test_only_kept_rows_are_records_and_keep_their_row_numbers(catalogue, tmp_path):
    declared = recipe(keep={"column": "wave", "is_in": ["1"]})
    rows = [row | {"w": 0 if row["id"] == "p5" else row["w"]} for row in ROWS]
    assert require_accepted(applied(declared, catalogue, tmp_path))["person"].tolist() == [
        "p1",
        "p3",
        "p5",
        "p7",
    ]
    (problem,) = applied(declared, catalogue, tmp_path, rows).report.of_level("must_fix")
    assert (problem.code, problem.place.rows) == ("USM-W02", ((7, 7),))


def test_weights_are_divided(catalogue, tmp_path):
    declared = recipe({"weight_person": {"from": "w", "per": 1_000_000}})
    frame = require_accepted(applied(declared, catalogue, tmp_path))
    assert frame["weight_person"].tolist() == [(1_500_000 + n) / 1_000_000 for n in range(8)]


@pytest.mark.parametrize(
    ("recode", "expected"),
    [
        ({"recode": {"Y": 1}}, [1, None]),
        ({"recode": {"Y": 1}, "otherwise": 2}, [1, 2]),
        ({"recode": {"Y": 1}, "otherwise": "missing"}, [1, None]),
        ({"recode": {"Y": 1}, "otherwise": "missing", "blank": 9}, [1, None, 9]),
    ],
)
def test_answers_are_recoded(catalogue, tmp_path, recode, expected):
    rows = [row | {"q": ["Y", "other", ""][min(n, 2)]} for n, row in enumerate(ROWS)]
    intake = applied(recipe({"safe_city": {"from": "q", **recode}}), catalogue, tmp_path, rows)
    values = intake.frame["safe_city"].tolist()[: len(expected)]
    assert [None if pd.isna(value) else value for value in values] == expected
    kept = recode.get("otherwise") is None
    assert [p.code for p in intake.report.of_level("must_fix")] == ["USM-V12"] * kept


def test_cells_that_stand_for_nothing_are_empty(catalogue, tmp_path):
    rows = [row | {"q": "NA" if row["id"] == "p0" else 1} for row in ROWS]
    frame = require_accepted(
        applied(recipe({"safe_city": {"from": "q"}}, empty=["NA"]), catalogue, tmp_path, rows)
    )
    assert frame["safe_city"].isna().tolist() == [True] + [False] * 7


def test_decimal_commas_are_read_where_the_recipe_says_so(catalogue, tmp_path):
    rows = [row | {"w": "1,5"} for row in ROWS]
    frame = require_accepted(applied(recipe(decimal=","), catalogue, tmp_path, rows))
    assert frame["weight_person"].unique().tolist() == [1.5]


def test_numbers_of_units_in_the_population_must_fit(catalogue, tmp_path):
    declared = recipe({"psus_in_stratum": {"from": "known"}})
    right = [row | {"known": 40} for row in ROWS]
    frame = require_accepted(applied(declared, catalogue, tmp_path, right))
    assert frame["psus_in_stratum"].unique().tolist() == [40.0]
    for wrong in ([row | {"known": 3} for row in ROWS], [*right[:7], right[7] | {"known": 41}]):
        (problem,) = applied(declared, catalogue, tmp_path, wrong).report.of_level("must_fix")
        assert (problem.code, problem.found) == ("USM-S05", "a")


def test_a_column_nobody_declared_is_refused_with_a_near_name(catalogue, tmp_path):
    with pytest.raises(CatalogueError, match=r"columns\.safe_nigth.*did you mean 'safe_night'"):
        applied(recipe({"safe_nigth": {"from": "q"}}), catalogue, tmp_path)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"files": {"main": {"has": ["a"], "optional": True}}}, "cannot be optional"),
        ({"joins": [{"file": "other", "on": ["id"], "take": ["q"]}]}, "not another file"),
        ({"sum_over": "station"}, "administrative"),
        ({"wide": {"columns": {"2003": "2003"}, "period": "{period}"}}, "administrative"),
        ({"columns": {}}, "map at least one column"),
        ({"columns": {"area": {"from": "a", "constant": "b"}}}, "either from or constant"),
    ],
)
def test_recipes_that_contradict_themselves_are_refused(more, message):
    given = {
        "id": "x",
        "title": "X",
        "source": "x",
        "files": {"main": {"has": ["id"]}},
        "columns": COLUMNS,
    }
    with pytest.raises(ValidationError, match=message):
        Recipe.model_validate(given | more)


def test_a_report_says_what_was_read_and_how_much_was_checked(catalogue, tmp_path):
    report = applied(recipe(), catalogue, tmp_path).report
    (fact,) = report.facts
    assert (fact["rows"], fact["columns"], fact["first_data_row"]) == (8, 6, 2)
    assert "USM-W02" in report.passed and "USM-F05" in report.passed
    assert f"{len(report.passed)} checks passed" in report.text()
