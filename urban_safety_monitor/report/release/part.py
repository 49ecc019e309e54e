"""The part of a run that one release holds: a country's cities in one round."""

from typing import Any

import pandas as pd

from urban_safety_monitor.errors import DataError
from urban_safety_monitor.tables.run import Results


def part_of(results: Results, country: str, period: str) -> Results:
    """The rows of a country's cities and one period; what has no area or period stays whole.

    Raises:
        DataError: the country has no figures of the period.
    """
    areas = results.areas[results.areas["country"] == country]
    inside = set(areas["area"])

    def of_part(table: pd.DataFrame) -> pd.DataFrame:
        for name, kept in (("area", inside), ("period", {period})):
            if name in table:
                table = table[table[name].isin(kept)]
        return table

    tables: dict[str, Any] = {k: of_part(table) for k, table in results.tables().items()}
    part = Results(provenance=results.provenance, **tables)
    if part.estimates.empty:
        raise DataError(f"country {country!r}: no figures for {period!r}")
    return part
