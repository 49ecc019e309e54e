"""Results as they are kept: a table, or the rows of it that somebody needs, read when asked for.

A run of 500 cities and six rounds has millions of rows and a page shows a few thousand, so DuckDB
looks for them in the files; the others are never in memory.
"""

from collections.abc import Sequence
from functools import cache, cached_property
from glob import escape
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pandas as pd

from urban_safety_monitor.errors import StoreError
from urban_safety_monitor.tables import checked
from urban_safety_monitor.tables.checks import empty
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.run import LATER, MODELS, Provenance, Results

OF_PLACES = ("areas", "boundaries")
"""Tables of what is where; a part of a run has the whole of them."""

BLOCK = 30_000
"""Rows of a file that are found and read together."""

SMALL = 1_000_000
"""Bytes of a file that is read once for all parts: looking into it again takes longer."""

HELD = f"""
    SELECT indicator, area, period,
        bool_or(disaggregation = '{TOTAL}' AND value IS NOT NULL) AS valued
    FROM read_parquet(?) GROUP BY ALL ORDER BY ALL
"""


class Part(NamedTuple):
    """The rows of these cities, rounds and indicators; of all of them where none are named.

    Without `groups`, only what is about everybody in a city.
    """

    areas: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    groups: bool = True


EVERYTHING = Part()


class KeptResults(Results):
    """A kept run, or a part of it; a table is read, and checked, when it is first asked for."""

    _folder: Path
    _part: Part
    _whole: "KeptResults"

    __eq__ = object.__eq__  # tables cannot be told apart at a glance; what was opened once can
    __hash__ = object.__hash__

    def __init__(self, provenance: Provenance, folder: Path) -> None:
        """Read nothing yet.

        Args:
            provenance: the run's.
            folder: where its tables are.
        """
        vars(self).update(provenance=provenance, _folder=folder, _part=EVERYTHING, _whole=self)

    def part(self, part: Part) -> "KeptResults":
        """The rows of a part, with the tables of places and what is held of the whole."""
        found = KeptResults(self.provenance, self._folder)
        vars(found).update(_part=part, _whole=self._whole)
        return found

    def missing(self) -> list[str]:
        """Tables every run has and this one has not."""
        declared = set(Results.__dataclass_fields__) - {"provenance"} - set(LATER)
        return sorted(name for name in declared if not self._file(name).exists())

    @cached_property
    def held(self) -> pd.DataFrame:
        """Each indicator, area and period of the whole run, whichever part of it this is."""
        if self._whole is not self:
            return self._whole.held
        return self._read("estimates", HELD)

    def __getattr__(self, name: str) -> pd.DataFrame:
        """A table nobody has asked for yet.

        Raises:
            StoreError: its file is damaged.
        """
        if name not in Results.__dataclass_fields__:
            raise AttributeError(name)
        vars(self)[name] = table = self._table(name)
        return table

    def _columns(self, name: str) -> list[str]:
        """Names of a table's columns, looked up once for all parts of a run."""
        known: dict[str, list[str]] = vars(self._whole).setdefault("_known_columns", {})
        if name not in known:
            found = self._read(name, "SELECT * FROM read_parquet(?) LIMIT 0")
            known[name] = list(found.columns)
        return known[name]

    def _table(self, name: str) -> pd.DataFrame:
        if self._whole is not self and name in OF_PLACES:
            return getattr(self._whole, name)
        if name in LATER and not self._file(name).exists():
            return empty(LATER[name])
        if self._whole is not self and self._is_small(name):
            return _rows_in(self._part, getattr(self._whole, name))
        columns = self._columns(name)
        conditions, values = _conditions(self._part, columns)
        table = self._read(name, f"SELECT * FROM read_parquet(?) WHERE {conditions}", values)
        if name not in MODELS or self._was_checked(name, columns):
            return table
        return checked(MODELS[name], table)

    def _is_small(self, name: str) -> bool:
        path = self._file(name)
        return path.exists() and path.stat().st_size < SMALL

    def _was_checked(self, name: str, columns: list[str]) -> bool:
        """Whether these are some rows of a table that was checked when this version kept it."""
        return self._whole is not self and columns == list(MODELS[name].to_schema().columns)

    def _read(self, name: str, query: str, values: Sequence[str] = ()) -> pd.DataFrame:
        try:
            file = escape(str(self._file(name)))  # a name is no pattern
            found = _reader().cursor().sql(query, params=[file, *values])
            return found.to_arrow_table().to_pandas()
        except duckdb.Error as error:
            run_id = self.provenance.run_id
            raise StoreError(f"run {run_id}: its files cannot be read: {error}") from error

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.parquet"


@cache
def _reader() -> duckdb.DuckDBPyConnection:
    """One database without a file, for connecting takes longer than most queries."""
    return duckdb.connect()


def write_table(name: str, table: pd.DataFrame, path: Path) -> None:
    """Write a table so that parts of it are found quickly: city by city, what is of groups last.

    Files tell for each block of rows which cities it holds, so most blocks are not opened.
    """
    if "area" in table and name not in OF_PLACES:
        table = table.iloc[np.lexsort((table["area"], _is_of_group(table)))]
    table.to_parquet(path, index=False, row_group_size=BLOCK)


def _is_of_group(table: pd.DataFrame) -> pd.Series:
    if "disaggregation" in table:
        return table["disaggregation"] != TOTAL
    if "benchmark" in table:
        return table["benchmark"].str.contains(":", regex=False)
    return pd.Series(False, table.index)


def _rows_in(part: Part, table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table that `_conditions` would find."""
    for name, values in _wanted(part, list(table.columns)).items():
        table = table[table[name].isin(values)]
    if not part.groups:
        table = table[~_is_of_group(table)]
    return table.reset_index(drop=True)


def _conditions(part: Part, columns: Sequence[str]) -> tuple[str, list[str]]:
    """What the rows of a table must fulfil, as SQL, and the values in the place of its marks."""
    wanted = _wanted(part, columns)
    conditions = ["true"]
    conditions += [f"{name} IN ({', '.join('?' * len(wanted[name]))})" for name in wanted]
    if not part.groups and "disaggregation" in columns:
        conditions.append(f"disaggregation = '{TOTAL}'")
    if not part.groups and "benchmark" in columns:
        conditions.append("NOT contains(benchmark, ':')")
    return " AND ".join(conditions), [value for values in wanted.values() for value in values]


def _wanted(part: Part, columns: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Which values a part has in which columns, of those that it limits."""
    wanted = {
        "area": part.areas,
        "period": part.periods,
        "indicator": part.indicators,
        "component": part.indicators,
    }
    return {name: values for name, values in wanted.items() if values and name in columns}
