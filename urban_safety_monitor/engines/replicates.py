"""Totals under replicate weights that every person has: given with a file, or calibrated.

They need the persons once more, as many times as there are replicates: the records are summed
again with each replicate's weights, the replicate standing where the sampling unit stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.catalogue.measures import Gap
from urban_safety_monitor.engines.choice import EngineName, psu_totals
from urban_safety_monitor.engines.query import CROSSED, columns_needed, columns_of_groups
from urban_safety_monitor.tables.totals import CELL, PsuTotals, ReplicateTotals

Floats = NDArray[np.float64]

RECORDS_AT_ONCE = 400_000
"""Persons times replicates summed together: more would only want more memory."""


@dataclass(frozen=True)
class Summed:
    """What records are summed for, and by which engine; as the arguments of `psu_totals`."""

    catalogue: Catalogue
    indicators: Sequence[Indicator]
    disaggregations: Sequence[str] = ()
    engine: EngineName = "duckdb"

    @property
    def columns(self) -> set[str]:
        """Columns of records that are read."""
        gaps = [i.measure for i in self.indicators if isinstance(i.measure, Gap)]
        asked = {name for crossed in self.disaggregations for name in crossed.split(CROSSED)}
        names = {*asked, *(gap.disaggregation for gap in gaps)}
        groups = [columns_of_groups(self.catalogue.disaggregations[name]) for name in names]
        return set().union(*map(columns_needed, self.indicators), *groups)

    def totals(self, records: pd.DataFrame) -> PsuTotals:
        """PSU totals of these records."""
        return psu_totals(
            records, self.catalogue, self.indicators, self.disaggregations, self.engine
        )


def replicate_totals(
    records: pd.DataFrame,
    weights: Mapping[str, Floats],
    counts: Floats,
    degrees_of_freedom: pd.DataFrame,
    summed: Summed,
) -> ReplicateTotals:
    """Sum records under replicate weights.

    Args:
        records: Microdata of surveys with the same replicates, (n).
        weights: weight column -> (n, r) replicate weights.
        counts: (r,) what each replicate's squared deviation is multiplied by.
        degrees_of_freedom: as `ReplicateTotals` holds them.
        summed: what to sum.
    """
    used = {"area", "period", *summed.columns} & set(records.columns)
    needed = records[sorted(used)]
    replicates = len(counts)
    at_once = max(1, RECORDS_AT_ONCE // max(len(records), 1))
    parts = []
    for start in range(0, replicates, at_once):
        numbers = np.arange(start, min(start + at_once, replicates))
        repeated = needed.iloc[np.tile(np.arange(len(needed)), len(numbers))]
        under = {name: values[:, numbers].T.reshape(-1) for name, values in weights.items()}
        unit = np.repeat(numbers, len(needed)).astype(str)
        frame = repeated.assign(stratum="", psu=unit, **under).reset_index(drop=True)
        parts.append(summed.totals(frame))
    keys = pd.concat([part.keys for part in parts], ignore_index=True)
    number = keys["psu"].astype("int64")
    return ReplicateTotals(
        keys[CELL].assign(replicate=number),
        np.concatenate([part.numerator for part in parts]),
        np.concatenate([part.denominator for part in parts]),
        counts[number.to_numpy()],
        degrees_of_freedom,
    )
