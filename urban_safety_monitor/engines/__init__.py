"""Engines: persons' records to PSU totals, by one query."""

from urban_safety_monitor.engines.choice import EngineName, psu_totals
from urban_safety_monitor.engines.query import columns_needed

__all__ = ["EngineName", "columns_needed", "psu_totals"]
