"""From PSU totals to linearised indicators: values and influences, before variances are taken.

A gap is the difference of two cells' influences, an average the mean of several terms'. Both are
linear in the influences, so from here on every indicator looks the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.catalogue.measures import Gap, Total
from urban_safety_monitor.statistics.linearisation import (
    Design,
    LonelyPsu,
    degrees_of_freedom,
    ratios,
    sums_by,
    totals,
)
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.totals import CELL, PsuTotals

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]

SURVEY = ["area", "period"]


@dataclass(frozen=True)
class LinearisedIndicators:
    """Values and influences of indicators in cells, in each indicator's unit of measure.

    One row of `influence` is one PSU in one cell.

    Attributes:
        cells: (c) area, period, disaggregation, category.
        indicators: (k).
        value: (c, k).
        n: (c, k) records in the universe; of a gap, those of the smaller group.
        moments: (c, k, 6) denominator, numerator, the three weighted squares and the weight of
            the records, for design effects; NaN where an indicator has none (a gap, an average,
            a ratio of two weights).
        cell: (n,) the cell of each row of `influence`.
        psu: (n,) its PSU, numbered alike in all parts of one run.
        design: its stratum.
        influence: (n, k) what the PSU adds to the value.
        members: (n, k) whether the PSU has members in the universe; of a gap or an average, in
            that of the part seen in the fewest PSUs, which is what shows the variance least.
    """

    cells: pd.DataFrame
    indicators: tuple[Indicator, ...]
    value: Floats
    n: Floats
    moments: Floats
    cell: Codes
    psu: Codes
    design: Design
    influence: Floats
    members: NDArray[np.bool_]


def design_of(psu_totals: PsuTotals, lonely_psu: LonelyPsu) -> Design:
    """The sampling design of the rows of PSU totals."""
    strata = psu_totals.psus
    number = pd.MultiIndex.from_frame(strata[[*SURVEY, "stratum"]])
    run, runs = _runs(psu_totals.keys[[*SURVEY, "stratum"]])
    sampled = strata["psus"].to_numpy(dtype=float)
    population = pd.to_numeric(strata["psus_in_population"]).to_numpy(dtype=float, na_value=np.inf)
    return Design(
        number.get_indexer(pd.MultiIndex.from_frame(runs)).astype(np.intp)[run],
        strata["psus"].to_numpy(dtype=np.int64),
        sampled / np.where(population > 0, population, np.inf),
        lonely_psu,
    )


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
    psu: Codes
    design: Design


def _rows_of(psu_totals: PsuTotals, lonely_psu: LonelyPsu) -> _Rows:
    cell, cells = _numbered(psu_totals.keys[CELL])
    design = design_of(psu_totals, lonely_psu)
    names, _ = pd.factorize(psu_totals.keys["psu"])
    psu, _ = pd.factorize(names.astype(np.int64) * len(design.psus) + design.stratum)
    return _Rows(cell, cells, psu.astype(np.intp), design)


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
    times = np.array([i.survey_measure.times for i in owners])
    influence *= times
    n = sums_by(cell, cells, counted)
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
        cell,
        rows.psu,
        rows.design,
        influence,
        counted > 0,
    )


def _only(rows: _Rows, wanted: NDArray[np.bool_]) -> tuple[_Rows, slice | Codes]:
    """The rows of these cells, the cells numbered anew, and which rows they are."""
    if wanted.all():
        return rows, slice(None)
    kept = np.flatnonzero(wanted[rows.cell])
    number = np.cumsum(wanted) - 1
    cells = rows.cells[wanted].reset_index(drop=True)
    design = rows.design._replace(stratum=rows.design.stratum[kept])
    return _Rows(number[rows.cell[kept]].astype(np.intp), cells, rows.psu[kept], design), kept


def _taken(array: Floats, rows: slice | Codes, columns: Sequence[int]) -> Floats:
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
    value, n, moments = terms.value[:, first], terms.n[:, first], terms.moments[:, first]
    influence, members = terms.influence[:, first], terms.members[:, first]
    for place, own in enumerate(owned):
        if len(own) > 1:
            value[:, place] = terms.value[:, own].mean(axis=1)
            n[:, place] = terms.n[:, own].min(axis=1)
            moments[:, place] = np.nan
            influence[:, place] = terms.influence[:, own].mean(axis=1)
            members[:, place] = _members_of_weakest(terms, own)
    return LinearisedIndicators(
        terms.cells,
        tuple(indicators),
        value,
        n,
        moments,
        terms.cell,
        terms.psu,
        terms.design,
        influence,
        members,
    )


def _members_of_weakest(terms: LinearisedIndicators, own: Sequence[int]) -> NDArray[np.bool_]:
    """In every cell the members of that term which has the fewest degrees of freedom (n,)."""
    members = terms.members[:, own]
    df = degrees_of_freedom(members, terms.cell, len(terms.cells), terms.design)
    weakest = df.argmin(axis=1)[terms.cell]
    return np.take_along_axis(members, weakest[:, None], axis=1)[:, 0]


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
    df = degrees_of_freedom(terms.members, terms.cell, len(terms.cells), terms.design)[:, 0]
    weaker = np.where(df[plus] <= df[minus], plus, minus)
    keep = gap_of[terms.cell] >= 0
    sign = sign_of[terms.cell[keep]]
    rows, one, row = np.unique(
        np.stack([gap_of[terms.cell[keep]], terms.psu[keep]]),
        axis=1,
        return_index=True,
        return_inverse=True,
    )
    row = row.reshape(-1)
    members = terms.members[keep] & np.isin(terms.cell[keep], weaker)[:, None]
    return LinearisedIndicators(
        both[CELL],
        (indicator,),
        terms.value[plus] - terms.value[minus],
        np.minimum(terms.n[plus], terms.n[minus]),
        np.full((len(both), 1, 6), np.nan),
        rows[0].astype(np.intp),
        rows[1].astype(np.intp),
        terms.design._replace(stratum=terms.design.stratum[keep][one]),
        sums_by(row, rows.shape[1], terms.influence[keep] * sign[:, None]),
        sums_by(row, rows.shape[1], members.astype(float)) > 0,
    )


def _cells_of(cells: pd.DataFrame, disaggregation: str, category: str) -> pd.DataFrame:
    """Cells within one category, named by what they are crossed with (or total)."""
    numbered = cells.assign(number=np.arange(len(cells)))
    groups = numbered["disaggregation"].str.partition("*")
    categories = numbered["category"].str.partition("*")
    inside = (groups[0] == disaggregation) & (categories[0] == category)
    return numbered[inside].assign(
        disaggregation=groups[2].mask(groups[2] == "", TOTAL)[inside],
        category=categories[2].mask(groups[2] == "", TOTAL)[inside],
    )


def _numbered(keys: pd.DataFrame) -> tuple[Codes, pd.DataFrame]:
    """Each row's group number and the groups, in the order they first appear."""
    run, runs = _runs(keys)
    groups = runs.groupby(list(keys.columns), sort=False, observed=True)
    number: Codes = groups.ngroup().to_numpy().astype(np.intp)
    return number[run], runs.drop_duplicates().reset_index(drop=True)


def _runs(keys: pd.DataFrame) -> tuple[Codes, pd.DataFrame]:
    """Each row's run of equal neighbours, and the runs: few, where the rows are in order."""
    new = np.zeros(len(keys), dtype=bool)
    new[:1] = True
    for name in keys:
        column = keys[name].array
        new[1:] |= np.asarray(column[1:] != column[:-1], dtype=bool)
    return np.cumsum(new) - 1, keys[new].reset_index(drop=True)
