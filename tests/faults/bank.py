"""What a fault is, and how the check's answer to it is judged."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.faults.clean import clean_survey, known
from tests.faults.made_records import clean_records
from tests.faults.sheets import FORMATS, Grid, Sheet, cells_in, first_row, write
from urban_safety_monitor.catalogue.load import load_catalogue, load_recipe
from urban_safety_monitor.intake import CheckReport, Problem, apply_recipe

RECORDS = ("months", "years")
Plant = Callable[[Sheet], tuple[Sheet, Iterable[int]]]


@dataclass(frozen=True)
class Fault:
    """A named fault: how it is planted, and what the check has to say.

    `plant` gives the faulty sheet and the rows concerned (from 0; none where the fault is not of
    rows). The check has to name `code` with these columns and exactly these rows. `brings` are
    codes of other problems that rightly come along. `only` are the formats the fault can exist
    in, and `why_only` says why it cannot in the others.
    """

    name: str
    group: str
    plant: Plant
    code: str
    columns: tuple[str, ...] = ()
    base: str = "views"
    brings: frozenset[str] = frozenset()
    only: tuple[str, ...] = FORMATS
    why_only: str = ""
    recipe: str = "usm-questionnaire"


@dataclass(frozen=True)
class Outcome:
    """What became of one fault in one format."""

    found: bool
    located: bool
    beside: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Found, at its place, and nothing else asked."""
        return self.found and self.located and not self.beside


def planter(faults: list[Fault], group: str) -> Callable[..., Callable[[Plant], Plant]]:
    """A decorator that adds a planting function to the bank, named by its docstring."""

    def declared(code: str, *columns: str, **options: Any) -> Callable[[Plant], Plant]:
        def add(plant: Plant) -> Plant:
            name = (plant.__doc__ or "").strip().removesuffix(".")
            faults.append(Fault(name, group, plant, code, columns, **options))
            return plant

        return add

    return declared


def checked_file(path: Path, recipe: str = "usm-questionnaire") -> CheckReport:
    """The check's report on one file."""
    declared, extended = _recipe(recipe)
    return apply_recipe(declared, extended, [path], known()).report


def clean_sheet(base: str) -> Sheet:
    """The clean table of this name."""
    return Sheet(clean_records(base) if base in RECORDS else clean_survey(base))


def outcomes_in(fault: Fault, folder: Path) -> dict[str, Outcome]:
    """Plant the fault, write it in each form, check it once, and judge the answers.

    Where two forms hold the same cells, the check is asked about the one written first and its
    answer is taken for both: that the same cells are read alike from every form has a test of its
    own.
    """
    sheet, rows = fault.plant(clean_sheet(fault.base))
    planted = set(rows)
    known: list[tuple[Grid, Outcome]] = []
    found: dict[str, Outcome] = {}
    for form in fault.only:
        grid = cells_in(sheet, form)
        outcome = next((result for other, result in known if grid and grid == other), None)
        if outcome is None:
            top, path = first_row(sheet, form), write(sheet, form, folder / f"{fault.base}.{form}")
            outcome = _judged(fault, path, {top + row for row in planted})
        found[form] = outcome
        known.append((grid, outcome))
    return found


def _judged(fault: Fault, path: Path, planted: set[int]) -> Outcome:
    problems = checked_file(path, fault.recipe).problems
    named = [p for p in problems if p.code == fault.code]
    there = {row for p in named if _names(p, fault.columns) for row in rows_of(p)}
    columns = {column.name for p in named for column in p.place.columns}
    located = set(fault.columns) <= columns and there == planted
    return Outcome(bool(named), bool(named) and located, _beside(problems, fault))


def rows_of(problem: Problem) -> set[int]:
    """Every row the problem names."""
    return {row for first, last in problem.place.rows for row in range(first, last + 1)}


def _names(problem: Problem, columns: tuple[str, ...]) -> bool:
    there = {column.name for column in problem.place.columns}
    return not columns or bool(there & set(columns))


def _beside(problems: Iterable[Problem], fault: Fault) -> tuple[str, ...]:
    asked = {p.code for p in problems if p.level != "note"}
    return tuple(sorted(asked - fault.brings - {fault.code}))


@cache
def _recipe(name: str):
    return load_recipe(name, _catalogue())


@cache
def _catalogue():
    return load_catalogue()
