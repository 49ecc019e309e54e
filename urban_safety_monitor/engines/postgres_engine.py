"""PostgreSQL runs the query: on a table that the records are copied into for the session.

Needs the extra `postgres` (psycopg 3). The table is temporary: nothing stays in the database. Two
domains, as temporary as the table, teach PostgreSQL the query's names of types.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
from pyarrow import csv
from pyarrow import parquet as pq

from urban_safety_monitor.engines.expressions import identifier

if TYPE_CHECKING:
    from psycopg import Connection

RELATION = "microdata"
DOMAINS = (
    "CREATE DOMAIN pg_temp.double AS double precision",
    "CREATE DOMAIN pg_temp.string AS text",
)
TEXTS = {"text", "varchar", "bpchar", "name", "unknown"}
ROWS_AT_ONCE = 50_000


@dataclass(frozen=True)
class PostgresRecords:
    """Records that PostgreSQL queries."""

    connection: "Connection"
    columns: Sequence[str]
    relation: str = RELATION

    def rows(self, sql: str) -> pa.Table:
        """The rows of a query."""
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM ({sql}) AS described LIMIT 0")
            described = cursor.description or ()
            types = {
                c.name: pa.string() if c.type_display in TEXTS else pa.float64() for c in described
            }
            with cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv, HEADER)") as copy:
                content = BytesIO(b"".join(copy))
        reading = csv.ConvertOptions(
            column_types=types,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        )
        return csv.read_csv(content, convert_options=reading)


@contextmanager
def postgres_records(
    microdata: pd.DataFrame | Sequence[Path], database: str = ""
) -> Iterator[PostgresRecords]:
    """Records copied into a temporary table.

    Args:
        microdata: a Microdata frame, or Parquet files of that form.
        database: a connection string; what it leaves out is taken from PGHOST, PGDATABASE and
            the like.
    """
    import psycopg

    with psycopg.connect(database) as connection:
        for domain in DOMAINS:
            connection.execute(domain)
        schema, batches = _batches(microdata)
        columns = ", ".join(f"{identifier(f.name)} {_type_of(f.type)}" for f in schema)
        connection.execute(f"CREATE TEMPORARY TABLE {RELATION} ({columns})")
        _copy(connection, schema, batches)
        connection.execute(f"ANALYZE {RELATION}")
        yield PostgresRecords(connection, schema.names)
        connection.rollback()


def _copy(connection: "Connection", schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
    # Texts are quoted and missing values are not, so an empty text stays apart from none.
    plain = csv.WriteOptions(include_header=False)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {RELATION} FROM STDIN (FORMAT csv)") as copy,
    ):
        for batch in batches:
            content = BytesIO()
            csv.write_csv(pa.Table.from_batches([batch], schema), content, plain)
            copy.write(content.getbuffer())


def _batches(
    microdata: pd.DataFrame | Sequence[Path],
) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    if isinstance(microdata, pd.DataFrame):
        table = pa.Table.from_pandas(microdata, preserve_index=False)
        return table.schema, iter(table.to_batches(max_chunksize=ROWS_AT_ONCE))
    schema = pa.unify_schemas(
        [pq.read_schema(path) for path in microdata], promote_options="permissive"
    )
    return schema, _read(microdata, schema)


def _read(paths: Sequence[Path], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for path in paths:
        for batch in pq.ParquetFile(path).iter_batches(ROWS_AT_ONCE):
            missing = [f for f in schema if f.name not in batch.schema.names]
            for f in missing:
                batch = batch.append_column(f, pa.nulls(len(batch), f.type))
            yield batch.select(schema.names).cast(schema)


def _type_of(kind: pa.DataType) -> str:
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind):
        return "bigint"
    return "double precision" if pa.types.is_floating(kind) else "text"
