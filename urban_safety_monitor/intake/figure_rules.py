"""Rules on recorded figures: keys, flags, footnotes in labels, unreported months, jumps."""

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from urban_safety_monitor.catalogue.indicator import Text
from urban_safety_monitor.catalogue.recipe import Recipe
from urban_safety_monitor.intake.convert import not_numbers, parsed_numbers, sdmx_period
from urban_safety_monitor.intake.figures import KEY, Cells
from urban_safety_monitor.intake.known import Known
from urban_safety_monitor.intake.known_rules import odd_areas
from urban_safety_monitor.intake.mapping import Draft
from urban_safety_monitor.intake.periods import odd_periods, period_suggestion
from urban_safety_monitor.intake.problems import Problem
from urban_safety_monitor.intake.recognise import source_names
from urban_safety_monitor.intake.source import SourceTable

CODES = (
    "USM-C06", "USM-V15", "USM-R02", "USM-R03", "USM-R04", "USM-R05", "USM-R06", "USM-D05",
    "USM-G06", "USM-G07",
)  # fmt: skip
MEANINGS = {
    "area": Text(en="the place the figure is of", es="el lugar de la cifra"),
    "period": Text(en="the time the figure is of", es="el periodo de la cifra"),
    "series": Text(
        en="what is counted, such as a crime", es="qué se cuenta, por ejemplo un delito"
    ),
    "value": Text(en="the figure itself", es="la cifra misma"),
    "checklist": Text(en="which list of questions is answered", es="qué lista se responde"),
    "item": Text(en="the question answered", es="la pregunta que se responde"),
    "answer": Text(en="the answer", es="la respuesta"),
}
"""What columns hold that no question of the codebook speaks of."""
FLAGS = ("A", "p", "r", "b", "d", "u", "x", "m")
FOOTNOTE = re.compile(r"[\s\d*()/¹²³⁴-⁹]+$")
JUMP, JUMP_OF_PEOPLE = 4.0, 1.5
"""Times the period before from which a figure is asked about; populations move slowly."""
LARGE = 50
FEWEST_ROWS, COUNTED = 5, 5
NEVER_FALLS = 0.9
"""Share of rows whose months never fall from which they are taken for sums."""
SHOWN = 3


def columns_with_footnotes(recipe: Recipe, table: SourceTable) -> Iterator[Problem]:
    """Columns named like a declared one that is missing, with a footnote's digit at the end."""
    declared = source_names(recipe)
    for name in table.header:
        plain = FOOTNOTE.sub("", name) or name
        glued = {n for n in declared - set(table.header) if n == plain or n == name[:-1]}
        if name not in declared and glued:
            yield table.problem("USM-C06", [name], meant=min(glued))


def missing_months(recipe: Recipe, table: SourceTable) -> Iterator[Problem]:
    """Columns that add up to one period of which one is not there."""
    if recipe.wide is None or "{period}" in recipe.wide.period:
        return
    footnoted = {p.params["meant"] for p in columns_with_footnotes(recipe, table)}
    absent = [n for n in recipe.wide.columns if n not in table.header and n not in footnoted]
    if absent:
        names = " / ".join(absent)
        yield table.problem("USM-C01", missing=names, meaning=names)


def labels_with_footnotes(recipe: Recipe, table: SourceTable) -> Iterator[Problem]:
    """Labels the recipe knows, with a footnote's digit at the end: their rows would be lost."""
    for column in recipe.columns.values():
        for source in column.sources if column.recode else ():
            if source not in table.frame:
                continue
            texts = table.frame[source]
            plain = {t: FOOTNOTE.sub("", t) for t in texts.dropna().unique()}
            glued = [t for t, p in plain.items() if t not in column.recode and p in column.recode]
            rows = table.frame.index[texts.isin(glued)]
            if len(rows):
                found = ", ".join(glued[:SHOWN])
                meant = f"{glued[0]} → {plain[glued[0]]}"
                problem = table.problem("USM-V15", [source], rows)
                yield replace(problem, found=found, suggestion=meant)


def unfinished_months(recipe: Recipe, table: SourceTable, draft: Draft) -> Iterator[Problem]:
    """Last months of the latest year that are 0 in every row: rather not reported yet."""
    wide, frame = recipe.wide, draft.frame
    if wide is None or "{period}" in wide.period or not set(wide.named) <= set(frame):
        return
    latest = frame[wide.named[0]] == frame[wide.named[0]].max()
    present = [name for name in wide.columns if name in frame]
    months = frame.loc[latest, present].apply(parsed_numbers)
    sums = months.sum(min_count=1)
    last = int(np.max(np.flatnonzero(sums.to_numpy() > 0), initial=-1))
    empty = [name for name in present[last + 1 :] if sums[name] == 0]
    if empty and latest.sum() >= FEWEST_ROWS and sums.iloc[: last + 1].mean() >= COUNTED:
        yield table.problem("USM-R03", empty, draft.rows.loc[latest, recipe.main])


def sums_instead_of_months(recipe: Recipe, table: SourceTable, draft: Draft) -> Iterator[Problem]:
    """Months that never fall in any row: rather sums since the first month."""
    wide, frame = recipe.wide, draft.frame
    if wide is None or "{period}" in wide.period:
        return
    present = [name for name in wide.columns if name in frame]
    months = frame[present].apply(parsed_numbers)
    rising = ~(months.T.ffill().diff() < 0).any() & (months.max(axis=1) > months.min(axis=1))
    moving = months.nunique(axis=1) > 1
    if (
        len(present) > 2
        and moving.sum() >= FEWEST_ROWS
        and rising.sum() >= NEVER_FALLS * moving.sum()
    ):
        yield table.problem("USM-R06", present[1:], draft.rows.loc[rising, recipe.main])


def keys_and_flags(recipe: Recipe, cells: Cells, known: Known) -> Iterator[Problem]:
    """Figures without a place, period or series; periods, flags and places nobody knows."""
    text = cells.text
    for name in ("area", "period", "series"):
        yield from _at(recipe, cells, "USM-R04", name, text[name].isna())
    if "obs_status" in text:
        strange = text["obs_status"].notna() & ~text["obs_status"].isin(FLAGS)
        for problem in _at(recipe, cells, "USM-R05", "obs_status", strange):
            yield replace(problem, expected=Text(en=" · ".join(FLAGS)))
    if "standard_error" in text:
        yield from _errors(recipe, cells)
    periods = sdmx_period(text["period"])
    for problem in _at(recipe, cells, "USM-D05", "period", odd_periods(periods)):
        yield replace(problem, suggestion=period_suggestion(problem.found))
    for area, code in odd_areas(text["area"], known).items():
        yield from _at(recipe, cells, code, "area", text["area"] == area)


def jumps(recipe: Recipe, table: pd.DataFrame, cells: Cells) -> Iterator[Problem]:
    """Figures several times their own value of the period before, not flagged as a break.

    Args:
        recipe: names the source of values.
        table: one row a figure, with the `row` of the file it came from.
        cells: where figures lie in the file.
    """
    series = [name for name in KEY if name != "period"]
    known = table[table["value"].notna()].sort_values([*series, "period"])
    before = known.groupby(series, dropna=False, sort=False)["value"].shift()
    low, high = np.minimum(known["value"], before), np.maximum(known["value"], before)
    limit = np.where(known["series"] == "population", JUMP_OF_PEOPLE, JUMP)
    jumped = (high >= LARGE) & (high >= limit * low) & (known["obs_status"] != "b")
    if jumped.any():
        column = recipe.columns.get("value")
        rows = known.loc[jumped, "row"]
        yield cells.table.problem("USM-R02", column.sources if column else (), rows)


def _errors(recipe: Recipe, cells: Cells) -> Iterator[Problem]:
    numbers = parsed_numbers(cells.text["standard_error"], recipe.decimal)
    for failure in not_numbers(cells.text["standard_error"], numbers):
        yield from _at(recipe, cells, failure.code, "standard_error", failure.rows)
    yield from _at(recipe, cells, "USM-V13", "standard_error", numbers < 0)


def _at(recipe: Recipe, cells: Cells, code: str, name: str, mask: pd.Series) -> Iterator[Problem]:
    """The problem at the source of a canonical column."""
    if mask.any():
        column = recipe.columns.get(name)
        there = [s for s in (column.sources if column else ()) if s in cells.table.header]
        texts = cells.text.loc[mask, name].dropna().unique()[:SHOWN]
        problem = cells.table.problem(code, there, cells.row[mask])
        yield replace(problem, found=", ".join(texts))
