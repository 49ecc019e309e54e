"""The file of a standard population: who estimates are standardised to."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.pipeline.standardised import StandardPopulation

POPULATION = "population"


def read_standard(path: Path, catalogue: Catalogue) -> StandardPopulation:
    """A CSV file with a column for each disaggregation, by its id, and one named `population`.

    Raises:
        DataError: the file cannot be read, or something in it does not hold.
    """
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise DataError(f"standard {path}: cannot be read: {error}") from error
    by = [str(name) for name in table if name != POPULATION]
    problems = list(_problems(table, by, catalogue))
    if problems:
        raise DataError(f"standard {path}: {problem}" for problem in problems)
    groups = ["*".join(row) for row in table[by].itertuples(index=False, name=None)]
    people = dict(zip(groups, table[POPULATION].astype(float), strict=True))
    return StandardPopulation("*".join(by), people)


def _problems(table: pd.DataFrame, by: Sequence[str], catalogue: Catalogue) -> Iterator[str]:
    if not by:
        yield "no column names a disaggregation; give one or more, such as sex"
    for name in by:
        yield from _problems_of_groups(table[name], catalogue)
    for row in table.index[table.duplicated(list(by))] if by else ():
        yield f"row {row + 2}: the same group as in a row before"
    if POPULATION in table:
        yield from _problems_of_people(table[POPULATION])
    else:
        yield f"no column {POPULATION!r} says how many people each group has"


def _problems_of_groups(column: pd.Series, catalogue: Catalogue) -> Iterator[str]:
    declared = catalogue.disaggregations.get(str(column.name))
    if declared is None:
        known = ", ".join(sorted(catalogue.disaggregations))
        yield f"column {column.name!r}: no disaggregation; known are {known}"
    elif declared.categories:
        listed = [category.id for category in declared.categories]
        known = ", ".join(listed)
        for category in sorted(set(column) - set(listed)):
            yield f"column {column.name!r}: {category!r} is no category; known are {known}"


def _problems_of_people(column: pd.Series) -> Iterator[str]:
    number = pd.to_numeric(column, errors="coerce")
    for row in column.index[~(number >= 0) | (number == float("inf"))]:
        yield f"row {row + 2}: {POPULATION} {column[row]!r} is no number from 0 on"
    if not number.sum() > 0:
        yield "nobody is in any group"
