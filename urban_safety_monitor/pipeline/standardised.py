"""Estimates of a survey as they would be if every area had the same make-up by age and sex.

Groups are crossed as the standard population is; a standardised estimate is the sum of its
groups' with the standard's shares, for everybody and for every category of a further
disaggregation. Who is in no group of the standard takes no part.

Source: `statistics.standardisation`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.pipeline.disclose import NUMBERS, persons_needed
from urban_safety_monitor.pipeline.linear import (
    LinearisedIndicators,
    NumberedTotals,
    linearised_in,
)
from urban_safety_monitor.pipeline.units import runs
from urban_safety_monitor.statistics.linearisation import Linearised, sums_by
from urban_safety_monitor.statistics.standardisation import Parts, standardise_estimates
from urban_safety_monitor.tables import Estimates, checked
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.totals import CELL, PsuTotals

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True)
class StandardPopulation:
    """People, or shares, by category of one disaggregation or of several crossed ones.

    Attributes:
        disaggregation: its id, or ids joined by an asterisk.
        people: category (or categories, joined alike) -> number.
    """

    disaggregation: str
    people: Mapping[str, float]

    @cached_property
    def shares(self) -> dict[str, float]:
        """What each group is of all."""
        everybody = sum(self.people.values())
        return {group: number / everybody for group, number in self.people.items() if number > 0}

    def within(self, disaggregation: str) -> str:
        """What totals are summed by to standardise the categories of a disaggregation."""
        return f"{disaggregation}*{self.disaggregation}"

    def parts(self, cells: pd.DataFrame) -> "_Cells":
        """Which cells are groups of the standard, and of what."""
        found = list(self._parts(cells))
        columns = ["row", "share", "disaggregation", "category"]
        table = pd.DataFrame(found, columns=columns).astype({"row": np.intp, "share": float})
        places = cells[["area", "period"]].iloc[table["row"]].reset_index(drop=True)
        of = places.join(table[["disaggregation", "category"]].astype("str"))[CELL]
        number = of.groupby(CELL, sort=False).ngroup().to_numpy().astype(np.intp)
        wholes = of.drop_duplicates().reset_index(drop=True)
        return _Cells(table["row"].to_numpy(), Parts(number, table["share"].to_numpy()), wholes)

    def _parts(self, cells: pd.DataFrame) -> Iterator[tuple[int, float, str, str]]:
        named = zip(cells["disaggregation"], cells["category"], strict=True)
        for row, (disaggregation, category) in enumerate(named):
            if disaggregation == self.disaggregation:
                by, group, inside = TOTAL, category, TOTAL
            elif disaggregation.endswith("*" + self.disaggregation):
                by = disaggregation.removesuffix("*" + self.disaggregation)
                inside, _, group = category.partition("*")
            else:
                continue
            if group in self.shares:
                yield row, self.shares[group], by, inside


class _Cells(NamedTuple):
    """Cells (g,) that are groups of the standard, and the cells (w) they are parts of."""

    rows: Codes
    parts: Parts
    wholes: pd.DataFrame

    def all_there(self, n: Floats, groups: int) -> NDArray[np.bool_]:
        """Wholes (w, k) all of whose groups have members; n (g, k)."""
        there = sums_by(self.parts.whole, len(self.wholes), (n > 0).astype(float))
        return there == groups


def standardised(
    surveys: NumberedTotals, indicators: Sequence[Indicator], standard: StandardPopulation
) -> LinearisedIndicators:
    """Standardised values of indicators and influences on them; missing where a group is.

    Degrees of freedom and sampling units are those of the whole area or category. Gaps are left
    out: a difference between groups that are made alike is another question.
    """
    part = linearised_in(surveys, indicators, np.ones(len(surveys.cells), dtype=np.bool_))
    found = standard.parts(part.cells)
    n = part.n[found.rows]
    number = np.full(len(part.cells), -1)
    number[found.rows] = np.arange(len(found.rows))
    kept = np.flatnonzero(number[part.cell] >= 0)
    groups = Linearised(part.value[found.rows], np.nan_to_num(part.influence[kept]))
    made = standardise_estimates(groups, number[part.cell[kept]], part.unit[kept], found.parts)
    own = pd.MultiIndex.from_frame(part.cells).get_indexer(pd.MultiIndex.from_frame(found.wholes))
    there = found.all_there(n, len(standard.shares))
    return LinearisedIndicators(
        found.wholes,
        part.indicators,
        np.where(there, made.value, np.nan),
        sums_by(found.parts.whole, len(found.wholes), n),
        np.full((len(found.wholes), len(part.indicators), 6), np.nan),
        part.degrees_of_freedom[own],
        part.psus[own],
        made.whole,
        made.unit,
        part.design.of_rows(kept[made.first]),
        made.influence,
    )


def withhold_few(
    estimates: DataFrame[Estimates],
    totals: PsuTotals,
    standard: StandardPopulation,
    catalogue: Catalogue,
) -> DataFrame[Estimates]:
    """Standardised estimates, withheld where a group of the standard has too few people.

    With the values of the other groups a standardised one would tell that of the few.
    """
    smallest = _smallest_groups(totals, standard)
    limits = catalogue.framework.thresholds
    needed = {name: persons_needed(i, limits) for name, i in catalogue.indicators.items()}
    joined = estimates.merge(smallest, how="left", on=["indicator", *CELL])
    few = (joined["smallest"] < joined["indicator"].map(needed)).to_numpy()
    shown = estimates.assign(conf_status=estimates["conf_status"].mask(few, "C"))
    shown.loc[few, NUMBERS] = np.nan
    shown.loc[few, "obs_status"] = "A"
    return checked(Estimates, shown)


def _smallest_groups(totals: PsuTotals, standard: StandardPopulation) -> pd.DataFrame:
    """Records in the smallest group of the standard, by indicator and cell; 0 if one is empty."""
    run, cells = runs(totals.keys[CELL])
    found = standard.parts(cells)
    n = sums_by(run, len(cells), totals.n)[found.rows]
    least = np.full((len(found.wholes), n.shape[1]), np.inf)
    np.minimum.at(least, found.parts.whole, n)
    least = np.where(found.all_there(n, len(standard.shares)), least, 0.0)
    columns = [found.wholes.assign(indicator=term.indicator) for term in totals.terms]
    rows = pd.concat([c.assign(smallest=least[:, k]) for k, c in enumerate(columns)])
    return rows.groupby(["indicator", *CELL], as_index=False)[["smallest"]].min()
