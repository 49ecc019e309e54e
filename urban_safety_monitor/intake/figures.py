"""Recorded figures: wide columns made into rows, parts added up, totals over categories."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from urban_safety_monitor.catalogue.recipe import PLACEHOLDER, Recipe, Wide
from urban_safety_monitor.intake.convert import not_numbers, parsed_numbers, sdmx_period
from urban_safety_monitor.intake.mapping import Draft, mapped_columns
from urban_safety_monitor.intake.problems import Problem
from urban_safety_monitor.intake.source import TEXT, SourceTable
from urban_safety_monitor.tables.inputs import TOTAL

KEY = ["area", "period", "series", "disaggregation", "category"]
REQUIRED = ("area", "period", "series", "value")
FILLED = {"disaggregation": TOTAL, "category": TOTAL, "obs_status": "A"}
CODES = ("USM-N01", "USM-N02", "USM-V13", "USM-I03", "USM-R01")


@dataclass(frozen=True)
class Cells:
    """One figure a row as text, with the row and column of the file each came from."""

    text: pd.DataFrame
    row: pd.Series
    column: pd.Series
    table: SourceTable

    def problems(self, code: str, mask: pd.Series) -> Iterator[Problem]:
        """One problem for each source column that masked figures lie in."""
        for column in self.column[mask].unique():
            rows = self.row[mask & (self.column == column)]
            names = [column] if column in self.table.header else []
            texts = self.text.loc[rows.index, "value"].dropna().unique()[:3]
            yield Problem(
                code,
                {},
                self.table.place(names, rows),
                n_rows=rows.nunique(),
                n_total=len(self.table.frame),
                found=", ".join(texts),
            )


def figure_cells(recipe: Recipe, table: SourceTable, draft: Draft) -> Cells:
    """Canonical columns of every figure, still text."""
    frame, row = draft.frame, draft.rows[recipe.main]
    column = pd.Series("", frame.index, dtype=TEXT)
    extra = pd.DataFrame(index=frame.index)
    if "value" in recipe.columns:
        column = pd.Series(recipe.columns["value"].sources[0], frame.index, dtype=TEXT)
    if recipe.wide:
        frame, row, column, extra = _long(recipe.wide, frame, row)
    text = pd.concat([mapped_columns(frame, recipe.columns), extra], axis=1)
    return Cells(text, row, column, table)


def figures(recipe: Recipe, cells: Cells) -> tuple[pd.DataFrame, pd.DataFrame, list[Problem]]:
    """The Administrative table, the same with rows of the file, and what is wrong with it.

    A figure with a blank part is missing and provisional, never smaller than it is.
    """
    value = parsed_numbers(cells.text["value"], recipe.decimal)
    problems = [
        problem
        for failure in not_numbers(cells.text["value"], value)
        for problem in cells.problems(failure.code, failure.rows)
    ]
    problems += cells.problems("USM-V13", value < 0)
    frame = _filled(cells.text, recipe).assign(value=value.where(value >= 0))
    whole = _added_up(frame.assign(row=cells.row))
    twice = whole.duplicated(KEY, keep=False)
    if twice.any():
        rows = whole.loc[twice, "row"]
        place, total = cells.table.place(rows=rows), len(cells.table.frame)
        problems.append(Problem("USM-I03", {}, place, n_rows=rows.nunique(), n_total=total))
    table = whole.drop(columns="row")
    if recipe.sum_over:
        table = _with_totals(table, recipe.sum_over)
    incomplete = int((table["obs_status"] == "p").sum())
    if incomplete:
        place = cells.table.place()
        problems.append(Problem("USM-R01", {"n": incomplete}, place))
    return table.reset_index(drop=True), whole, problems


def _long(
    wide: Wide, frame: pd.DataFrame, row: pd.Series
) -> tuple[pd.DataFrame, pd.Series, pd.Series, pd.DataFrame]:
    present = [name for name in wide.columns if name in frame]
    repeat = np.repeat(np.arange(len(frame)), len(present))
    column = pd.Series(np.tile(np.array(present, dtype=object), len(frame)), dtype=TEXT)
    values = frame[present].to_numpy(dtype=object).reshape(-1)
    long = frame.drop(columns=present).iloc[repeat].reset_index(drop=True)
    extra = pd.DataFrame({"value": pd.Series(values, dtype=TEXT)})
    if set(wide.named) <= set(long):
        extra = extra.assign(period=_periods(wide, long, column))
    return long, row.iloc[repeat].reset_index(drop=True), column, extra


def _periods(wide: Wide, frame: pd.DataFrame, column: pd.Series) -> pd.Series:
    """The template with {period} and other source columns filled in, row by row."""
    period = pd.Series("", frame.index, dtype=TEXT)
    for i, piece in enumerate(PLACEHOLDER.split(wide.period)):
        if i % 2 == 0:
            period = period + piece
        else:
            period = period + (column.map(wide.columns) if piece == "period" else frame[piece])
    return sdmx_period(period)


def _filled(text: pd.DataFrame, recipe: Recipe) -> pd.DataFrame:
    """Every column of the table, with "total" and normal where the source says nothing."""
    frame = text.assign(
        **{
            name: text[name].fillna(default) if name in text else default
            for name, default in FILLED.items()
        },
        source=text["source"].fillna(recipe.source) if "source" in text else recipe.source,
    )
    if "standard_error" not in frame:
        frame = frame.assign(standard_error=pd.Series(pd.NA, frame.index, dtype=TEXT))
    return frame.assign(
        standard_error=parsed_numbers(frame["standard_error"], recipe.decimal),
        period=sdmx_period(frame["period"]),
    )[[*KEY, "value", "standard_error", "source", "obs_status"]]


def _added_up(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a figure: parts of one source row that fall on one period are added up."""
    groups = frame.groupby([*KEY, "row"], sort=False, dropna=False)
    whole = groups.first().reset_index()
    summed = groups["value"].sum(min_count=1).to_numpy()
    parts, known = groups.size().to_numpy(), groups["value"].count().to_numpy()
    blank = known < parts
    whole["value"] = np.where(blank, np.nan, summed)
    whole["obs_status"] = whole["obs_status"].mask(blank & (whole["obs_status"] == "A"), "p")
    return whole


def _with_totals(table: pd.DataFrame, disaggregation: str) -> pd.DataFrame:
    parts = table[table["disaggregation"] == disaggregation]
    keys = ["area", "period", "series"]
    groups = parts.groupby(keys, sort=False)
    totals = groups.first().reset_index()
    missing = (groups.size() > groups["value"].count()).to_numpy()
    totals["value"] = np.where(missing, np.nan, groups["value"].sum().to_numpy())
    totals["obs_status"] = np.where(missing, "p", "A")
    totals = totals.assign(disaggregation=TOTAL, category=TOTAL, standard_error=np.nan)
    return pd.concat([table, totals[table.columns]], ignore_index=True)
