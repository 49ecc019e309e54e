"""Engines: persons' records to PSU totals, by one query."""

from urban_safety_monitor.engines.duckdb_engine import psu_totals
from urban_safety_monitor.engines.query import columns_needed

__all__ = ["columns_needed", "psu_totals"]
