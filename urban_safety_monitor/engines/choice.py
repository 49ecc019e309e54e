"""The engine by its name."""

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import pandas as pd

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.engines.totals import Records, totals_of
from urban_safety_monitor.errors import MonitorError
from urban_safety_monitor.tables.totals import PsuTotals

EngineName = Literal["duckdb", "spark", "postgres"]
DATABASE = "USM_DATABASE_URL"


def psu_totals(
    microdata: pd.DataFrame | Sequence[Path],
    catalogue: Catalogue,
    indicators: Sequence[Indicator],
    disaggregations: Sequence[str] = (),
    engine: EngineName = "duckdb",
) -> PsuTotals:
    """Reduce persons' records to PSU totals; every engine gives the same, bit by bit.

    Args:
        microdata: a Microdata frame, or Parquet files of that form.
        catalogue: declares the disaggregations.
        indicators: survey indicators wanted; those whose columns are absent get no records.
        disaggregations: ids of the groupings wanted, `sex*age_band` for one crossed with another;
            one whose columns are absent is left out.
        engine: which database does it; PostgreSQL is found by the variable USM_DATABASE_URL.

    Raises:
        MonitorError: the engine's package is not installed.
    """
    with _records_in(engine, microdata) as records:
        return totals_of(records, catalogue, indicators, disaggregations)


def _records_in(
    engine: EngineName, microdata: pd.DataFrame | Sequence[Path]
) -> AbstractContextManager[Records]:
    """An engine's library is loaded when it is asked for."""
    match engine:
        case "spark":
            _require("pyspark", "spark", "; it also needs Java 17")
            from urban_safety_monitor.engines.spark_engine import spark_records

            return spark_records(microdata)
        case "postgres":
            _require("psycopg", "postgres", "")
            from urban_safety_monitor.engines.postgres_engine import postgres_records

            address = os.environ.get(DATABASE, "").replace("postgresql+psycopg:", "postgresql:")
            return postgres_records(microdata, address)
        case "duckdb":
            from urban_safety_monitor.engines.duckdb_engine import duckdb_records

            return duckdb_records(microdata)


def _require(package: str, extra: str, also: str) -> None:
    if find_spec(package) is None:
        raise MonitorError(
            f"engine {extra}: {package} is not installed; "
            f"install it with pip install 'urban-safety-monitor[{extra}]'{also}"
        )
