"""Spark runs the query: on partitioned Parquet, on one machine or a cluster.

Needs the extra `spark` (pyspark) and Java 17. Results come back as Parquet, which is read with
Arrow: taking a Spark table into Python row by row would last longer than the query.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

STANDARD_SQL = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
}
RELATION = "microdata"


@dataclass(frozen=True)
class SparkRecords:
    """Records that Spark queries."""

    session: "SparkSession"
    columns: Sequence[str]
    folder: Path
    relation: str = RELATION

    def rows(self, sql: str) -> pa.Table:
        """The rows of a query."""
        escaped = sql.replace("\\", "\\\\")  # alone a backslash quotes what follows, here only
        with TemporaryDirectory(dir=self.folder) as scratch:
            written = Path(scratch) / "rows"
            self.session.sql(escaped).write.parquet(written.as_uri())
            return pq.read_table(written)


@contextmanager
def spark_records(
    microdata: pd.DataFrame | Sequence[Path], session: "SparkSession | None" = None
) -> Iterator[SparkRecords]:
    """Records in Parquet files, or a frame written as one, as Spark reads them.

    Args:
        microdata: a Microdata frame, or Parquet files that every node of Spark can read.
        session: where to run; by default the running session, or one on this machine.
    """
    own = (session or _session()).newSession()
    for name, value in STANDARD_SQL.items():
        own.conf.set(name, value)
    with TemporaryDirectory(prefix="usm-spark-") as scratch:
        folder = Path(scratch)
        frame = own.read.parquet(*(path.absolute().as_uri() for path in _files(microdata, folder)))
        frame.createOrReplaceTempView(RELATION)
        try:
            yield SparkRecords(own, frame.columns, folder)
        finally:
            own.catalog.dropTempView(RELATION)


def _session() -> "SparkSession":
    from pyspark.sql import SparkSession

    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "8",
    }
    running = SparkSession.getActiveSession()
    return running or SparkSession.builder.master("local[*]").config(map=settings).getOrCreate()


def _files(microdata: pd.DataFrame | Sequence[Path], folder: Path) -> Sequence[Path]:
    if not isinstance(microdata, pd.DataFrame):
        return microdata
    written = folder / "microdata.parquet"
    pq.write_table(pa.Table.from_pandas(microdata, preserve_index=False), written)
    return [written]
