"""Tell which of the user's files is which part of a survey, by the columns they have."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from urban_safety_monitor.catalogue.catalogue import Catalogue
from urban_safety_monitor.catalogue.recipe import Recipe
from urban_safety_monitor.intake.problems import Place, Problem
from urban_safety_monitor.intake.source import SourceTable

FINITE = (
    "psus_in_stratum",
    "psu_fraction",
    "certainty",
    "ssu",
    "ssus_in_psu",
    "ssu_fraction",
)
"""Columns of the design that no question of the codebook stands for."""
NAMES_SHOWN = 12
LIKELY = 0.5
"""A file with this share of a part's columns is taken for that part, and the rest reported."""


@dataclass(frozen=True)
class Parts:
    """The files by part of the recipe, and what was odd about them."""

    tables: dict[str, SourceTable]
    problems: tuple[Problem, ...]


def recognised(recipe: Recipe, catalogue: Catalogue, tables: Sequence[SourceTable]) -> Parts:
    """Assign each file to the part of the recipe whose columns it has."""
    named = [spelled_as_declared(table, recipe, catalogue) for table in tables]
    chosen = _assigned(recipe, named)
    return Parts(chosen, tuple(_oddities(recipe, catalogue, named, chosen)))


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


def spelled_as_declared(table: SourceTable, recipe: Recipe, catalogue: Catalogue) -> SourceTable:
    """The same table where Weight_Person and person/weight_person answer to weight_person."""
    candidates = _candidates(table, recipe, catalogue)
    renamed = {names[0]: name for name, names in candidates.items() if len(names) == 1}
    header = tuple(renamed.get(name, name) for name in table.header)
    if not renamed or len(set(header)) < len(header):
        return table
    own = {new: old for old, new in renamed.items()}
    frame = table.frame.rename(columns=renamed)
    labels = {renamed.get(name, name): of_column for name, of_column in table.labels.items()}
    return replace(table, frame=frame, header=header, own_names=own, labels=labels)


def declared_names(recipe: Recipe, catalogue: Catalogue) -> set[str]:
    """Every column name of the user's files that means something here."""
    return source_names(recipe) | ({*catalogue.codebook, *FINITE} if recipe.codebook else set())


def _candidates(table: SourceTable, recipe: Recipe, catalogue: Catalogue) -> dict[str, list[str]]:
    """Columns that may be a declared one, from the closest way of spelling that any has.

    Ways are: other capitals and blanks; where the questionnaire is ours, also behind the name of
    a group (`home/safe_night`), or the question's own words as a survey program exports them.
    """
    wanted = sorted(declared_names(recipe, catalogue) - set(table.header))
    ways: list[dict[str, list[str]]] = [_by(_fold, table.header)]
    if recipe.codebook:
        ways += [_by(_without_groups, table.header), _by(_words, table.header)]
    found: dict[str, list[str]] = {}
    for name in wanted:
        keys = [[_fold(name)], [_fold(name)], _questions(name, catalogue)][: len(ways)]
        hits = (
            [c for key in of for c in way.get(key, [])] for way, of in zip(ways, keys, strict=True)
        )
        found[name] = next((names for names in hits if names), [])
    return {name: names for name, names in found.items() if names}


def _by(key: Callable[[str], str], header: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in header:
        found.setdefault(key(name), []).append(name)
    return found


def _without_groups(name: str) -> str:
    return _fold(re.split(r"[/.:-]", name)[-1])


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _questions(name: str, catalogue: Catalogue) -> list[str]:
    if name not in catalogue.codebook:
        return []
    question = catalogue.codebook[name].question
    return list({_words(question.in_language(language)) for language in ("en", "es")})


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


def _spellings(table: SourceTable, recipe: Recipe, catalogue: Catalogue) -> Iterator[Problem]:
    """Columns recognised under another spelling, and those that could be the same one."""
    for name, sources in _candidates(table, recipe, catalogue).items():
        if len(sources) > 1:
            yield Problem("USM-C04", {"name": name}, table.place(sources))
    if table.own_names:
        pairs = [f"{old} → {new}" for new, old in sorted(table.own_names.items())]
        more = ", …" if len(pairs) > NAMES_SHOWN else ""
        names = ", ".join(pairs[:NAMES_SHOWN]) + more
        yield Problem("USM-C03", {"names": names}, Place(table.name, table.sheet))


def _oddities(
    recipe: Recipe,
    catalogue: Catalogue,
    tables: Sequence[SourceTable],
    chosen: dict[str, SourceTable],
) -> Iterator[Problem]:
    for part, file in recipe.files.items():
        if part not in chosen and not file.optional:
            yield Problem("USM-F17", {"part": part, "has": ", ".join(file.has)})
    taken = [id(table) for table in chosen.values()]
    for table in tables:
        yield from _spellings(table, recipe, catalogue)
        if id(table) in taken:
            continue
        twin = next((p for p, f in recipe.files.items() if _share(f.has, table) == 1), None)
        place = Place(table.name, table.sheet)
        if twin:
            yield Problem("USM-F18", {"part": twin}, place)
        else:
            yield Problem("USM-F15", {"recipe": recipe.title}, place)
