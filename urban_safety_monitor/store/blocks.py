"""Tables as files of blocks of rows, of which only those that may hold what is wanted are read.

A run of 500 cities and six rounds has millions of rows and a page shows a few thousand. Parquet
files tell for each block between which values its columns lie; where the rows are in order, nearly
all blocks stay unread.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from urban_safety_monitor.tables.inputs import TOTAL

BLOCK = 2000
"""Rows of a file that are found and read together."""

ORDERED = ("period", "area")
"""Columns whose values tell blocks apart."""

EVERYBODY = b"rows_about_everybody"
"""What a file calls the number of its rows before those of groups."""


def write_blocks(table: pd.DataFrame, path: Path) -> None:
    """Write what is about everybody, round by round, and then what is about groups, city by city.

    Pages about a country want few rows of many cities, pages about a city all rows of one.
    """
    about_groups = is_of_group(table)
    by = [name for name in ORDERED if name in table]
    everybody = table[~about_groups].sort_values(by, kind="stable")
    groups = table[about_groups].sort_values("area", kind="stable")
    schema = pa.Schema.from_pandas(table, preserve_index=False)
    with pq.ParquetWriter(path, schema) as file:
        for part in filter(len, (everybody, groups)):  # an empty block tells no range
            rows = pa.Table.from_pandas(part, schema=schema, preserve_index=False)
            file.write_table(rows, row_group_size=BLOCK)
        file.add_key_value_metadata({EVERYBODY: str(len(everybody))})


def is_of_group(table: pd.DataFrame) -> pd.Series:
    """Which rows of a table are about a group of a city's people."""
    if "disaggregation" in table:
        return table["disaggregation"] != TOTAL
    if "benchmark" in table:
        return table["benchmark"].str.contains(":", regex=False)
    return pd.Series(False, table.index)


class Blocks:
    """A file of blocks; what it tells of itself is read once."""

    def __init__(self, path: Path) -> None:
        """Read what the file tells of itself.

        Raises:
            OSError: there is no such file.
            pyarrow.ArrowException: it is damaged.
        """
        self._path = path
        self._about = pq.read_metadata(path)
        self.columns: list[str] = list(self._about.schema.names)

    def rows(
        self,
        wanted: Mapping[str, Collection[str]],
        *,
        groups: bool = True,
        columns: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """The rows that have, in each column that is named, one of the values.

        Args:
            wanted: values by column.
            groups: also rows about groups of people.
            columns: only these; all where none are given.

        Raises:
            pyarrow.ArrowException: the file is damaged.
        """
        may_hold = self._about_everybody | groups
        for column, values in wanted.items():
            may_hold = may_hold & self._may_hold(column, values)
        with pq.ParquetFile(self._path, metadata=self._about) as file:
            chosen = np.flatnonzero(may_hold).tolist()
            found = file.read_row_groups(chosen, columns, use_threads=False)
        for column, values in wanted.items():
            among = pa.array(sorted(values), found[column].type)
            found = found.filter(pc.is_in(found[column], among))
        table = found.to_pandas()
        return table if groups else table[~is_of_group(table)].reset_index(drop=True)

    @cached_property
    def _about_everybody(self) -> NDArray[np.bool_]:
        """Blocks that are not of groups alone; files of earlier versions do not tell."""
        blocks = [self._about.row_group(k).num_rows for k in range(self._about.num_row_groups)]
        first = np.cumsum([0, *blocks])[:-1]
        rows = int((self._about.metadata or {}).get(EVERYBODY, self._about.num_rows))
        return np.asarray(first < rows)

    def _may_hold(self, column: str, values: Collection[str]) -> NDArray[np.bool_]:
        """Blocks in whose range at least one of the values lies."""
        if column not in self._ranges:
            return np.ones(self._about.num_row_groups, dtype=bool)
        lowest, highest = self._ranges[column]
        ordered = np.array(sorted(values), dtype=object)
        return np.searchsorted(ordered, lowest) < np.searchsorted(ordered, highest, side="right")

    @cached_property
    def _ranges(self) -> dict[str, tuple[NDArray[np.object_], NDArray[np.object_]]]:
        """The lowest and the highest value of each block, where the file tells all of them."""
        ranges = {}
        for name in set(ORDERED) & set(self.columns):
            column = self.columns.index(name)
            told = [
                self._about.row_group(k).column(column).statistics
                for k in range(self._about.num_row_groups)
            ]
            if all(one is not None and one.has_min_max for one in told):
                lowest = np.array([one.min for one in told], dtype=object)
                ranges[name] = lowest, np.array([one.max for one in told], dtype=object)
        return ranges
