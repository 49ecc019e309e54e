"""Definitions that come with a recipe: their worked examples, and that they are complete."""

import pandas as pd
import pytest

from urban_safety_monitor.catalogue.load import load_catalogue, load_recipe
from urban_safety_monitor.engines import psu_totals
from urban_safety_monitor.pipeline.estimate import estimate

CATALOGUE = load_catalogue()
BROUGHT = [
    pytest.param(recipe.id, indicator, id=indicator.id)
    for recipe in CATALOGUE.recipes.values()
    for indicator in CATALOGUE.published.get(recipe.indicators or "", {}).values()
]
ESTIMATED = [entry for entry in BROUGHT if entry.values[1].from_survey]
COUNTED = [entry for entry in BROUGHT if not entry.values[1].from_survey]


def records(indicator, rows) -> pd.DataFrame:
    """The example's rows as survey records; `weight` is the weight the measure names."""
    frame = pd.DataFrame(list(rows)).convert_dtypes()
    frame = frame.rename(columns={"weight": indicator.measure.weight})
    weights = [name for name in frame if name.startswith("weight")]
    design = frame[["stratum", "psu"]].astype("str")
    people = [str(number) for number in range(len(frame))]
    typed = frame.astype(dict.fromkeys(weights, "float64")).assign(
        area="X", period="2026", person=people, **{name: design[name] for name in design}
    )
    return typed if "weight_person" in typed else typed.assign(weight_person=float("nan"))


@pytest.mark.parametrize(("recipe", "indicator"), BROUGHT)
def test_definitions_are_sourced_and_in_both_languages(recipe, indicator):
    assert indicator.references
    for text in (indicator.title, indicator.definition, indicator.unit_of_measure):
        assert text.in_language("es") != text.en


@pytest.mark.parametrize(("recipe", "indicator"), COUNTED)
def test_recorded_figures_name_a_series_of_their_recipe(recipe, indicator):
    series = CATALOGUE.recipes[recipe].columns["series"].recode.values()
    assert indicator.measure.series in series


@pytest.mark.parametrize(("recipe", "indicator"), ESTIMATED)
def test_worked_examples_come_out(recipe, indicator):
    _, extended = load_recipe(recipe, CATALOGUE)
    assert indicator.examples
    for example in indicator.examples:
        totals = psu_totals(records(indicator, example.rows), extended, [indicator])
        row = estimate(totals, [indicator]).estimates.iloc[0]
        assert row["value"] == pytest.approx(example.value, rel=1e-9)
        assert row["standard_error"] == pytest.approx(example.standard_error, rel=1e-9)


@pytest.mark.parametrize("name", CATALOGUE.recipes)
def test_every_recipe_has_words_in_both_languages_and_a_source(name):
    recipe, _ = load_recipe(name, CATALOGUE)
    for text in (recipe.title, recipe.notes):
        assert text is not None
        assert text.in_language("es") != text.en
    assert recipe.source
