"""What one indicator tells of another: shared people, parts of gaps and averages, contributors."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.measures import Average, Gap, Proportion, Total
from urban_safety_monitor.pipeline.additive import KEY
from urban_safety_monitor.statistics.suppression import Codes, dominated
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.totals import CELL, PsuTotals

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]


class NearlySamePeople:
    """Which sizes of one indicator nearly tell those of another.

    An indicator that is nowhere of more people than another may be of some of the same people:
    its groups are then no larger than the other's, which has everybody, or everybody who answered
    more. Where a size of the other is larger by fewer people than are needed, the smaller one tells
    it nearly enough to find its neighbours. Everybody of an indicator about one group only, such
    as women, is compared with that group of the others.
    """

    def __init__(self, cells: pd.DataFrame, catalogue: Catalogue, needed: Floats) -> None:
        """`needed` (n,) is the fewest people each of the cells (n,) may be of."""
        row, group = _groups(cells, catalogue)
        unit = pd.factorize(cells["indicator"])[0][row]
        survey = cells.groupby(["area", "period"], sort=False).ngroup().to_numpy()[row]
        order = np.argsort(survey, kind="stable")
        places = np.split(order, np.flatnonzero(np.diff(survey[order])) + 1)
        n = cells["n"].to_numpy(dtype=float)
        self._count = len(cells)
        self._surveys = [_Survey.of(row[p], unit[p], group[p], n, needed) for p in places]

    def telling(self, hidden: Truths) -> Truths:
        """Cells (n,) whose size would nearly tell one of the hidden (n,)."""
        return self._found(hidden, _Survey.telling)

    def told(self, public: Truths) -> Truths:
        """Cells (n,) whose size one of the public (n,) nearly tells."""
        return self._found(public, _Survey.told)

    def _found(self, known: Truths, asked: Callable[["_Survey", Truths], Truths]) -> Truths:
        found = np.zeros(self._count, dtype=np.bool_)
        for survey in self._surveys:
            found[survey.row[asked(survey, survey.placed(known))[survey.place]]] = True
        return found


class _Survey(NamedTuple):
    """One survey's sizes, indicators by groups; NaN where there is nobody.

    Entry e stands for row `row[e]` of the cells, at `place[0][e], place[1][e]`.
    """

    row: Codes
    place: tuple[Codes, Codes]
    size: Floats
    limit: Floats

    @classmethod
    def of(cls, row: Codes, unit: Codes, group: Codes, n: Floats, needed: Floats) -> "_Survey":
        (units, i), (groups, j) = (np.unique(x, return_inverse=True) for x in (unit, group))
        empty = np.full((len(units), len(groups)), np.nan)
        size, limit = empty, empty.copy()
        size[i, j], limit[i, j] = n[row], needed[row]
        return cls(row, (i, j), size, limit)

    def placed(self, known: Truths) -> Truths:
        found = np.zeros(self.size.shape, dtype=np.bool_)
        found[self.place] = known[self.row]
        return found

    def telling(self, hidden: Truths) -> Truths:
        found = np.zeros(self.size.shape, dtype=np.bool_)
        for one in np.flatnonzero(hidden.any(axis=1)).tolist():
            found |= self._near(one) & hidden[one]
        return found

    def told(self, public: Truths) -> Truths:
        found = np.zeros(self.size.shape, dtype=np.bool_)
        for one in range(len(found)) if public.any() else ():
            found[one] = (self._near(one) & public).any(axis=0)
        return found

    def _near(self, one: int) -> Truths:
        """Which sizes are at most this indicator's, in all groups, and in theirs nearly it."""
        within = ~(self.size > self.size[one]).any(axis=1)
        return within[:, None] & (self.size[one] - self.size < self.limit[one])


def _groups(cells: pd.DataFrame, catalogue: Catalogue) -> tuple[Codes, Codes]:
    """Each row with the number of its group; rows of everybody in one group with that one's too."""
    only = {
        name: (d.id, c.id)
        for name, i in catalogue.indicators.items()
        for d in catalogue.disaggregations.values()
        for c in d.categories
        if i.from_survey and c.when in getattr(i.measure, "among", ())
    }
    whole = np.flatnonzero((cells["disaggregation"] == TOTAL) & cells["indicator"].isin(only))
    named = [only[name] for name in cells["indicator"].iloc[whole]]
    own = cells[["disaggregation", "category"]].itertuples(index=False, name=None)
    group = pd.factorize(pd.MultiIndex.from_tuples([*own, *named]))[0]
    return np.r_[np.arange(len(cells)), whole], group


def parts_of(cells: pd.DataFrame, catalogue: Catalogue) -> tuple[Codes, Codes]:
    """Gaps and averages with the figures they are made of, both as rows of cells."""
    rows = pd.MultiIndex.from_frame(cells[KEY])
    found = [(np.empty(0, dtype=np.intp),) * 2]
    for name, parts in _parts_by_indicator(catalogue).items():
        own = np.flatnonzero(cells["indicator"] == name)
        for part, group in parts:
            wanted = cells.iloc[own].assign(indicator=part)
            if group is not None:
                wanted = wanted.assign(
                    disaggregation=_crossed(group[0], wanted["disaggregation"]),
                    category=_crossed(group[1], wanted["category"]),
                )
            place = rows.get_indexer(pd.MultiIndex.from_frame(wanted[KEY]))
            found.append((own[place >= 0], place[place >= 0]))
    wholes, parts_found = zip(*found, strict=True)
    return np.concatenate(wholes), np.concatenate(parts_found)


def _crossed(first: str, second: pd.Series) -> pd.Series:
    return (first + "*" + second).mask(second == TOTAL, first)


def _parts_by_indicator(
    catalogue: Catalogue,
) -> dict[str, list[tuple[str, tuple[str, str] | None]]]:
    """For gaps and averages the indicators of their parts, of a group where it is one's."""
    shares = {
        name: (i.measure.of, i.measure.among, i.measure.weight)
        for name, i in catalogue.indicators.items()
        if isinstance(i.measure, Proportion)
    }
    found = {}
    for name, indicator in catalogue.indicators.items():
        wanted = list(_shares_in(indicator.measure))
        found[name] = [
            (other, group)
            for share, group in wanted
            for other, measured in shares.items()
            if measured == share
        ]
    return {name: parts for name, parts in found.items() if parts}


def _shares_in(measure: object) -> Iterator[tuple[tuple, tuple[str, str] | None]]:
    match measure:
        case Gap(of=of, among=among, weight=weight, disaggregation=by):
            yield (of, among, weight), None
            yield (of, among, weight), (by, measure.category)
            yield (of, among, weight), (by, measure.minus)
        case Average(components=components, weight=weight):
            for component in components:
                yield (component.of, component.among, weight), None


def few_contributors(
    cells: pd.DataFrame, catalogue: Catalogue, psu_totals: PsuTotals | None
) -> Truths:
    """Totals of a quantity that few sampling units make up.

    Persons' contributions are not at hand; none is larger than that of the PSU it is part of, so
    a total that passes with PSUs as contributors passes with persons.
    """
    found = np.zeros(len(cells), dtype=np.bool_)
    names = [n for n, i in catalogue.indicators.items() if isinstance(i.measure, Total)]
    if psu_totals is None or not names:
        return found
    limits = catalogue.framework.thresholds
    rows = pd.MultiIndex.from_frame(cells[KEY])
    for column, term in enumerate(psu_totals.terms):
        if term.indicator in names:
            keys = psu_totals.keys[CELL].assign(indicator=term.indicator)
            cell = rows.get_indexer(pd.MultiIndex.from_frame(keys[KEY]))
            there = cell >= 0
            found |= dominated(
                psu_totals.numerator[there, column],
                cell[there],
                len(cells),
                largest=limits.largest,
                share=limits.largest_share,
                margin=limits.margin,
            )
    return found
