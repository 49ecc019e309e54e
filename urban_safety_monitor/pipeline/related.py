"""What one indicator tells of another: shared people, parts of gaps and averages, contributors."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.measures import Average, Gap, Proportion, Total
from urban_safety_monitor.pipeline.additive import KEY
from urban_safety_monitor.statistics.suppression import Codes, dominated
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.totals import CELL, PsuTotals

Truths = NDArray[np.bool_]


def same_people(cells: pd.DataFrame, hidden: Truths) -> Truths:
    """Cells whose size is hidden in this or in another indicator of the same people.

    Indicators of one survey whose sizes agree in every group are of the same people.
    """
    groups = ["disaggregation", "category"]
    unit = cells.groupby(["indicator", "area", "period"], sort=False).ngroup().to_numpy()
    marks = pd.util.hash_pandas_object(cells[[*groups, "n"]], index=False).to_numpy()
    people = np.zeros(unit.max(initial=-1) + 1, dtype=np.uint64)
    np.add.at(people, unit, marks)
    alike = cells[["area", "period", *groups]].assign(people=people[unit], hidden=hidden)
    return (
        alike.groupby(["area", "period", "people", *groups])["hidden"]
        .transform("any")
        .to_numpy(dtype=np.bool_)
    )


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
