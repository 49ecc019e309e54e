"""From PSU totals to linearised indicators: values and influences, before variances are taken.

A gap is the difference of two cells' influences, an average the mean of several terms'. Both are
linear in the influences, so from here on every indicator looks the same.
"""

from collections.abc import Sequence
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


def linearised(
    psu_totals: PsuTotals, indicators: Sequence[Indicator], lonely_psu: LonelyPsu
) -> list[LinearisedIndicators]:
    """Values and influences of every indicator in every cell that PSU totals have.

    The first part holds all plain indicators; each gap, having cells of its own, is a further one.
    """
    asked = {term.indicator for term in psu_totals.terms}
    plain = [i for i in indicators if i.id in asked and not isinstance(i.measure, Gap)]
    gaps = [(i, i.measure) for i in indicators if i.id in asked and isinstance(i.measure, Gap)]
    rows = _rows_of(psu_totals, lonely_psu)
    groups = rows.cells["disaggregation"].str.partition("*").to_numpy()
    first = _averaged(_linearised_terms(psu_totals, rows, groups[:, 1] == "", plain), plain)
    return [
        first,
        *(
            _gap(_linearised_terms(psu_totals, rows, groups[:, 0] == gap.disaggregation, [i]), i)
            for i, gap in gaps
        ),
    ]


class _Rows(NamedTuple):
    """What each row of PSU totals belongs to."""

    cell: Codes
    cells: pd.DataFrame
    units: Units


def _rows_of(psu_totals: PsuTotals, lonely_psu: LonelyPsu) -> _Rows:
    cell, cells = _numbered(psu_totals.keys[CELL])
    return _Rows(cell, cells, units_of(psu_totals, lonely_psu))


def _linearised_terms(
    psu_totals: PsuTotals,
    every: _Rows,
    wanted: NDArray[np.bool_],
    indicators: Sequence[Indicator],
) -> LinearisedIndicators:
    """One column per term of these indicators in the cells wanted.

    Indicators with several components are repeated.
    """
    rows, kept = _only(every, wanted)
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


def _only(rows: _Rows, wanted: NDArray[np.bool_]) -> tuple[_Rows, Rows]:
    """The rows of these cells, the cells numbered anew, and which rows they are."""
    if wanted.all():
        return rows, slice(None)
    kept = np.flatnonzero(wanted[rows.cell])
    number = np.cumsum(wanted) - 1
    cells = rows.cells[wanted].reset_index(drop=True)
    return _Rows(number[rows.cell[kept]].astype(np.intp), cells, rows.units.of_rows(kept)), kept


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


def _numbered(keys: pd.DataFrame) -> tuple[Codes, pd.DataFrame]:
    """Each row's group number and the groups, in the order they first appear."""
    run, found = runs(keys)
    groups = found.groupby(list(keys.columns), sort=False, observed=True)
    number: Codes = groups.ngroup().to_numpy().astype(np.intp)
    return number[run], found.drop_duplicates().reset_index(drop=True)
