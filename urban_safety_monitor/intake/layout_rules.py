"""Rules on the sheet as a person laid it out: totals and notes among the answers, merged cells."""

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from urban_safety_monitor.intake.coded import filled_cells
from urban_safety_monitor.intake.messages import LANGUAGES, phrase
from urban_safety_monitor.intake.problems import Problem
from urban_safety_monitor.intake.source import NUMBER, SourceTable, UnreadableFile

CODES = ("USM-F19", "USM-F20", "USM-F21", "USM-F23", "USM-F24", "USM-C07")
TOTAL_ROW = re.compile(
    r"(?i)(grand |sub|gran )?(total|totals|totales|sum|suma|average|promedio)\W*"
)
FEW_COLUMNS = 5
"""In a narrower table a row with few cells is no sign of a note."""
LAST_ROWS = 3
"""Rows at the end that may be totals however many of their cells are filled."""
NAMES_COMPARED, ROWS_COMPARED, FEWEST_WORDS = 10, 20, 3
"""Columns and rows looked at to tell a row of names, and columns of numbers it has to interrupt."""
EDITED = re.compile(r"_\d{3}$")
NOTE_SHARE = 0.1
"""Rows with at most this share of their cells filled are notes."""


def without_notes(table: SourceTable) -> tuple[SourceTable, list[Problem]]:
    """The table without rows that are names, totals or notes, and a problem for each kind found.

    A marked copy is read without the column that names the problems of each row.

    Raises:
        UnreadableFile: no row is left that could be an interview.
    """
    marked = {phrase("problems_in_row", language) for language in LANGUAGES}
    table = replace(table, frame=table.frame.drop(columns=list(marked), errors="ignore"))
    if len(table.header) < FEW_COLUMNS:
        return table, []
    filled = pd.Series(filled_cells(table.frame), table.frame.index)
    sparse = filled <= filled.median() / 2
    asked = sparse.copy()
    asked.iloc[-LAST_ROWS:] = True
    named = [_names_a_total(row) for row in table.frame[asked].to_numpy(dtype=object).tolist()]
    totals = asked.copy()
    totals[asked] = np.array(named, dtype=bool)
    alone = filled <= 1
    few = sparse & (filled <= max(1, NOTE_SHARE * len(table.header)))
    notes = (alone if (alone | totals).all() else few) & ~totals
    names = _rows_of_names(table) & ~totals & ~notes
    found = {"USM-F19": totals, "USM-F20": notes, "USM-F23": names}
    problems = [
        table.problem(code, rows=table.frame.index[rows])
        for code, rows in found.items()
        if rows.any()
    ]
    kept = ~(totals | notes | names)
    if not kept.any():
        raise UnreadableFile(table.problem("USM-F24"))
    return (replace(table, frame=table.frame[kept]) if problems else table), problems


def merged_cells(table: SourceTable) -> Iterator[Problem]:
    """Cells merged over several rows or columns below the header."""
    rows = [row for first, last in table.merged_rows for row in range(first, last + 1)]
    there = table.frame.index.intersection(rows)
    if len(there):
        yield table.problem("USM-F21", rows=there)


def questions_in_two_columns(table: SourceTable) -> Iterator[Problem]:
    """Later answers to an edited question, which survey programs keep as `name_001`."""
    for name in table.frame:
        first = EDITED.sub("", str(name))
        if first != name and first in table.frame:
            later = table.frame[name].notna() & table.frame[first].isna()
            rows = table.frame.index[later]
            if len(rows):
                yield table.problem("USM-C07", [str(name)], rows, first=first)


def _rows_of_names(table: SourceTable) -> pd.Series:
    """Rows that repeat the names of the columns, and a first one that says them in words."""
    frame, header = table.frame, [str(name) for name in table.frame]
    there = pd.DataFrame({name: frame[name] == name for name in header[:NAMES_COMPARED]})
    names = 2 * there.sum(axis=1) > there.shape[1]
    first, *below = frame.iloc[: ROWS_COMPARED + 1].to_numpy(dtype=object).tolist()
    numeric = [
        cell
        for cell, *others in zip(first, *below, strict=True)
        if (numbers := [o for o in others if isinstance(o, str)])
        and all(map(NUMBER.fullmatch, numbers))
    ]
    words = [cell for cell in numeric if isinstance(cell, str) and not NUMBER.fullmatch(cell)]
    if len(words) >= FEWEST_WORDS and 2 * len(words) > len(numeric):
        names.iloc[0] = True
    return names


def _names_a_total(cells: list[object]) -> bool:
    return any(isinstance(cell, str) and TOTAL_ROW.fullmatch(cell) for cell in cells)
