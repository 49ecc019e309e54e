"""A composite index from finished values: no survey, just figures per area."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.members import Member
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.pipeline.coherence import Coherence, coherence
from urban_safety_monitor.pipeline.drawing import generator
from urban_safety_monitor.pipeline.score import Scored, score, score_table
from urban_safety_monitor.pipeline.uncertainty import Analysed, Effort, analyse
from urban_safety_monitor.statistics.draws import normal
from urban_safety_monitor.statistics.treatment import denominate
from urban_safety_monitor.tables import Scores

Floats = NDArray[np.float64]

KEY = ["area", "period"]
BLANK = ["", "NA", "NaN"]
"""Cells that hold no value; in the area's column NA is a name like any other."""
HEADER_ROWS = 2
"""From a position in the table to the row a spreadsheet shows."""
SHOWN_ROWS = 8
POINTS_SHARE = 2
"""The design for Sobol indices has up to this share of the replications as points."""


@dataclass(frozen=True)
class Doubt:
    """How uncertain values are, and how it is found out.

    Attributes:
        errors: a table laid out as that of the values, of their standard errors; an indicator
            without a column there has no sampling error.
        replications: how often the index is computed anew.
        seed: what all draws depend on.
    """

    errors: Path | None = None
    replications: int = 1000
    seed: int = 0


def score_values(path: Path, catalogue: Catalogue, doubt: Doubt | None = None) -> DataFrame[Scores]:
    """Scores of every component, with intervals where standard errors are given.

    Raises:
        DataError: as `scored_values`.
    """
    return score_table(scored_values(path, catalogue, doubt or Doubt()), catalogue)


def analyse_values(path: Path, catalogue: Catalogue, doubt: Doubt) -> Analysed:
    """How far overall scores, ranks and the order of areas hang on what is uncertain.

    Raises:
        DataError: as `scored_values`.
    """
    effort = Effort.of(doubt.replications, POINTS_SHARE)
    return analyse(scored_values(path, catalogue, doubt), catalogue, doubt.seed, effort)


def check_framework(path: Path, catalogue: Catalogue) -> Coherence:
    """Whether the framework hangs together on these values.

    Raises:
        DataError: as `scored_values`.
    """
    return coherence(scored_values(path, catalogue, Doubt()))


def scored_values(path: Path, catalogue: Catalogue, doubt: Doubt) -> Scored:
    """A composite index from finished values: one row per area, one column per indicator.

    The first column names the area; a column `period` is optional, and so is one that the framework
    imputes within. Columns that the framework does not know are left aside. An empty cell is a
    missing value, never 0.

    Raises:
        DataError: a file is no table, has no column of a scored indicator, lacks a denominator,
            holds a text where a number belongs, or has an area without a name or twice; a standard
            error is missing or below 0.
    """
    cells = _read_cells(path)
    known = {m.id: m for m in catalogue.members}
    members = [known[name] for name in cells.columns if name in known]
    if not members:
        raise DataError(f"{path}: no column is the id of a scored indicator of the catalogue")
    names, below = [m.id for m in members], _denominators(members)
    missing = [name for name in below if name not in cells]
    if missing:
        raise DataError(
            f"{path}: no column {name}, which others are divided by" for name in missing
        )
    numbers = _numbers(path, cells, list(dict.fromkeys([*names, *below])))
    values, divisors = numbers[names], numbers[below]
    divided = _divided(values, divisors, members)
    if doubt.errors is None:
        draws = {m.id: divided[[m.id]].to_numpy() for m in members}
    else:
        errors = _divided(_errors(doubt.errors, cells, values), divisors, members)
        draws = {m.id: _drawn(m.id, divided, errors, cells, doubt) for m in members}
    return score(draws, cells.assign(group=cells["period"]), catalogue)


def _denominators(members: Sequence[Member]) -> list[str]:
    return list(dict.fromkeys(m.denominator for m in members if m.denominator))


def _numbers(path: Path, cells: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """These columns as numbers; a blank is missing."""
    numbers = pd.DataFrame(
        {name: pd.to_numeric(_given(cells[name]), errors="coerce") for name in names},
        index=cells.index,
    ).astype(float)
    problems = [f"{path}: {problem}" for problem in _problems(cells, numbers)]
    if problems:
        raise DataError(problems)
    return numbers


def _divided(
    numbers: pd.DataFrame, divisors: pd.DataFrame, members: Sequence[Member]
) -> pd.DataFrame:
    """Indicators, or their standard errors, as shares of their denominators."""
    place = {name: number for number, name in enumerate(divisors.columns)}
    of = np.array([place.get(m.denominator or "", -1) for m in members])
    # The last of the divisors stands in where there is none, so that there always is a last.
    below = divisors.assign(one=1.0).to_numpy()
    return pd.DataFrame(denominate(numbers.to_numpy(), below, of), columns=numbers.columns)


def _errors(path: Path, cells: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    """Standard errors (n, k) of values (n, k), in the same rows; 0 of those without a column."""
    given = _read_cells(path)
    names = [name for name in values.columns if name in given]
    numbers = _numbers(path, given, names).set_index(pd.MultiIndex.from_frame(given[KEY]))
    placed = numbers.reindex(pd.MultiIndex.from_frame(cells[KEY])).reset_index(drop=True)
    problems = []
    for name in names:
        blank = values[name].notna() & placed[name].isna()
        if blank.any():
            areas = ", ".join(cells.loc[blank, "area"].head(3))
            problems.append(f"column {name}: no standard error of {areas}; 0 is one without error")
        if (placed[name] < 0).any():
            problems.append(f"column {name}: a standard error is never below 0")
    if not names:
        problems = ["no column is an indicator of the values"]
    if problems:
        raise DataError(f"{path}: {problem}" for problem in problems)
    return placed.reindex(columns=values.columns, fill_value=0.0)


def _drawn(
    name: str, values: pd.DataFrame, errors: pd.DataFrame, cells: pd.DataFrame, doubt: Doubt
) -> Floats:
    pairs = zip(cells["area"], cells["period"], strict=True)
    rngs = [generator(doubt.seed, name, area, period) for area, period in pairs]
    value, error = values[name].to_numpy(), errors[name].to_numpy()
    return normal(value, error, doubt.replications, rngs)


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
