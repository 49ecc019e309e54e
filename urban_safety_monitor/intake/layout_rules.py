"""Rules on the sheet as a person laid it out: totals and notes among the answers, merged cells."""

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from urban_safety_monitor.intake.problems import Problem
from urban_safety_monitor.intake.source import SourceTable

CODES = ("USM-F19", "USM-F20", "USM-F21")
TOTAL_ROW = re.compile(
    r"(?i)(grand |sub|gran )?(total|totals|totales|sum|suma|average|promedio)\W*"
)
FEW_COLUMNS = 5
"""In a narrower table a row with few cells is no sign of a note."""
LAST_ROWS = 3
"""Rows at the end that may be totals however many of their cells are filled."""
NOTE_SHARE = 0.1
"""Rows with at most this share of their cells filled are notes."""


def without_notes(table: SourceTable) -> tuple[SourceTable, list[Problem]]:
    """The table without rows that are totals or notes, and a problem for each kind found."""
    if len(table.header) < FEW_COLUMNS:
        return table, []
    filled = pd.Series(table.frame.notna().to_numpy().sum(axis=1), table.frame.index)
    sparse = filled <= filled.median() / 2
    asked = sparse.copy()
    asked.iloc[-LAST_ROWS:] = True
    named = [_names_a_total(row) for row in table.frame[asked].to_numpy(dtype=object).tolist()]
    totals = asked.copy()
    totals[asked] = np.array(named, dtype=bool)
    notes = sparse & ~totals & (filled <= max(1, NOTE_SHARE * len(table.header)))
    problems = [
        Problem(
            code,
            {},
            table.place(rows=table.frame.index[rows]),
            n_rows=int(rows.sum()),
            n_total=len(table.frame),
        )
        for code, rows in (("USM-F19", totals), ("USM-F20", notes))
        if rows.any()
    ]
    kept = ~(totals | notes)
    return (replace(table, frame=table.frame[kept]) if problems else table), problems


def merged_cells(table: SourceTable) -> Iterator[Problem]:
    """Cells merged over several rows or columns below the header."""
    rows = [row for first, last in table.merged_rows for row in range(first, last + 1)]
    there = table.frame.index.intersection(rows)
    if len(there):
        yield Problem(
            "USM-F21", {}, table.place(rows=there), n_rows=len(there), n_total=len(table.frame)
        )


def _names_a_total(cells: list[object]) -> bool:
    return any(isinstance(cell, str) and TOTAL_ROW.fullmatch(cell) for cell in cells)
