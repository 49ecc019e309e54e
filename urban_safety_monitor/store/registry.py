"""The registry: which runs are kept, when they were made, and which one is current.

SQLAlchemy Core; SQLite in the data folder. Tables of results are Parquet files beside it, one
folder per run, named by the run's id.
"""

from sqlalchemy import JSON, Boolean, Column, MetaData, String, Table, create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.schema import CreateTable

METADATA = MetaData()

RUNS = Table(
    "runs",
    METADATA,
    Column("run_id", String(64), primary_key=True),
    Column("made_at", String(32), nullable=False),
    Column("version", String(32), nullable=False),
    Column("catalogue_sha256", String(64), nullable=False),
    Column("inputs", JSON, nullable=False),
    Column("options", JSON, nullable=False),
    Column("demonstration", Boolean, nullable=False),
)


def open_registry(url: str) -> Engine:
    """Connect to a registry and make its tables if it is new."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_settings)
    with engine.begin() as connection:
        for table in METADATA.sorted_tables:  # two programs may come upon a new registry at once
            connection.execute(CreateTable(table, if_not_exists=True))
    return engine


def _sqlite_settings(connection: object, _: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for setting in ("busy_timeout=5000", "journal_mode=WAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()
