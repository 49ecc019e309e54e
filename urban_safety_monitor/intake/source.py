"""A file of the user's as a table of text, with what is needed to point back into it."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from urban_safety_monitor.errors import DataError
from urban_safety_monitor.intake.problems import (
    ColumnAt,
    Param,
    Place,
    Problem,
    Ranges,
    column_letter,
    row_ranges,
)
from urban_safety_monitor.intake.typed_program import cell_text
from urban_safety_monitor.intake.wording import render

__all__ = [
    "TEXT",
    "Repair",
    "SourceTable",
    "UnreadableFile",
    "cell_text",
    "checked_header",
    "refusal",
]

TEXT = pd.StringDtype(na_value=np.nan)
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
YEAR = re.compile(r"(?:19|20)\d\d")
Repair = tuple[str, dict[str, Any]]


class UnreadableFile(DataError):
    """A file that cannot be read as a table at all; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        """Keep the problem beside its words."""
        super().__init__(render(problem))
        self.problem = problem


@dataclass(frozen=True)
class SourceTable:
    """A file as read: every cell is text, a missing cell is NA, codes are never labels.

    Columns are categories, so that each distinct text is kept and looked at once; `spelled_out`
    gives plain text, which can be compared by order and added to.

    The frame's index holds row numbers as a spreadsheet shows them (the header is row 1).
    `header` lists every column of the file, also those not asked for. `repairs` are the small
    things mended on reading, as phrase keys with their values; `labels` maps each labelled
    column to its labels by code, and `titles` say what a column asks where the file says it;
    `problems` are rows that could not be read. `own_names` gives the user's own spelling of
    columns that answer to a declared name; `merged_rows` are spans of rows with merged cells;
    `dropped` are columns the user left out.
    """

    frame: pd.DataFrame
    name: str
    path: Path
    format: str
    header: tuple[str, ...]
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    repairs: tuple[Repair, ...] = ()
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    own_names: dict[str, str] = field(default_factory=dict)
    merged_rows: Ranges = ()
    dropped: tuple[str, ...] = ()

    @property
    def first_data_row(self) -> int:
        """Row number of the first record, as a spreadsheet shows it."""
        return int(self.frame.index[0])

    def place(self, columns: Iterable[str] = (), rows: Iterable[int] = ()) -> Place:
        """These columns and rows of the file, for a message."""
        at = tuple(
            ColumnAt(column_letter(self.header.index(c)), self.own_names.get(c, c)) for c in columns
        )
        return Place(self.name, self.sheet, at, row_ranges(rows))

    def problem(
        self, code: str, columns: Iterable[str] = (), rows: Iterable[int] = (), **params: Param
    ) -> Problem:
        """A problem in these columns and rows of the file; without rows it is of the whole file."""
        numbers = pd.unique(pd.Series(rows, dtype="int64"))
        return Problem(
            code,
            dict(params),
            self.place(columns, numbers),
            n_rows=len(numbers) or None,
            n_total=len(self.frame) if len(numbers) else None,
        )

    def without(self, columns: Iterable[str]) -> "SourceTable":
        """The table without these columns, as far as it has them; letters of others stay."""
        left_out = [name for name in columns if name in self.header]
        frame = self.frame.drop(columns=left_out, errors="ignore")
        return replace(self, frame=frame, dropped=(*self.dropped, *left_out))

    def spelled_out(self) -> "SourceTable":
        """The same with columns of plain text, for tables that are small."""
        return replace(self, frame=self.frame.astype(TEXT))

    def fact(self) -> dict[str, Any]:
        """What was read, for the report."""
        return {
            "file": self.name,
            "format": self.format,
            "sheet": self.sheet,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "rows": len(self.frame),
            "columns": len(self.header),
            "first_data_row": self.first_data_row,
            "repairs": list(self.repairs),
            "dropped": list(self.dropped),
        }


def refusal(code: str, path: Path, **params: Param) -> UnreadableFile:
    """The error for a whole file."""
    return UnreadableFile(Problem(code, dict(params), Place(path.name)))


def checked_header(
    names: Iterable[object], path: Path, sheet: str | None = None, header_row: int = 1
) -> tuple[str, ...]:
    """Column names without blanks around them; a column without a name is named by its letter.

    Raises:
        UnreadableFile: most cells are numbers (answers) or empty (a title), or a name is twice.
    """
    texts = ["" if name is None else str(name).strip() for name in names]
    if 2 * sum(map(_is_answer, texts)) > len(texts):
        raise UnreadableFile(Problem("USM-F22", {"row": header_row}, Place(path.name, sheet)))
    if sum(map(bool, texts)) * 2 < len(texts):
        filled, cells = sum(map(bool, texts)), len(texts)
        problem = Problem(
            "USM-F08",
            {"filled": filled, "cells": cells, "row": header_row},
            Place(path.name, sheet),
        )
        raise UnreadableFile(problem)
    header = [text or f"(column {column_letter(i)})" for i, text in enumerate(texts)]
    twice = {name for name, times in Counter(header).items() if times > 1}
    if twice:
        at = [ColumnAt(column_letter(i), n) for i, n in enumerate(header) if n in twice]
        raise UnreadableFile(Problem("USM-F09", {}, Place(path.name, sheet, tuple(at))))
    return tuple(header)


def _is_answer(text: str) -> bool:
    """A number that is no year, which names a column in tables of years."""
    return bool(NUMBER.fullmatch(text)) and not YEAR.fullmatch(text)
