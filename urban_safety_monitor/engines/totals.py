"""Persons' records to PSU totals with any engine that runs SQL."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow as pa

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.engines.grid import bounds_of, design_sql, grids_of
from urban_safety_monitor.engines.query import query_of
from urban_safety_monitor.engines.sums import totals_sql
from urban_safety_monitor.engines.unpack import unpacked
from urban_safety_monitor.tables.totals import PsuTotals


class Records(Protocol):
    """Persons' records where an engine can query them."""

    @property
    def relation(self) -> str:
        """What stands after FROM."""

    @property
    def columns(self) -> Sequence[str]:
        """The columns they have."""

    def rows(self, sql: str) -> pa.Table:
        """The rows of a query."""


def totals_of(
    records: Records,
    catalogue: Catalogue,
    indicators: Sequence[Indicator],
    disaggregations: Sequence[str] = (),
) -> PsuTotals:
    """Reduce persons' records to PSU totals; the same records give the same bits in any engine.

    Args:
        records: as an engine holds them.
        catalogue: declares the disaggregations.
        indicators: survey indicators wanted; those whose columns are absent get no totals.
        disaggregations: ids of the groupings wanted, `sex*age_band` for one crossed with another;
            one whose columns are absent is left out.
    """
    query = query_of(catalogue, indicators, disaggregations, records.columns)
    design = records.rows(design_sql(query, records.relation))
    psus = _psus(design)
    grids = grids_of(query, bounds_of(query, design))
    asked = [totals_sql(query, records.relation, grid) for grid in grids]
    tables = _one_ahead(records.rows, [sql.text for sql in asked])
    return joined(
        [unpacked(table, query, sql, psus) for sql, table in zip(asked, tables, strict=True)]
    )


def _one_ahead(rows: Callable[[str], pa.Table], texts: Sequence[str]) -> Iterator[pa.Table]:
    """The rows of each query, the next being summed while those before are put in order."""
    with ThreadPoolExecutor(1) as engine:
        coming = deque(engine.submit(rows, text) for text in texts[:1])
        for text in texts[1:]:
            coming.append(engine.submit(rows, text))
            yield coming.popleft().result()
        yield coming.popleft().result()


def joined(parts: list[PsuTotals]) -> PsuTotals:
    """Totals of the same terms from several surveys as one; the list is emptied on the way."""
    if len(parts) == 1:
        return parts.pop()
    first = parts[0]
    rows = sum(len(part.keys) for part in parts)
    keys = pd.concat([part.keys for part in parts], ignore_index=True)
    n, above, below = (np.empty((rows, len(first.terms)), order="F") for _ in range(3))
    squares = {k: np.empty((rows, 4)) for k in first.squares}
    start = 0
    while parts:
        # A part is let go as soon as it is copied, so the whole is never held twice.
        part = parts.pop(0)
        place = slice(start, start + len(part.keys))
        n[place], above[place], below[place] = part.n, part.numerator, part.denominator
        for k, values in part.squares.items():
            squares[k][place] = values
        start = place.stop
    return PsuTotals(keys, first.terms, n, above, below, squares, first.psus)


def _psus(design: pa.Table) -> pd.DataFrame:
    columns = ["area", "period", "stratum", "psus", "psus_in_population"]
    frame = design.select(columns).to_pandas()
    frame = frame.astype({"area": "str", "period": "str", "stratum": "str", "psus": "int64"})
    return frame.sort_values(columns[:3], ignore_index=True)
