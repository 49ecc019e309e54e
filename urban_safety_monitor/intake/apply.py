"""Apply a recipe to a user's files: one pass, one canonical table, one report of all problems."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pandera.pandas as pa

from urban_safety_monitor.catalogue.catalogue import Catalogue
from urban_safety_monitor.catalogue.indicator import Text
from urban_safety_monitor.catalogue.recipe import Column, Recipe
from urban_safety_monitor.errors import CatalogueError, DataError
from urban_safety_monitor.intake import figure_rules, figures, policies
from urban_safety_monitor.intake.check import checked_records
from urban_safety_monitor.intake.exports import CODES as EXPORT_CODES
from urban_safety_monitor.intake.exports import doubtful_interviews, without_system_columns
from urban_safety_monitor.intake.figure_rules import MEANINGS
from urban_safety_monitor.intake.known import NOTHING, Known
from urban_safety_monitor.intake.layout_rules import CODES as LAYOUT_CODES
from urban_safety_monitor.intake.layout_rules import (
    merged_cells,
    questions_in_two_columns,
    without_notes,
)
from urban_safety_monitor.intake.mapping import Draft, joined, mapped_records
from urban_safety_monitor.intake.personal import personal_details
from urban_safety_monitor.intake.problems import Place, Problem, merged
from urban_safety_monitor.intake.read import read_file
from urban_safety_monitor.intake.recognise import (
    FINITE,
    declared_names,
    nearest,
    recognised,
    source_names,
)
from urban_safety_monitor.intake.records import (
    DESIGN,
    REPLICATE,
    REQUIRED,
    typed_records,
    variable_of,
)
from urban_safety_monitor.intake.report import CheckReport
from urban_safety_monitor.intake.source import SourceTable, UnreadableFile
from urban_safety_monitor.intake.steps import Step, Tell, unheard
from urban_safety_monitor.intake.wording import render
from urban_safety_monitor.intake.words import CODES as WORD_CODES
from urban_safety_monitor.intake.words import in_codes
from urban_safety_monitor.tables import Administrative, Checklist, Microdata, checked

FILE_CODES = tuple(f"USM-F{number:02}" for number in (*range(1, 19), 22, *range(25, 31)))
COLUMN_CODES = ("USM-C08", "USM-C01", "USM-C04", "USM-J02", "USM-J03")
NAMES_SHOWN = 12


@dataclass(frozen=True)
class Intake:
    """What became of a user's files: the canonical table and the report.

    Where the report holds something to fix, `frame` is what could be read, for a preview only;
    nothing may be computed from it.
    """

    recipe: Recipe
    frame: pd.DataFrame
    report: CheckReport

    @property
    def accepted(self) -> bool:
        """Whether the table may be used."""
        return self.report.accepted


class _Found(NamedTuple):
    frame: pd.DataFrame
    problems: list[Problem]
    examined: Iterable[str]


def apply_recipe(
    recipe: Recipe,
    catalogue: Catalogue,
    files: Sequence[Path | str],
    known: Known = NOTHING,
    *,
    drop: Sequence[str] = (),
    tell: Tell = unheard,
) -> Intake:
    """Read the files, map them as the recipe says, and check everything in one pass.

    Args:
        recipe: how the source maps to canonical columns.
        catalogue: the codebook and indicators; what the recipe brings along is added to it.
        files: the user's files, in any order and under any names.
        known: areas and surveys to hold the files against.
        drop: columns to leave out before anything else looks at them, whichever file has them.
        tell: is told each step of a long check before it begins.

    Raises:
        CatalogueError: the recipe names a column, code or definition nobody declared.
        DataError: a column to leave out is in none of the files.
    """
    catalogue = catalogue.with_recipe(recipe)
    _refuse_unknown_columns(recipe, catalogue)
    tables, problems = _read(recipe, catalogue, files, drop, tell)
    parts = recognised(recipe, catalogue, tables)
    problems += parts.problems if tables else ()
    examined = set(FILE_CODES)
    frame = pd.DataFrame()
    if recipe.holds == "microdata":
        examined |= {"USM-X01", "USM-X02", *LAYOUT_CODES, *EXPORT_CODES}
    if recipe.main in parts.tables:
        found = _TABLES[recipe.holds](recipe, catalogue, parts.tables, known, tell)
        frame = found.frame
        problems += found.problems
        examined |= {*COLUMN_CODES, *found.examined}
    passed = sorted(examined - {problem.code for problem in problems})
    facts = tuple(table.fact() for table in tables)
    report = CheckReport(merged(problems), tuple(passed), facts)
    if report.accepted:
        frame = checked(_MODELS[recipe.holds], frame)
    return Intake(recipe, frame, report)


def require_accepted(intake: Intake, language: str = "en") -> pd.DataFrame:
    """The canonical table, where nothing has to be fixed.

    Raises:
        DataError: with the message of every problem that has to be fixed.
    """
    if not intake.accepted:
        raise DataError(render(p, language) for p in intake.report.of_level("must_fix"))
    return intake.frame


def _read(
    recipe: Recipe,
    catalogue: Catalogue,
    files: Sequence[Path | str],
    drop: Sequence[str],
    tell: Tell,
) -> tuple[list[SourceTable], list[Problem]]:
    """Every readable file. Survey files are read whole, to be searched for personal details."""
    names = source_names(recipe)
    columns = None if recipe.holds == "microdata" else names
    like = declared_names(recipe, catalogue)
    sheet = recipe.files[recipe.main].sheet if len(recipe.files) == 1 else None
    tables: list[SourceTable] = []
    problems: list[Problem] = []
    for path in files:
        tell(Step("reading", Path(path).name))
        try:
            table = read_file(path, sheet=sheet, columns=columns, like=like)
        except UnreadableFile as error:
            problems.append(error.problem)
            continue
        if drop:
            table = table.without(drop)
        if recipe.empty:
            table = replace(table, frame=table.frame.mask(table.frame.isin(recipe.empty)))
        problems += table.problems
        if recipe.holds == "microdata":
            tell(Step("searching", table.name, len(table.frame)))
            try:
                table, found = _searched(table, recipe, like)
            except UnreadableFile as error:
                problems.append(error.problem)
                continue
            problems += found
        tables.append(table)
    absent = set(drop) - {name for table in tables for name in table.dropped}
    if absent and tables:
        raise DataError(_not_to_drop(name, tables) for name in sorted(absent))
    return tables, problems


def _searched(
    table: SourceTable, recipe: Recipe, declared: set[str]
) -> tuple[SourceTable, list[Problem]]:
    """A survey's table without totals, notes and system columns, and what was odd about it."""
    table, notes = without_notes(table)
    problems = [
        *notes,
        *merged_cells(table),
        *questions_in_two_columns(table),
        *personal_details(table, recipe.not_personal, declared),
        *doubtful_interviews(table),
    ]
    table, added = without_system_columns(table, declared)
    return table, problems + added


def _not_to_drop(name: str, tables: Sequence[SourceTable]) -> str:
    near = get_close_matches(name, [column for table in tables for column in table.header], 1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"columns to leave out: no file has a column {name!r}{hint}"


def _refuse_unknown_columns(recipe: Recipe, catalogue: Catalogue) -> None:
    known = {
        "microdata": {*catalogue.columns, *DESIGN},
        "administrative": {*figures.KEY, "value", "standard_error", "source", "obs_status"},
        "checklist": {*policies.KEY, "answer", "evidence"},
    }[recipe.holds]
    named = {**recipe.columns, **{c: a for a in recipe.appends for c in a.columns}}
    problems = []
    for name in named:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            problems.append(
                f"recipe {recipe.id}: columns.{name}: no variable has this column{hint}"
            )
    if problems:
        raise CatalogueError(problems)


def _survey(
    recipe: Recipe, catalogue: Catalogue, tables: dict[str, SourceTable], known: Known, tell: Tell
) -> _Found:
    tables, translated = _in_codes(recipe, catalogue, tables)
    draft = joined(recipe, tables)
    columns = _columns(recipe, catalogue, draft)
    mapped, problems = mapped_records(recipe, tables, columns, draft)
    records = typed_records(mapped, catalogue, recipe.decimal, known)
    found, examined = checked_records(records, tell)
    missing = list(_missing(recipe, catalogue, tables[recipe.main], mapped.text.columns, REQUIRED))
    if recipe.codebook and not missing:
        found += _not_asked(catalogue, set(records.columns), records.titles)
    found += translated
    examined = [*examined, *WORD_CODES]
    return _Found(records.frame, [*draft.problems, *missing, *problems, *found], examined)


def _in_codes(
    recipe: Recipe, catalogue: Catalogue, tables: dict[str, SourceTable]
) -> tuple[dict[str, SourceTable], list[Problem]]:
    """The tables with words as codes, where the files are of our own questionnaire."""
    if not recipe.codebook:
        return tables, []
    done = {part: in_codes(table, catalogue) for part, table in tables.items()}
    problems = [problem for _, found in done.values() for problem in found]
    return {part: table for part, (table, _) in done.items()}, problems


def _records(
    recipe: Recipe, _: Catalogue, tables: dict[str, SourceTable], known: Known, tell: Tell
) -> _Found:
    tell(Step("checking", rows=len(tables[recipe.main].frame), done=0, of=1))
    tables = {part: table.spelled_out() for part, table in tables.items()}
    draft, main = joined(recipe, tables), tables[recipe.main]
    cells = figures.figure_cells(recipe, main, draft)
    problems = [
        *draft.problems,
        *_missing(recipe, None, main, cells.text.columns, figures.REQUIRED),
        *figure_rules.missing_months(recipe, main),
        *figure_rules.columns_with_footnotes(recipe, main),
        *figure_rules.labels_with_footnotes(recipe, main),
        *figure_rules.sums_instead_of_months(recipe, main, draft),
    ]
    if not set(figures.REQUIRED) <= set(cells.text):
        return _Found(cells.text, problems, ())
    frame, whole, found = figures.figures(recipe, cells)
    problems += [
        *found,
        *figure_rules.keys_and_flags(recipe, cells, known),
        *figure_rules.unfinished_months(recipe, main, draft),
        *figure_rules.jumps(recipe, whole, cells),
    ]
    return _Found(frame, problems, (*figures.CODES, *figure_rules.CODES))


def _policies(
    recipe: Recipe, catalogue: Catalogue, tables: dict[str, SourceTable], _: Known, tell: Tell
) -> _Found:
    tell(Step("checking", rows=len(tables[recipe.main].frame), done=0, of=1))
    tables = {part: table.spelled_out() for part, table in tables.items()}
    draft = joined(recipe, tables)
    mapped, problems = mapped_records(recipe, tables, recipe.columns, draft)
    missing = list(
        _missing(recipe, None, tables[recipe.main], mapped.text.columns, policies.REQUIRED)
    )
    if missing:
        return _Found(mapped.text, [*draft.problems, *missing], ())
    frame, found = policies.policies(recipe, mapped, catalogue)
    return _Found(frame, [*draft.problems, *problems, *found], policies.CODES)


def _columns(recipe: Recipe, catalogue: Catalogue, draft: Draft) -> dict[str, Column]:
    """The recipe's columns after those of the codebook that are there under their own names."""
    named = {variable.canonical: name for name, variable in catalogue.codebook.items()}
    own = {
        canonical: Column.model_validate({"from": name})
        for canonical, name in {**named, **{name: name for name in FINITE}}.items()
        if recipe.codebook and name in draft.frame
    }
    return own | recipe.columns | _replicates(recipe, draft)


def _replicates(recipe: Recipe, draft: Draft) -> dict[str, Column]:
    """The columns of replicate weights that the recipe names, by their numbers."""
    replicates = recipe.design.replicates
    if replicates is None or replicates.columns is None:
        return {}
    before, after = map(re.escape, replicates.columns.split("*"))
    found = [
        (re.fullmatch(f"{before}([0-9]+){after}", name), name) for name in map(str, draft.frame)
    ]
    return {
        f"{REPLICATE}{int(match[1])}": Column.model_validate({"from": name})
        for match, name in found
        if match
    }


def _missing(
    recipe: Recipe,
    catalogue: Catalogue | None,
    table: SourceTable,
    there: pd.Index,
    required: tuple[str, ...],
) -> Iterator[Problem]:
    """A problem for each canonical column that has to be there and has no source."""
    if not set(required) & set(there):
        yield table.problem("USM-C08", recipe=recipe.title, names=", ".join(_own_names(recipe)))
        return
    for name in required:
        if name in there:
            continue
        meaning = variable_of(name, catalogue).question if catalogue else MEANINGS[name]
        named = recipe.columns[name].sources if name in recipe.columns else ()
        named = recipe.wide.named if recipe.wide and name == "period" else named
        own = catalogue.columns[name].name if catalogue and name in catalogue.columns else name
        absent = [source for source in named if source not in table.header] or [own]
        free = [column for column in table.header if column not in source_names(recipe)]
        near = nearest(absent[0], free)
        yield Problem(
            "USM-C01",
            {"missing": ", ".join(absent), "meaning": meaning},
            Place(table.name, table.sheet),
            suggestion=near,
        )


def _own_names(recipe: Recipe) -> list[str]:
    """Names by which the files of a source are told from others."""
    return list(dict.fromkeys(name for file in recipe.files.values() for name in file.has))


def _not_asked(
    catalogue: Catalogue, there: set[str], titles: dict[str, tuple[Text, ...]]
) -> Iterator[Problem]:
    absent = [column for column in catalogue.columns if column in titles and column not in there]
    if absent:
        more = ", …" if len(absent) > NAMES_SHOWN else ""
        names = ", ".join(catalogue.columns[column].name for column in absent[:NAMES_SHOWN]) + more
        affects = {t.en: t for column in absent for t in titles[column]}
        yield Problem(
            "USM-C02", {"n": len(absent), "names": names}, affects=tuple(affects.values())
        )


_TABLES: dict[str, Callable[[Recipe, Catalogue, dict[str, SourceTable], Known, Tell], _Found]] = {
    "microdata": _survey,
    "administrative": _records,
    "checklist": _policies,
}
_MODELS: dict[str, type[pa.DataFrameModel]] = {
    "microdata": Microdata,
    "administrative": Administrative,
    "checklist": Checklist,
}
