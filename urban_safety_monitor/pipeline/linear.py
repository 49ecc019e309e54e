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
    rows = pd.MultiIndex.from_frame(psu_totals.keys[[*SURVEY, "stratum"]])
    sampled = strata["psus"].to_numpy(dtype=float)
    population = pd.to_numeric(strata["psus_in_population"]).to_numpy(dtype=float, na_value=np.inf)
    return Design(
        number.get_indexer(rows).astype(np.intp),
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
    gaps = [i for i in indicators if i.id in asked and isinstance(i.measure, Gap)]
    plain = [i for i in indicators if i.id in asked and not isinstance(i.measure, Gap)]
    rows = _rows_of(psu_totals, lonely_psu)
    terms = _linearised_terms(psu_totals, rows, plain)
    return [
        _without_crossings(_averaged(terms, plain)),
        *(_gap(_linearised_terms(psu_totals, rows, [i]), i) for i in gaps),
    ]


class _Rows(NamedTuple):
    """What each row of PSU totals belongs to."""

    cell: Codes
    cells: pd.DataFrame
    psu: Codes
    design: Design


def _rows_of(psu_totals: PsuTotals, lonely_psu: LonelyPsu) -> _Rows:
    cell, cells = _numbered(psu_totals.keys[CELL])
    psu, _ = _numbered(psu_totals.keys[[*SURVEY, "stratum", "psu"]])
    return _Rows(cell, cells, psu, design_of(psu_totals, lonely_psu))


def _linearised_terms(
    psu_totals: PsuTotals, rows: _Rows, indicators: Sequence[Indicator]
) -> LinearisedIndicators:
    """One column per term of these indicators, repeated indicators for several components."""
    by_id = {indicator.id: indicator for indicator in indicators}
    chosen = [j for j, term in enumerate(psu_totals.terms) if term.indicator in by_id]
    owners = tuple(by_id[psu_totals.terms[j].indicator] for j in chosen)
    cell, cells = rows.cell, rows.cells
    above, below = psu_totals.numerator[:, chosen], psu_totals.denominator[:, chosen]
    of_ratio, of_total = ratios(above, below, cell, len(cells)), totals(above, cell, len(cells))
    is_total = np.array([isinstance(i.measure, Total) for i in owners], dtype=bool)
    times = np.array([i.survey_measure.times for i in owners])
    n = sums_by(cell, len(cells), psu_totals.n[:, chosen])
    value = np.where(is_total, of_total.value, of_ratio.value)
    moments = _moments(psu_totals, rows, chosen)
    moments[:, [bool(getattr(i.measure, "weight_of", None)) for i in owners]] = np.nan
    return LinearisedIndicators(
        cells,
        owners,
        np.where(n > 0, value, np.nan) * times,
        n,
        moments,
        cell,
        rows.psu,
        rows.design,
        np.where(is_total, of_total.influence, of_ratio.influence) * times,
        psu_totals.n[:, chosen] > 0,
    )


def _moments(psu_totals: PsuTotals, rows: _Rows, chosen: Sequence[int]) -> Floats:
    """Denominator, numerator, squares and weight of terms in every cell (cells, k, 6)."""
    cells = len(rows.cells)
    below = sums_by(rows.cell, cells, psu_totals.denominator[:, chosen])
    above = sums_by(rows.cell, cells, psu_totals.numerator[:, chosen])
    moments = np.stack([below, above, above, above, below, below], axis=2)
    for place, term in enumerate(chosen):
        if term in psu_totals.squares:
            moments[:, place, 2:] = sums_by(rows.cell, cells, psu_totals.squares[term])
    return moments


def _averaged(terms: LinearisedIndicators, indicators: Sequence[Indicator]) -> LinearisedIndicators:
    """Components of one indicator become their mean; single terms stay as they are."""
    owner = np.array([[t.id == i.id for t in terms.indicators] for i in indicators], dtype=float)
    owner = owner.reshape(len(indicators), len(terms.indicators))
    parts = owner.sum(axis=1, keepdims=True)
    mean = (owner / np.where(parts == 0, 1, parts)).T
    first = [int(row.argmax()) for row in owner]
    several = parts[:, 0] > 1
    moments = terms.moments[:, first]
    moments[:, several] = np.nan
    every = np.where(owner.T[None] > 0, terms.n[:, :, None], np.inf).min(axis=1, initial=np.inf)
    return LinearisedIndicators(
        terms.cells,
        tuple(indicators),
        _weighted_columns(terms.value, mean),
        np.where(np.isinf(every), 0, every),
        moments,
        terms.cell,
        terms.psu,
        terms.design,
        _weighted_columns(terms.influence, mean),
        np.take_along_axis(terms.members, _weakest_term(terms, owner)[terms.cell], axis=1),
    )


def _weakest_term(terms: LinearisedIndicators, owner: Floats) -> Codes:
    """Of each indicator's terms the one with the fewest degrees of freedom, by cell (c, k)."""
    df = degrees_of_freedom(terms.members, terms.cell, len(terms.cells), terms.design)
    weakest = np.zeros((len(terms.cells), len(owner)), dtype=np.intp)
    for place, own in enumerate(owner):
        columns = np.flatnonzero(own)
        weakest[:, place] = columns[df[:, columns].argmin(axis=1)]
    return weakest


def _weighted_columns(values: Floats, weights: Floats) -> Floats:
    """Product values @ weights; a missing value spoils only the columns that use it."""
    spoiled = np.isnan(values).astype(float) @ (weights > 0)
    return np.where(spoiled > 0, np.nan, np.nan_to_num(values) @ weights)


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


def _without_crossings(part: LinearisedIndicators) -> LinearisedIndicators:
    plain = ~part.cells["disaggregation"].str.contains("*", regex=False).to_numpy()
    number = np.cumsum(plain) - 1
    rows = plain[part.cell]
    return LinearisedIndicators(
        part.cells[plain].reset_index(drop=True),
        part.indicators,
        part.value[plain],
        part.n[plain],
        part.moments[plain],
        number[part.cell[rows]].astype(np.intp),
        part.psu[rows],
        part.design._replace(stratum=part.design.stratum[rows]),
        part.influence[rows],
        part.members[rows],
    )


def _numbered(keys: pd.DataFrame) -> tuple[Codes, pd.DataFrame]:
    """Each row's group number and the groups, in the order they first appear."""
    groups = keys.groupby(list(keys.columns), sort=False, observed=True)
    number: Codes = groups.ngroup().to_numpy().astype(np.intp)
    return number, keys.drop_duplicates().reset_index(drop=True)
