"""Keep and fetch runs: written whole or not at all, never changed afterwards.

The tables of a run are written into a temporary folder, which is renamed into place; only then
is the run entered in the registry. A crash at any moment leaves the old state or the new one.
"""

import shutil
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp

import pandas as pd
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import DBAPIError

from urban_safety_monitor.errors import StoreError
from urban_safety_monitor.store.registry import RUNS, open_registry
from urban_safety_monitor.tables import (
    Areas,
    Comparisons,
    Differences,
    Estimates,
    Robustness,
    Scores,
    Surveys,
    checked,
)
from urban_safety_monitor.tables.run import Provenance, Results


class RunStore:
    """Runs kept in one data folder."""

    def __init__(self, folder: Path) -> None:
        """Open the folder's store, making it if need be.

        Raises:
            StoreError: it can neither be made nor opened.
        """
        self.folder = folder
        try:
            (folder / "runs").mkdir(parents=True, exist_ok=True)
            self.registry: Engine = open_registry(f"sqlite:///{folder / 'registry.sqlite'}")
        except (OSError, DBAPIError) as error:
            raise StoreError(f"data folder {folder}: cannot be opened: {_cause(error)}") from error

    def keep(self, results: Results, made_at: datetime) -> None:
        """Keep a run; keeping it again changes nothing but which run is the latest.

        Raises:
            StoreError: the folder cannot be written to.
        """
        final = self._folder_of(results.provenance.run_id)
        try:
            if not final.is_dir():
                _write_whole(results, final)
            self._enter(results.provenance, made_at)
        except (OSError, DBAPIError) as error:
            raise StoreError(
                f"data folder {self.folder}: cannot be written to: {_cause(error)}"
            ) from error

    def latest(self) -> str:
        """Id of the run kept last.

        Raises:
            StoreError: nothing is kept yet.
        """
        with self.registry.connect() as connection:
            run_id = connection.scalar(select(RUNS.c.run_id).order_by(RUNS.c.made_at.desc()))
        if run_id is None:
            raise StoreError(
                f"data folder {self.folder}: no results yet; make some with usm run or usm demo"
            )
        return str(run_id)

    def fetch(self, run_id: str) -> Results:
        """The results of a run.

        Raises:
            StoreError: no such run is kept, or its files are damaged.
        """
        with self.registry.connect() as connection:
            row = connection.execute(select(RUNS).where(RUNS.c.run_id == run_id)).mappings().first()
        if row is None:
            raise StoreError(f"run {run_id}: not kept in {self.folder}")
        provenance = Provenance(**{name: row[name] for name in Provenance.__dataclass_fields__})
        folder = self._folder_of(run_id)
        try:
            tables = {path.stem: pd.read_parquet(path) for path in folder.glob("*.parquet")}
        except (OSError, ValueError) as error:
            raise StoreError(f"run {run_id}: its files cannot be read: {error}") from error
        missing = set(Results.__dataclass_fields__) - {"provenance"} - set(tables)
        if missing:
            raise StoreError(f"run {run_id}: tables are missing: {', '.join(sorted(missing))}")
        return Results(
            provenance=provenance,
            areas=checked(Areas, tables["areas"]),
            surveys=checked(Surveys, tables["surveys"]),
            differences=checked(Differences, tables["differences"]),
            estimates=checked(Estimates, tables["estimates"]),
            scores=checked(Scores, tables["scores"]),
            comparisons=checked(Comparisons, tables["comparisons"]),
            robustness=checked(Robustness, tables["robustness"]),
            quality=tables["quality"],
            peers=tables["peers"],
        )

    def _enter(self, provenance: Provenance, made_at: datetime) -> None:
        """Times are entered in UTC, so that their texts sort as they do."""
        entry = asdict(provenance) | {"made_at": made_at.astimezone(UTC).isoformat()}
        with self.registry.begin() as connection:
            connection.execute(RUNS.delete().where(RUNS.c.run_id == provenance.run_id))
            connection.execute(insert(RUNS).values(**entry))

    def _folder_of(self, run_id: str) -> Path:
        return self.folder / "runs" / run_id


def _cause(error: Exception) -> object:
    """What the system or the database itself said."""
    return getattr(error, "orig", None) or error


def _write_whole(results: Results, final: Path) -> None:
    unfinished = Path(mkdtemp(prefix=".unfinished-", dir=final.parent))
    try:
        for name, frame in results.tables().items():
            frame.to_parquet(unfinished / f"{name}.parquet", index=False)
        unfinished.rename(final)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
