"""From PSU totals to linearised indicators: values and influences, before variances are taken.

A gap is the difference of two cells' influences, an average the mean of several terms'. Both are
linear in the influences, so from here on every indicator looks the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.catalogue.measures import Gap, Total
from urban_safety_monitor.pipeline.units import (
    SURVEY,
    Rows,
    Spread,
    Units,
    replicate_degrees,
    replicate_spread,
    runs,
    units_of,
)
from urban_safety_monitor.statistics.linearisation import (
    Design,
    LonelyPsu,
    ratios,
    sums_by,
    totals,
)
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.totals import CELL, PsuTotals, ReplicateTotals

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True)
class LinearisedIndicators:
    """Values and influences of indicators in cells, in each indicator's unit of measure.

    One row of `influence` is one sampling unit, or one replicate, in one cell.

    Attributes:
        cells: (c) area, period, disaggregation, category.
        indicators: (k).
        value: (c, k).
        n: (c, k) records in the universe; of a gap, those of the smaller group.
        moments: (c, k, 6) denominator, numerator, the three weighted squares and the weight of
            the records, for design effects; NaN where an indicator has none (a gap, an average,
            a ratio of two weights).
        degrees_of_freedom: (c, k) PSUs less strata, or those of the replicates; of a gap or an
            average those of the part that has fewest, which is what shows the variance least.
        psus: (c, k) PSUs with members in the universe, of the same part.
        cell: (n,) the cell of each row of `influence`.
        unit: (n,) its sampling unit, numbered alike in all parts of one run.
        design: its stratum.
        influence: (n, k) what the unit adds to the value.
    """

    cells: pd.DataFrame
    indicators: tuple[Indicator, ...]
    value: Floats
    n: Floats
    moments: Floats
    degrees_of_freedom: Floats
    psus: Floats
    cell: Codes
    unit: Codes
    design: Design
    influence: Floats


class NumberedTotals(NamedTuple):
    """PSU totals and what each row of them belongs to.

    Attributes:
        totals: (n) rows.
        cell: (n,) each row's cell, numbered in the order in which they first appear.
        cells: (c) area, period, disaggregation, category.
        units: of the rows.
    """

    totals: PsuTotals
    cell: Codes
    cells: pd.DataFrame
    units: Units

    def in_turn(self, rows_at_once: int) -> Iterator["NumberedTotals"]:
        """Some surveys at a time, so that what is computed by the way stays small.

        Rows are in the order of surveys, as engines give them; otherwise all come at once.
        """
        survey, surveys = runs(self.totals.keys[SURVEY])
        if surveys.duplicated().any() or len(surveys) == 0:
            yield self
            return
        starts = np.searchsorted(survey, np.arange(len(surveys)))
        firsts = starts[np.r_[True, np.diff(starts // rows_at_once) > 0]]
        for first, end in zip(firsts, [*firsts[1:], len(survey)], strict=True):
            yield self._of_surveys(slice(first, end))

    def _of_surveys(self, rows: slice) -> "NumberedTotals":
        """All rows of surveys that stand side by side: so do their cells."""
        cell = self.cell[rows]
        first, last = cell.min(), cell.max()
        cells = self.cells.iloc[first : last + 1].reset_index(drop=True)
        return NumberedTotals(
            self.totals.of_rows(rows), cell - first, cells, self.units.of_rows(rows)
        )


def numbered(psu_totals: PsuTotals, lonely_psu: LonelyPsu) -> NumberedTotals:
    """The cells and sampling units of the rows of PSU totals."""
    run, found = runs(psu_totals.keys[CELL])
    number = found.groupby(CELL, sort=False, observed=True).ngroup().to_numpy().astype(np.intp)
    cells = found.drop_duplicates().reset_index(drop=True)
    return NumberedTotals(psu_totals, number[run], cells, units_of(psu_totals, lonely_psu))


def linearised(
    surveys: NumberedTotals, indicators: Sequence[Indicator]
) -> list[LinearisedIndicators]:
    """Values and influences of every indicator in every cell that PSU totals have.

    The first part holds all plain indicators; each gap, having cells of its own, is a further one.
    """
    asked = {term.indicator for term in surveys.totals.terms}
    gaps = [(i, i.measure) for i in indicators if i.id in asked and isinstance(i.measure, Gap)]
    groups = surveys.cells["disaggregation"].str.partition("*").to_numpy()
    return [
        linearised_in(surveys, indicators, groups[:, 1] == ""),
        *(
            _gap(_linearised_terms(surveys, groups[:, 0] == gap.disaggregation, [i]), i)
            for i, gap in gaps
        ),
    ]


def _linearised_terms(
    every: NumberedTotals, wanted: NDArray[np.bool_], indicators: Sequence[Indicator]
) -> LinearisedIndicators:
    """One column per term of these indicators in the cells wanted.

    Indicators with several components are repeated.
    """
    rows, kept = _only(every, wanted)
    psu_totals = every.totals
    by_id = {indicator.id: indicator for indicator in indicators}
    chosen = [j for j, term in enumerate(psu_totals.terms) if term.indicator in by_id]
    owners = tuple(by_id[psu_totals.terms[j].indicator] for j in chosen)
    cell, cells = rows.cell, len(rows.cells)
    above, below, counted = (
        _taken(array, kept, chosen)
        for array in (psu_totals.numerator, psu_totals.denominator, psu_totals.n)
    )
    value, influence = ratios(above, below, cell, cells)
    is_total = np.flatnonzero([isinstance(i.measure, Total) for i in owners])
    value[:, is_total], influence[:, is_total] = totals(above[:, is_total], cell, cells)
    n = sums_by(cell, cells, counted)
    df, psus = rows.units.shown_by(counted > 0, cell, cells)
    if psu_totals.replicates is None:
        spread = rows.units.spread(influence, cell)
    else:
        spread = _replicated(psu_totals.replicates, rows.cells, value, chosen, is_total)
        df = replicate_degrees(psu_totals.replicates, rows.cells, df, spread)
    times = np.array([i.survey_measure.times for i in owners])
    of_cells = sums_by(cell, cells, above), sums_by(cell, cells, below)
    squares = {
        place: sums_by(cell, cells, psu_totals.squares[term][kept])
        for place, term in enumerate(chosen)
        if term in psu_totals.squares
    }
    moments = _moments(*of_cells, squares)
    moments[:, [bool(getattr(i.measure, "weight_of", None)) for i in owners]] = np.nan
    return LinearisedIndicators(
        rows.cells,
        owners,
        np.where(n > 0, value, np.nan) * times,
        n,
        moments,
        df,
        psus,
        spread.cell,
        spread.unit,
        spread.design,
        spread.influence * times,
    )


def _replicated(
    replicates: ReplicateTotals,
    cells: pd.DataFrame,
    value: Floats,
    chosen: Sequence[int],
    is_total: Codes,
) -> Spread:
    """How far the replicates' estimates lie from those of the sample in these cells."""
    cell = pd.MultiIndex.from_frame(cells).get_indexer(
        pd.MultiIndex.from_frame(replicates.keys[CELL])
    )
    rows = np.flatnonzero(cell >= 0)
    cell = cell[rows].astype(np.intp)
    above, below = (
        _taken(array, rows, chosen) for array in (replicates.numerator, replicates.denominator)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        estimates = above / below
    estimates[:, is_total] = above[:, is_total]
    replicate, _ = pd.factorize(pd.MultiIndex.from_frame(replicates.keys[[*SURVEY, "replicate"]]))
    deviation = estimates - value[cell]
    return replicate_spread(deviation, replicates.counts[rows], cell, replicate[rows])


def linearised_in(
    surveys: NumberedTotals, indicators: Sequence[Indicator], wanted: NDArray[np.bool_]
) -> LinearisedIndicators:
    """Values and influences of all indicators but gaps in the cells wanted (c,)."""
    asked = {term.indicator for term in surveys.totals.terms}
    plain = [i for i in indicators if i.id in asked and not isinstance(i.measure, Gap)]
    return _averaged(_linearised_terms(surveys, wanted, plain), plain)


class _Rows(NamedTuple):
    """What some rows of PSU totals belong to."""

    cell: Codes
    cells: pd.DataFrame
    units: Units


def _only(every: NumberedTotals, wanted: NDArray[np.bool_]) -> tuple[_Rows, Rows]:
    """The rows of these cells, the cells numbered anew, and which rows they are."""
    if wanted.all():
        return _Rows(every.cell, every.cells, every.units), slice(None)
    kept = np.flatnonzero(wanted[every.cell])
    number = np.cumsum(wanted) - 1
    cells = every.cells[wanted].reset_index(drop=True)
    return _Rows(number[every.cell[kept]].astype(np.intp), cells, every.units.of_rows(kept)), kept


def _taken(array: Floats, rows: Rows, columns: Sequence[int]) -> Floats:
    every = list(columns) == list(range(array.shape[1]))
    return array[rows] if every else array[:, list(columns)][rows]


def _moments(above: Floats, below: Floats, squares: dict[int, Floats]) -> Floats:
    """Denominator, numerator, squares and weight of terms in every cell (cells, k, 6)."""
    moments = np.stack([below, above, above, above, below, below], axis=2)
    for place, sums in squares.items():
        moments[:, place, 2:] = sums
    return moments


def _averaged(terms: LinearisedIndicators, indicators: Sequence[Indicator]) -> LinearisedIndicators:
    """Components of one indicator become their mean; single terms stay as they are."""
    owned = [[k for k, t in enumerate(terms.indicators) if t.id == i.id] for i in indicators]
    if [column for own in owned for column in own] == list(range(len(indicators))):
        return terms
    first = [own[0] for own in owned]
    averaged = {
        name: getattr(terms, name)[:, first]
        for name in ("value", "n", "moments", "degrees_of_freedom", "psus", "influence")
    }
    for place, own in enumerate(owned):
        if len(own) > 1:
            weakest = terms.degrees_of_freedom[:, own].argmin(axis=1)[:, None]
            for name in ("degrees_of_freedom", "psus"):
                of_parts = getattr(terms, name)[:, own]
                averaged[name][:, place] = np.take_along_axis(of_parts, weakest, axis=1)[:, 0]
            averaged["value"][:, place] = terms.value[:, own].mean(axis=1)
            averaged["n"][:, place] = terms.n[:, own].min(axis=1)
            averaged["moments"][:, place] = np.nan
            averaged["influence"][:, place] = terms.influence[:, own].mean(axis=1)
    return replace(terms, indicators=tuple(indicators), **averaged)


def _gap(terms: LinearisedIndicators, indicator: Indicator) -> LinearisedIndicators:
    """One indicator's difference between two categories, per remaining category."""
    measure = indicator.measure
    assert isinstance(measure, Gap)
    first = _cells_of(terms.cells, measure.disaggregation, measure.category)
    second = _cells_of(terms.cells, measure.disaggregation, measure.minus)
    both = first.merge(second, on=CELL, suffixes=("", "_minus"))
    plus, minus = both["number"].to_numpy(), both["number_minus"].to_numpy()
    gap_of = np.full(len(terms.cells), -1)
    gap_of[plus], gap_of[minus] = np.arange(len(both)), np.arange(len(both))
    sign_of = np.zeros(len(terms.cells))
    sign_of[plus], sign_of[minus] = 1.0, -1.0
    df = terms.degrees_of_freedom[:, 0]
    weaker = np.where(df[plus] <= df[minus], plus, minus)
    keep = gap_of[terms.cell] >= 0
    sign = sign_of[terms.cell[keep]]
    rows, one, row = np.unique(
        np.stack([gap_of[terms.cell[keep]], terms.unit[keep]]),
        axis=1,
        return_index=True,
        return_inverse=True,
    )
    return LinearisedIndicators(
        both[CELL],
        (indicator,),
        terms.value[plus] - terms.value[minus],
        np.minimum(terms.n[plus], terms.n[minus]),
        np.full((len(both), 1, 6), np.nan),
        terms.degrees_of_freedom[weaker],
        terms.psus[weaker],
        rows[0].astype(np.intp),
        rows[1].astype(np.intp),
        terms.design.of_rows(np.flatnonzero(keep)[one]),
        sums_by(row.reshape(-1), rows.shape[1], terms.influence[keep] * sign[:, None]),
    )


def _cells_of(cells: pd.DataFrame, disaggregation: str, category: str) -> pd.DataFrame:
    """Cells within one category, named by what they are crossed with (or total)."""
    numbered = cells.assign(number=np.arange(len(cells)))
    # Without a cell there would be no columns.
    groups = numbered["disaggregation"].str.partition("*").reindex(columns=range(3))
    categories = numbered["category"].str.partition("*").reindex(columns=range(3))
    inside = (groups[0] == disaggregation) & (categories[0] == category)
    return numbered[inside].assign(
        disaggregation=groups[2].mask(groups[2] == "", TOTAL)[inside],
        category=categories[2].mask(groups[2] == "", TOTAL)[inside],
    )
