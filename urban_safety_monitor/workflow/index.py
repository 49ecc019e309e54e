"""A composite index from finished values: no survey, just figures per area."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.pipeline.score import score, score_table
from urban_safety_monitor.tables import Scores

KEY = ["area", "period"]
BLANK = ["", "NA", "NaN"]
"""Cells that hold no value; in the area's column NA is a name like any other."""
HEADER_ROWS = 2
"""From a position in the table to the row a spreadsheet shows."""
SHOWN_ROWS = 8


def score_values(path: Path, catalogue: Catalogue) -> DataFrame[Scores]:
    """A composite index from finished values: one row per area, one column per indicator.

    The first column names the area; a column `period` is optional. Columns that are no indicator
    of the catalogue are left aside. An empty cell is a missing value, never 0.

    Raises:
        DataError: the file is no table, has no column of a scored indicator, holds a text where a
            number belongs, or has an area without a name or twice.
    """
    cells = _read_cells(path)
    scored = {i.id for i in catalogue.indicators.values() if i.scored}
    names = [name for name in cells.columns if name in scored]
    if not names:
        raise DataError(f"{path}: no column is the id of a scored indicator of the catalogue")
    values = pd.DataFrame(
        {name: pd.to_numeric(_given(cells[name]), errors="coerce") for name in names}
    )
    problems = [f"{path}: {problem}" for problem in _problems(cells, values.astype(float))]
    if problems:
        raise DataError(problems)
    units = cells[KEY].assign(group=cells["period"])
    draws = {name: values[[name]].to_numpy(dtype=float) for name in names}
    return score_table(score(draws, units, catalogue), catalogue)


def _read_cells(path: Path) -> pd.DataFrame:
    try:
        frame = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read as a CSV table: {error}") from error
    if frame.empty:
        raise DataError(f"{path}: has column names but no rows")
    frame = frame.rename(columns={frame.columns[0]: "area"})
    return frame if "period" in frame else frame.assign(period="")


def _given(cells: pd.Series) -> pd.Series:
    return cells.where(~cells.isin(BLANK))


def _problems(cells: pd.DataFrame, values: pd.DataFrame) -> Iterator[str]:
    for name in values.columns:
        wrong = ~np.isfinite(values[name]) & _given(cells[name]).notna()
        if wrong.any():
            found = ", ".join(cells.loc[wrong, name].unique()[:3])
            yield f"column {name}, {_rows(wrong)}: not a number: {found}"
    if (cells["area"] == "").any():
        yield f"column {cells.columns[0]}, {_rows(cells['area'] == '')}: an area without a name"
    twice = cells.duplicated(KEY, keep=False) & (cells["area"] != "")
    if twice.any():
        found = ", ".join(cells.loc[twice, "area"].unique()[:3])
        yield f"{_rows(twice)}: an area is given once for each period, here twice: {found}"


def _rows(wrong: pd.Series) -> str:
    numbers = [str(n + HEADER_ROWS) for n in np.flatnonzero(wrong)]
    more = ", …" if len(numbers) > SHOWN_ROWS else ""
    return f"row {', '.join(numbers[:SHOWN_ROWS])}{more}"
