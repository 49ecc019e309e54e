"""`PsuTotals`: what every engine hands over, and all that an estimate needs.

Kept wide (a row per PSU and group of people, a column per term) because the long form repeats
its six keys for every indicator; `long()` gives that form for exchange.
"""

from dataclasses import dataclass

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
    """

    keys: pd.DataFrame
    terms: tuple[Term, ...]
    n: Floats
    numerator: Floats
    denominator: Floats
    squares: dict[int, Floats]
    psus: pd.DataFrame

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
