"""What rows of totals are in the sampling design, and what they add to a variance.

Rows are primary sampling units (PSUs), or secondary ones (SSUs) where a survey has two stages with
finite populations, or replicates. Whatever they are, they leave here as rows of one `Design`, so
that everything after it sums squares and products in one way.

A replicate counts as a stratum of its own whose deviation is taken from 0, which is the sum of
squared deviations that replicate variances are. Source: Wolter, Introduction to Variance Estimation
(2007), ch. 3 and 4.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from urban_safety_monitor.statistics import two_stage
from urban_safety_monitor.statistics.linearisation import (
    Design,
    LonelyPsu,
    degrees_of_freedom,
    sums_by,
)
from urban_safety_monitor.statistics.two_stage import TwoStageDesign
from urban_safety_monitor.tables.totals import PsuTotals, ReplicateTotals

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.intp]
Rows = slice | Codes

SURVEY = ["area", "period"]
STRATUM = [*SURVEY, "stratum"]


class Units(NamedTuple):
    """The sampling units that rows of totals belong to.

    Attributes:
        unit: (n,) each row's unit, numbered alike in all parts of one run.
        design: of the rows.
        stages: the design of both stages; none where rows are PSUs.
    """

    unit: Codes
    design: Design
    stages: TwoStageDesign | None = None

    def of_rows(self, rows: Rows) -> "Units":
        """The units of some of the rows."""
        stages = self.stages and self.stages._replace(psu=self.stages.psu[rows])
        return Units(self.unit[rows], self.design.of_rows(rows), stages)

    def spread(self, influence: Floats, cell: Codes) -> "Spread":
        """Influences of rows (n, k) as what the design lets vary."""
        if self.stages is None:
            return Spread(influence, cell, self.unit, self.design)
        found = two_stage.stacked(np.nan_to_num(influence), cell, self.unit, self.stages)
        return Spread(*found)

    def shown_by(self, members: Bools, cell: Codes, cells: int) -> tuple[Floats, Floats]:
        """Degrees of freedom and PSUs (cells, k) among rows that have members (n, k)."""
        if self.stages is None:
            df = degrees_of_freedom(members, cell, cells, self.design)
            return df, sums_by(cell, cells, members.astype(float))
        return (
            two_stage.degrees_of_freedom(members, cell, cells, self.stages),
            two_stage.psus_with_members(members, cell, cells, self.stages),
        )


class Spread(NamedTuple):
    """Influences as rows of one design: (m, k), their cells (m,), units (m,) and the design."""

    influence: Floats
    cell: Codes
    unit: Codes
    design: Design


def by_variance(psu_totals: PsuTotals) -> Iterator[PsuTotals]:
    """Surveys whose variance comes from sampling units, then those where it is from replicates."""
    if psu_totals.replicates is None:
        yield psu_totals
        return
    surveys = pd.MultiIndex.from_frame(psu_totals.replicates.keys[SURVEY])
    replicated = pd.MultiIndex.from_frame(psu_totals.keys[SURVEY]).isin(surveys)
    if not replicated.all():
        yield replace(psu_totals.of_rows(np.flatnonzero(~replicated)), replicates=None)
    yield psu_totals.of_rows(np.flatnonzero(replicated))


def units_of(psu_totals: PsuTotals, lonely_psu: LonelyPsu) -> Units:
    """The sampling units of the rows of PSU totals."""
    design = _design(psu_totals, lonely_psu)
    names, _ = pd.factorize(psu_totals.keys["psu"])
    unit, _ = pd.factorize(names.astype(np.int64) * len(design.psus) + design.stratum)
    rows = Units(unit.astype(np.intp), design)
    if psu_totals.second_stage is None:
        return rows
    return rows._replace(stages=_two_stages(psu_totals.keys, psu_totals.second_stage, design))


def replicate_spread(deviation: Floats, counts: Floats, cell: Codes, replicate: Codes) -> Spread:
    """Deviations of replicate estimates as rows of a design.

    Args:
        deviation: (m, k) replicate estimates less the estimate.
        counts: (m,) what the squares are multiplied by.
        cell: (m,) the cell of each row.
        replicate: (m,) numbered over all surveys.
    """
    replicates = int(replicate.max(initial=-1)) + 1
    each = Design(replicate, np.ones(replicates, dtype=np.int64), np.zeros(replicates), "adjust")
    return Spread(deviation * np.sqrt(counts)[:, None], cell, replicate, each)


def replicate_degrees(
    replicates: ReplicateTotals, cells: pd.DataFrame, df: Floats, spread: Spread
) -> Floats:
    """Degrees of freedom (c, k): as the source gives them; none where a replicate is missing."""
    given = cells.merge(replicates.degrees_of_freedom, on=SURVEY, how="left")
    known = given["degrees_of_freedom"].to_numpy(dtype=float)[:, None]
    missing = sums_by(spread.cell, len(cells), np.isnan(spread.influence).astype(float)) > 0
    return np.where(missing, 0.0, np.where(np.isnan(known), df, known))


def _design(psu_totals: PsuTotals, lonely_psu: LonelyPsu) -> Design:
    strata = psu_totals.psus
    number = pd.MultiIndex.from_frame(strata[STRATUM])
    run, found = runs(psu_totals.keys[STRATUM])
    sampled = strata["psus"].to_numpy(dtype=float)
    population = pd.to_numeric(strata["psus_in_population"]).to_numpy(dtype=float, na_value=np.inf)
    return Design(
        number.get_indexer(pd.MultiIndex.from_frame(found)).astype(np.intp)[run],
        strata["psus"].to_numpy(dtype=np.int64),
        sampled / np.where(population > 0, population, np.inf),
        lonely_psu,
    )


def _two_stages(keys: pd.DataFrame, ssus: pd.DataFrame, design: Design) -> TwoStageDesign:
    """Both stages; a row without an entry among the SSUs is a PSU whose SSUs are all there."""
    of_row = keys[[*STRATUM, "psu"]].merge(ssus, how="left", on=[*STRATUM, "psu"])
    first = of_row["first"].fillna(of_row["psu"])
    psu, names = pd.factorize(pd.MultiIndex.from_frame(of_row[STRATUM].assign(first=first)))
    sampled = ssus.groupby([*STRATUM, "first"])["ssus_in_psu"].agg(["size", "max"]).reindex(names)
    listed = sampled["size"].notna().to_numpy()
    number = sampled["size"].fillna(1).to_numpy(dtype=np.int64)
    population = sampled["max"].to_numpy(dtype=float)
    # Of SSUs not known how many there are, as if of very many.
    fraction = np.where(listed, np.where(population > 0, number / population, 0.0), 1.0)
    place = np.unique(psu, return_index=True)[1]
    return TwoStageDesign(psu.astype(np.intp), number, fraction, design.of_rows(place))


def runs(keys: pd.DataFrame) -> tuple[Codes, pd.DataFrame]:
    """Each row's run of equal neighbours, and the runs: few, where the rows are in order."""
    new = np.zeros(len(keys), dtype=bool)
    new[:1] = True
    for name in keys:
        column = keys[name].array
        new[1:] |= np.asarray(column[1:] != column[:-1], dtype=bool)
    return np.cumsum(new) - 1, keys[new].reset_index(drop=True)
