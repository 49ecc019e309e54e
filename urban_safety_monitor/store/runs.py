"""Keep and fetch runs: written whole or not at all, never changed afterwards.

The tables of a run are written into a temporary folder, which is renamed into place; only then
is the run entered in the registry. A crash at any moment leaves the old state or the new one.
"""

import shutil
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pandas as pd
from pandera.typing.pandas import DataFrame
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import DBAPIError

from urban_safety_monitor.errors import StoreError
from urban_safety_monitor.store.kept import KeptResults, write_table
from urban_safety_monitor.store.registry import RUNS, open_registry
from urban_safety_monitor.tables import Estimates, Surveys, checked
from urban_safety_monitor.tables.run import Provenance, Results

RELEASED = "released"
"""The option that names the runs whose published estimates a run kept to."""

ESTIMATES = "estimates.parquet"
RESTRICTED = "withheld.parquet"
"""For those who answer for a run: it says which cells protect which."""


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

    def released_before(
        self, made_from: Provenance, surveys: DataFrame[Surveys]
    ) -> dict[str, DataFrame[Estimates]]:
        """What other runs have told of these areas and periods, by run.

        Every kept run counts as published, those of the demonstration for the demonstration only.
        A run that is made again keeps to what was published when it was first made, so that it
        comes out as it did. `made_from` is without what it is to keep to.

        Raises:
            StoreError: the estimates of a run cannot be read.
        """
        kept = self._kept_like(made_from)
        again = [run["options"].get(RELEASED, []) for run in kept if _is_again(run, made_from)]
        names = again[0] if again else sorted(run["run_id"] for run in kept)
        told = {name: self._estimates_of(name) for name in names}
        units = surveys[["area", "period"]].drop_duplicates()
        return {name: e for name, e in told.items() if len(e.merge(units, on=["area", "period"]))}

    def _kept_like(self, made_from: Provenance) -> list[dict[str, Any]]:
        of_kind = select(RUNS).where(RUNS.c.demonstration == made_from.demonstration)
        with self.registry.connect() as connection:
            return [dict(row) for row in connection.execute(of_kind).mappings()]

    def _estimates_of(self, run_id: str) -> DataFrame[Estimates]:
        try:
            return checked(Estimates, pd.read_parquet(self._folder_of(run_id) / ESTIMATES))
        except (OSError, ValueError) as error:
            raise StoreError(
                f"run {run_id}: what it published cannot be read: {error}; without it this run "
                "could tell what that one withheld; restore the run's folder from a backup"
            ) from error

    def open(self, run_id: str) -> KeptResults:
        """The results of a run, of which each table is read when it is first asked for.

        Raises:
            StoreError: no such run is kept, or a table of it is missing.
        """
        with self.registry.connect() as connection:
            row = connection.execute(select(RUNS).where(RUNS.c.run_id == run_id)).mappings().first()
        if row is None:
            raise StoreError(f"run {run_id}: not kept in {self.folder}")
        provenance = Provenance(**{name: row[name] for name in Provenance.__dataclass_fields__})
        kept = KeptResults(provenance, self._folder_of(run_id))
        missing = kept.missing()
        if missing:
            raise StoreError(f"run {run_id}: tables are missing: {', '.join(missing)}")
        return kept

    def fetch(self, run_id: str) -> Results:
        """The results of a run, all of them.

        Raises:
            StoreError: no such run is kept, or its files are damaged.
        """
        kept = self.open(run_id)
        tables: dict[str, Any] = kept.tables()
        return Results(provenance=kept.provenance, **tables)

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


def _is_again(run: dict[str, Any], made_from: Provenance) -> bool:
    """Whether a kept run was made from the same, whatever was published before it."""
    options = {name: value for name, value in run["options"].items() if name != RELEASED}
    own = asdict(made_from) | {"run_id": ""}
    return {name: run[name] for name in own} | {"run_id": "", "options": options} == own


def _write_whole(results: Results, final: Path) -> None:
    unfinished = Path(mkdtemp(prefix=".unfinished-", dir=final.parent))
    try:
        for name, frame in results.tables().items():
            write_table(name, frame, unfinished / f"{name}.parquet")
        (unfinished / RESTRICTED).chmod(0o600)
        unfinished.rename(final)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
