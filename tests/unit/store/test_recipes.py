"""Recipes of cities: written without loss, kept in versions, never outside their folder."""

import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from urban_safety_monitor.catalogue import load_catalogue, load_recipe
from urban_safety_monitor.catalogue.recipe import Recipe
from urban_safety_monitor.errors import StoreError
from urban_safety_monitor.store.recipes import RecipeStore, recipe_toml

CATALOGUE = load_catalogue()


def recipe(column: str = "P1", codes: dict[str, int] | None = None) -> Recipe:
    return Recipe.model_validate(
        {
            "id": "mx-gdl-matched",
            "title": {"en": "Survey", "es": "Encuesta"},
            "source": "City",
            "files": {"answers": {"has": [column]}},
            "columns": {
                "area": {"constant": "MX-GDL"},
                "safe_night": {"from": column, "recode": codes or {}},
            },
            "left_out": ["otra columna"],
        }
    )


@pytest.mark.parametrize("name", CATALOGUE.recipes)
def test_every_shipped_recipe_is_written_without_loss(name: str) -> None:
    declared = CATALOGUE.recipes[name]
    assert Recipe.model_validate(tomllib.loads(recipe_toml(declared))) == declared


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@settings(max_examples=60, deadline=None)
@given(texts, st.dictionaries(texts, st.integers(-9, 99)))
def test_any_column_and_any_answer_is_written_without_loss(column: str, codes) -> None:
    declared = recipe(column, codes)
    assert Recipe.model_validate(tomllib.loads(recipe_toml(declared))) == declared


def test_versions_are_added_and_the_newest_is_used(tmp_path: Path) -> None:
    store = RecipeStore(tmp_path)
    assert store.newest("MX-GDL") is None
    first = store.keep("MX-GDL", recipe("P1"))
    second = store.keep("MX-GDL", recipe("P2"))
    assert store.versions("MX-GDL") == [first, second]
    assert store.newest("MX-GDL") == second
    assert load_recipe(str(first), CATALOGUE)[0] == recipe("P1")
    assert load_recipe(str(second), CATALOGUE)[0] == recipe("P2")


def test_the_same_matching_again_is_no_new_version(tmp_path: Path) -> None:
    store = RecipeStore(tmp_path)
    assert store.keep("MX-GDL", recipe()) == store.keep("MX-GDL", recipe())
    assert len(store.versions("MX-GDL")) == 1


def test_cities_do_not_see_each_other(tmp_path: Path) -> None:
    store = RecipeStore(tmp_path)
    store.keep("MX-GDL", recipe())
    assert store.newest("MX-GD") is None and store.newest("MX-GDL2") is None


def test_two_at_once_make_two_versions_and_nothing_unfinished(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as workers:
        kept = list(
            workers.map(lambda n: RecipeStore(tmp_path).keep("A", recipe(f"P{n}")), range(24))
        )
    assert len(set(kept)) == 24
    assert sorted(path.name for path in (tmp_path / "recipes" / "A").iterdir()) == [
        f"{number:04}.toml" for number in range(1, 25)
    ]
    found = {load_recipe(str(path), CATALOGUE)[0].columns["safe_night"].source for path in kept}
    assert found == {f"P{n}" for n in range(24)}


@pytest.mark.parametrize(
    "city", ["", ".", "..", "../x", "a/b", "/etc", "a\\b", ".hidden", "a\0", "-a", "a b", "x" * 65]
)
def test_a_code_that_is_a_path_is_refused(tmp_path: Path, city: str) -> None:
    store = RecipeStore(tmp_path / "data")
    for act in (store.newest, store.versions, lambda name: store.keep(name, recipe())):
        with pytest.raises(StoreError, match="letters, digits and hyphens"):
            act(city)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "recipes").write_text("a file in the way")
    with pytest.raises(StoreError, match="cannot be written to"):
        RecipeStore(tmp_path).keep("MX-GDL", recipe())
