"""Tell which of the user's files is which part of a survey, by the columns they have."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from urban_safety_monitor.catalogue.catalogue import Catalogue
from urban_safety_monitor.catalogue.recipe import Recipe
from urban_safety_monitor.intake.problems import Place, Problem
from urban_safety_monitor.intake.source import SourceTable

LIKELY = 0.5
"""A file with this share of a part's columns is taken for that part, and the rest reported."""


@dataclass(frozen=True)
class Parts:
    """The files by part of the recipe, and what was odd about them."""

    tables: dict[str, SourceTable]
    problems: tuple[Problem, ...]


def recognised(recipe: Recipe, catalogue: Catalogue, tables: Sequence[SourceTable]) -> Parts:
    """Assign each file to the part of the recipe whose columns it has."""
    named = [_spelled_as_declared(table, recipe, catalogue) for table in tables]
    chosen = _assigned(recipe, named)
    return Parts(chosen, tuple(_oddities(recipe, named, chosen)))


def source_names(recipe: Recipe) -> set[str]:
    """Every source column the recipe names, of whichever file."""
    names = {name for file in recipe.files.values() for name in file.has}
    names |= {name for step in recipe.steps for name in step.on}
    names |= {name for join in recipe.joins for name in join.take}
    conditions = [summary.where for summary in recipe.summaries] + [recipe.keep]
    names |= {column for part in conditions if part for column, _ in part.codes_used()}
    if recipe.wide:
        names |= {*recipe.wide.columns, *recipe.wide.named}
    mappings = [recipe.columns, *(append.columns for append in recipe.appends)]
    return names | {name for of in mappings for column in of.values() for name in column.sources}


def nearest(name: str, known: Sequence[str]) -> str:
    """The one known name that is nearly this one, else an empty text."""
    by_fold = {candidate.casefold(): candidate for candidate in known}
    near = get_close_matches(name.casefold(), by_fold, n=2, cutoff=0.75)
    return by_fold[near[0]] if near else ""


def _spelled_as_declared(table: SourceTable, recipe: Recipe, catalogue: Catalogue) -> SourceTable:
    """The same table where Weight_Person also answers to weight_person."""
    wanted = source_names(recipe) | (set(catalogue.codebook) if recipe.codebook else set())
    by_fold: dict[str, list[str]] = {}
    for name in table.header:
        by_fold.setdefault(_fold(name), []).append(name)
    renamed = {
        by_fold[_fold(name)][0]: name
        for name in wanted - set(table.header)
        if len(by_fold.get(_fold(name), [])) == 1
    }
    header = tuple(renamed.get(name, name) for name in table.header)
    if not renamed or len(set(header)) < len(header):
        return table
    own = {new: old for old, new in renamed.items()}
    return replace(table, frame=table.frame.rename(columns=renamed), header=header, own_names=own)


def _fold(name: str) -> str:
    return "".join(name.casefold().replace("-", "_").replace(" ", "_").split())


def _assigned(recipe: Recipe, tables: Sequence[SourceTable]) -> dict[str, SourceTable]:
    scores = sorted(
        (
            (_share(recipe.files[part].has, table), -order, part, position)
            for order, part in enumerate(recipe.files)
            for position, table in enumerate(tables)
        ),
        reverse=True,
    )
    chosen: dict[str, SourceTable] = {}
    used: set[int] = set()
    for score, _, part, position in scores:
        if score >= LIKELY and part not in chosen and position not in used:
            chosen[part] = tables[position]
            used.add(position)
    missing = [p for p in recipe.files if p not in chosen and not recipe.files[p].optional]
    if len(missing) == 1 and len(tables) == len(used) + 1:
        chosen[missing[0]] = next(t for i, t in enumerate(tables) if i not in used)
    return chosen


def _share(has: tuple[str, ...], table: SourceTable) -> float:
    return len(set(has) & set(table.header)) / len(has)


def _oddities(
    recipe: Recipe, tables: Sequence[SourceTable], chosen: dict[str, SourceTable]
) -> Iterator[Problem]:
    for part, file in recipe.files.items():
        if part not in chosen and not file.optional:
            yield Problem("USM-F17", {"part": part, "has": ", ".join(file.has)})
    taken = [id(table) for table in chosen.values()]
    for table in tables:
        if table.own_names:
            names = ", ".join(f"{old} → {new}" for new, old in sorted(table.own_names.items()))
            yield Problem("USM-C03", {"names": names}, Place(table.name, table.sheet))
        if id(table) in taken:
            continue
        twin = next((p for p, f in recipe.files.items() if _share(f.has, table) == 1), None)
        place = Place(table.name, table.sheet)
        if twin:
            yield Problem("USM-F18", {"part": twin}, place)
        else:
            yield Problem("USM-F15", {"recipe": recipe.title}, place)
