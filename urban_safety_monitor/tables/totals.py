"""`PsuTotals`: what every engine hands over, and all that an estimate needs.

Kept wide (a row per PSU and group of people, a column per term) because the long form repeats
its six keys for every indicator; `long()` gives that form for exchange.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CELL = ["area", "period", "disaggregation", "category"]


@dataclass(frozen=True)
class Term:
    """One numerator with its denominator; an indicator has one, an average one per component."""

    indicator: str
    component: int = 0


@dataclass(frozen=True)
class ReplicateTotals:
    """The same groups' totals under each replicate's weights; a row per group and replicate.

    Attributes:
        keys: (m) area, period, disaggregation, category and `replicate`, numbered in each survey.
        numerator, denominator: (m, k) weighted totals of the terms.
        counts: (m,) what the replicate's squared deviation is multiplied by: both scales.
        degrees_of_freedom: area, period and the `degrees_of_freedom` the source gives; missing
            where sampling units tell.
    """

    keys: pd.DataFrame
    numerator: Floats
    denominator: Floats
    counts: Floats
    degrees_of_freedom: pd.DataFrame


@dataclass(frozen=True)
class PsuTotals:
    """Weighted totals per PSU, unique by the columns of `keys`.

    Attributes:
        keys: (n) area, period, disaggregation, category, stratum, psu.
        terms: (k) what the columns of the arrays are.
        n: (n, k) records in the universe of the term.
        numerator, denominator: (n, k) weighted totals.
        squares: term number -> (n, 4) weighted totals over single records of numerator squared,
            numerator times denominator and denominator squared, and the records' weights: what
            a design effect is measured against. A share has none: its squares are its sums.
        psus: area, period, stratum, psus (sampled), psus_in_population (missing if unknown).
        second_stage: of surveys whose rows are secondary units (SSUs) and not PSUs: area, period,
            stratum, psu (the row's), first (its PSU), ssus_in_psu (missing if unknown). It has
            every SSU sampled.
        replicates: of surveys whose variance comes from replicate weights.
    """

    keys: pd.DataFrame
    terms: tuple[Term, ...]
    n: Floats
    numerator: Floats
    denominator: Floats
    squares: dict[int, Floats]
    psus: pd.DataFrame
    second_stage: pd.DataFrame | None = None
    replicates: ReplicateTotals | None = None

    def of_rows(self, rows: slice | NDArray[np.intp]) -> "PsuTotals":
        """The totals of some rows; strata, second stages and replicates stay as they are."""
        return replace(
            self,
            keys=self.keys.iloc[rows].reset_index(drop=True),
            n=self.n[rows],
            numerator=self.numerator[rows],
            denominator=self.denominator[rows],
            squares={k: values[rows] for k, values in self.squares.items()},
        )

    def long(self) -> pd.DataFrame:
        """The tidy form: one row per term, cell and PSU with members."""
        row, column = np.nonzero(self.n > 0)
        frame = self.keys.iloc[row].reset_index(drop=True)
        return frame.assign(
            indicator=pd.array([self.terms[j].indicator for j in column], dtype="str"),
            component=[self.terms[j].component for j in column],
            n=self.n[row, column],
            numerator=self.numerator[row, column],
            denominator=self.denominator[row, column],
        )
