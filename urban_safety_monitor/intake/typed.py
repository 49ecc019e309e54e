"""Workbooks, SPSS, Stata and Parquet files as tables of text: codes stay codes.

They are read by `typed_program` in a process of its own, which may crash or ask for too much
without harm; what it gives back is turned into a table here.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from urban_safety_monitor.intake import typed_program
from urban_safety_monitor.intake.coded import Block, column_of, without_blank_rows
from urban_safety_monitor.intake.limits import LIMITS
from urban_safety_monitor.intake.problems import Problem
from urban_safety_monitor.intake.source import SourceTable, checked_header, refusal

FORMATS = {"xlsx": "XLSX", "xls": "XLSX", "sav": "SPSS", "dta": "Stata", "parquet": "Parquet"}


class Wanted(NamedTuple):
    """What to read of a file: a sheet by name or by columns `like` these, and which columns."""

    sheet: str | None = None
    columns: frozenset[str] | None = None
    like: frozenset[str] = frozenset()


def read_typed(path: Path, kind: str, wanted: Wanted, shown: Path) -> SourceTable:
    """Read a file of one of FORMATS; `shown` is the file the user knows.

    Raises:
        UnreadableFile: damaged, too large, no such sheet, no column names, no rows.
    """
    facts, columns = _read_apart(path, kind, wanted, shown)
    if "refused" in facts:
        raise refusal(facts["refused"], shown, **facts["params"])
    sheet, header_row = facts.get("sheet"), facts.get("header_row", 0)
    header = checked_header(facts["names"], shown, sheet, max(header_row, 1))
    frame = pd.DataFrame(
        {header[position]: cells for position, cells in columns.items()}, copy=False
    )
    frame.index = pd.RangeIndex(header_row + 1, header_row + 1 + len(frame), name="row")
    if sheet is not None:
        frame = without_blank_rows(frame)
    if frame.empty:
        raise refusal("USM-F06", shown)
    table = SourceTable(
        frame,
        shown.name,
        shown,
        FORMATS[kind],
        header,
        sheet=sheet,
        labels=_stripped(facts.get("labels", {})),
        titles=_stripped(facts.get("titles", {})),
        merged_rows=tuple((first, last) for first, last in facts.get("merged", ())),
    )
    return replace(table, problems=tuple(_formulas(table, facts.get("formulas", ()))))


def _formulas(table: SourceTable, cells: Iterable[tuple[int, int]]) -> Iterator[Problem]:
    """Cells with a formula nobody computed, by column."""
    rows: dict[str, list[int]] = {}
    for position, row in cells:
        if position < len(table.header):
            rows.setdefault(table.header[position], []).append(row)
    for name, of_column in rows.items():
        yield table.problem("USM-F30", [name], of_column)


def _read_apart(
    path: Path, kind: str, wanted: Wanted, shown: Path
) -> tuple[dict[str, Any], dict[int, pd.Categorical]]:
    """What the program answers; where it dies without an answer, the file asked for too much."""
    request = json.dumps(
        {
            **LIMITS._asdict(),
            "path": str(path),
            "kind": kind,
            "sheet": wanted.sheet,
            "columns_wanted": _sorted(wanted.columns),
            "like": _sorted(wanted.like),
        }
    )
    command = [sys.executable, "-P", typed_program.__file__]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as program:
        assert program.stdin and program.stdout
        try:
            program.stdin.write(request.encode())
            program.stdin.close()
            return _answer(program.stdout)
        except (OSError, ValueError) as error:
            raise refusal("USM-F26", shown) from error
        finally:
            program.kill()


def _answer(stream: IO[bytes]) -> tuple[dict[str, Any], dict[int, pd.Categorical]]:
    """The facts and the columns; a line that is not whole is a ValueError."""
    columns: dict[int, pd.Categorical] = {}
    while "texts" in (said := json.loads(stream.readline())):
        numbers = np.frombuffer(stream.read(said["bytes"]), dtype=np.int32)
        block = Block(numbers, pa.array(said["texts"], pa.large_string()))
        columns[said["position"]] = column_of([block])
    return said, columns


def _sorted(names: Iterable[str] | None) -> list[str] | None:
    return None if names is None else sorted(names)


def _stripped(by_column: dict[str, Any]) -> dict[str, Any]:
    return {name.strip(): value for name, value in by_column.items()}
