"""Matching the columns of a city's file to the questionnaire: suggest, confirm, use again.

found = suggested_matching(file, catalogue, data, "MX-GDL")
found.to_decide                       # what a person has to look at; nothing the next time
confirm(found, found.accepted(), catalogue, data)
check_files([file], recipe_for(data, "MX-GDL"), catalogue, given={"period": "2026-Q3"})
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from urban_safety_monitor.catalogue import Catalogue, load_recipe
from urban_safety_monitor.catalogue.codebook import Variable
from urban_safety_monitor.catalogue.recipe import LEFT_OUT, Recipe
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.intake.matching import Match, matched, questions, required_questions
from urban_safety_monitor.intake.read import read_file
from urban_safety_monitor.intake.recognise import source_names
from urban_safety_monitor.store.recipes import RecipeStore

QUESTIONNAIRE = "usm-questionnaire"
GIVEN = ("area", "period")
"""Columns that a file may lack, as a city's file is of one city and one round."""

Meanings = Mapping[str, Mapping[str, str]]
"""By column and code of a file: the code of ours, or LEFT_OUT."""


@dataclass(frozen=True)
class Chosen:
    """A column of the file, the question it holds, and what its codes are in ours.

    `question` is the codebook's name (`safe_night`, `weight_person`, `city_id`); codes that
    `codes` does not name stay as they are, answers of those it maps to "" are left out.
    """

    column: str
    question: str
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SuggestedMatching:
    """What the columns of one file seem to be.

    `matches` has one entry a column, in the file's order. `missing` names the questions every
    survey needs and no column seems to hold; the city and the round need no column, as they are
    known otherwise. `saved` says whether the city has a matching from an earlier upload.
    """

    file: str
    city: str
    matches: tuple[Match, ...]
    missing: tuple[str, ...]
    saved: bool

    @property
    def to_decide(self) -> tuple[Match, ...]:
        """Columns somebody has to look at; none where the saved matching knows them all."""
        return tuple(match for match in self.matches if match.to_decide)

    @property
    def left_out(self) -> tuple[Match, ...]:
        """Columns without a question, personal details among them."""
        return tuple(match for match in self.matches if not match.question)

    def accepted(self) -> tuple[Chosen, ...]:
        """What is saved or sure, as a start for the person who decides on the others."""
        return tuple(
            Chosen(match.column, match.question, match.codes)
            for match in self.matches
            if match.certainty in {"saved", "sure"}
        )


def suggested_matching(
    file: Path, catalogue: Catalogue, data: Path, city: str
) -> SuggestedMatching:
    """What each column of a file seems to be; what the city confirmed before is not asked again.

    Nothing is kept. Of columns that seem to hold personal details only the name is told.

    Raises:
        DataError: the file cannot be read as a table.
        StoreError: the city's code is none.
        CatalogueError: the kept matching does not fit the catalogue, or is damaged.
    """
    newest = RecipeStore(data).newest(city)
    saved = load_recipe(str(newest), catalogue)[0] if newest else None
    table = read_file(file, like=_expected(catalogue, saved))
    found = matched(
        table, catalogue, saved.columns if saved else None, saved.left_out if saved else ()
    )
    named = questions(catalogue)
    matches = tuple(_in_one_city(match, named, city) for match in found)
    there = {match.question for match in matches}
    needed = [name for name in required_questions(catalogue) if _needs_a_column(name, named)]
    missing = tuple(name for name in needed if name not in there)
    return SuggestedMatching(table.name, city, matches, missing, saved is not None)


def confirm(
    found: SuggestedMatching, chosen: Sequence[Chosen], catalogue: Catalogue, data: Path
) -> str:
    """Keep a matching as the city's recipe, beside the earlier ones; name of the recipe.

    Columns of the file that are not `chosen` are left out, now and at the next upload.

    Raises:
        DataError: everything that does not hold: a column the file has not, a question nobody
            declared or chosen twice, a code that is none of the question's, a column that
            seems to hold personal details.
        StoreError: the city's code is none, or nothing can be written.
    """
    problems = list(_wrong_choices(found, chosen, questions(catalogue)))
    if problems:
        raise DataError(problems)
    return str(RecipeStore(data).keep(found.city, confirmed_recipe(found, chosen, catalogue)))


def with_codes(found: SuggestedMatching, meanings: Meanings) -> list[Chosen]:
    """What is saved or sure, with what these further codes mean, to be confirmed."""
    return [
        replace(one, codes={**one.codes, **meanings.get(one.column, {})})
        for one in found.accepted()
    ]


def confirmed_recipe(
    found: SuggestedMatching, chosen: Sequence[Chosen], catalogue: Catalogue
) -> Recipe:
    """The questionnaire's recipe with the city's own columns and codes.

    The city stands in it where no column holds it; the round does not, as it is another one at
    every upload.
    """
    named = questions(catalogue)
    columns: dict[str, Any] = {
        named[one.question].canonical: {
            "from": one.column,
            "recode": {text: _code(code) for text, code in one.codes.items()},
        }
        for one in chosen
    }
    if "area" not in columns:
        columns["area"] = {"constant": found.city}
    design = [one.column for one in chosen if one.question in required_questions(catalogue)]
    taken = {one.column for one in chosen}
    shipped = catalogue.recipes[QUESTIONNAIRE]
    return Recipe.model_validate(
        {
            "id": f"{found.city.lower().replace('_', '-')}-matched",
            "title": {
                "en": f"{shipped.title.en}: columns of {found.city}",
                "es": f"{shipped.title.in_language('es')}: columnas de {found.city}",
            },
            "source": f"{shipped.source}, {found.city}",
            "files": {shipped.main: {"has": design or [one.column for one in chosen]}},
            "columns": columns,
            "left_out": [m.column for m in found.matches if m.column not in taken],
        }
    )


def recipe_for(data: Path, city: str) -> str:
    """Name of the recipe that reads a city's files: its confirmed one, else the questionnaire's.

    The name is taken wherever a recipe is: `check_files`, `estimate_files`, a configuration.

    Raises:
        StoreError: the city's code is none.
    """
    newest = RecipeStore(data).newest(city)
    return str(newest) if newest else QUESTIONNAIRE


def _expected(catalogue: Catalogue, saved: Recipe | None) -> set[str]:
    """Names of columns to choose a workbook's sheet by."""
    return set(catalogue.codebook) | (source_names(saved) if saved else set())


def _needs_a_column(question: str, named: Mapping[str, Variable]) -> bool:
    return named[question].canonical not in GIVEN


def _in_one_city(match: Match, named: Mapping[str, Variable], city: str) -> Match:
    """The match of the column of cities: where it holds one other name or number, that is ours."""
    is_city = match.question and named[match.question].canonical == "area"
    if not is_city or match.certainty == "saved" or match.examples in {(), (city,)}:
        return match
    if len(match.examples) > 1:
        return replace(match, certainty="suggested")
    return replace(match, certainty="suggested", codes={match.examples[0]: city})


def _wrong_choices(
    found: SuggestedMatching, chosen: Sequence[Chosen], named: Mapping[str, Variable]
) -> Iterator[str]:
    matches = {match.column: match for match in found.matches}
    if not chosen:
        yield f"{found.file}: no column is matched with a question; match at least one"
    for column, times in Counter(one.column for one in chosen).items():
        if times > 1:
            yield f"column {column!r}: matched {times} times; a column holds one question"
    for question, times in Counter(one.question for one in chosen).items():
        if times > 1:
            columns = ", ".join(one.column for one in chosen if one.question == question)
            yield f"question {question!r}: matched with {columns}; keep one of them"
    for one in chosen:
        yield from _wrong_choice(one, matches, named)


def _wrong_choice(
    one: Chosen, matches: Mapping[str, Match], named: Mapping[str, Variable]
) -> Iterator[str]:
    where = f"column {one.column!r}"
    if one.column not in matches:
        yield f"{where}: the file has no such column{_near(one.column, matches)}"
    elif "personal" in matches[one.column].reasons:
        yield f"{where}: seems to hold personal details; leave it out, and delete it from the file"
    if one.question not in named:
        yield f"{where}: no question is called {one.question!r}{_near(one.question, named)}"
        return
    codes = named[one.question].codes
    for text, code in one.codes.items():
        if codes and code not in (*codes, LEFT_OUT):
            yield f"{where}: {text!r} cannot be {code!r}; {one.question} has {', '.join(codes)}"


def _near(name: str, known: Mapping[str, object]) -> str:
    near = get_close_matches(name, list(known), 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _code(code: str) -> int | str:
    """A code as the catalogue writes it: whole numbers as numbers."""
    return int(code) if code.lstrip("-").isdigit() and str(int(code)) == code else code
