"""DuckDB runs the query: on Parquet files on disk, or on pandas frames in memory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from urban_safety_monitor.engines.expressions import literal

SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
ROWS_IN_A_CHUNK = 4096
"""Of a frame: chunks are what threads share."""


@dataclass(frozen=True)
class DuckdbRecords:
    """Records that DuckDB queries."""

    connection: duckdb.DuckDBPyConnection
    relation: str
    columns: Sequence[str]

    def rows(self, sql: str) -> pa.Table:
        """The rows of a query."""
        return self.connection.sql(sql).to_arrow_table()


@contextmanager
def duckdb_records(microdata: pd.DataFrame | Sequence[Path]) -> Iterator[DuckdbRecords]:
    """Records in a frame or in Parquet files, queried in place."""
    with _in_memory().cursor() as connection:
        connection.execute("SET enable_progress_bar = false")
        relation = _relation(connection, microdata)
        described = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
        yield DuckdbRecords(connection, relation, [name for name, *_ in described])


@cache
def _in_memory() -> duckdb.DuckDBPyConnection:
    """The one database of this process, without a table: starting it takes longer than a survey.

    Frames are registered with a cursor, of which every use has its own.
    """
    connection = duckdb.connect(config=SETTINGS)
    # It joins a table for every list of five codes, which takes longer than all the sums.
    connection.execute("SET disabled_optimizers = 'in_clause'")
    return connection


def _relation(
    connection: duckdb.DuckDBPyConnection, microdata: pd.DataFrame | Sequence[Path]
) -> str:
    if isinstance(microdata, pd.DataFrame):
        table = pa.Table.from_pandas(microdata, preserve_index=False)
        chunks = table.to_batches(max_chunksize=ROWS_IN_A_CHUNK)
        connection.register("microdata", pa.Table.from_batches(chunks, table.schema))
        return "microdata"
    files = ", ".join(literal(str(path)) for path in microdata)
    return f"(SELECT * FROM read_parquet([{files}], union_by_name = true))"
