"""A data release: every published figure of a run as files that explain themselves.

One folder, or one zip, with a readme, the licence, the method and the flags beside the figures:
as CSV with a Data Package descriptor, as JSON, as a workbook, and as SDMX-CSV with its structure.
All are written from the same tables, so their numbers are the same.
"""

from urban_safety_monitor.report.release.files import files_on_demand, release_files, zipped
from urban_safety_monitor.report.release.part import part_of

__all__ = ["files_on_demand", "part_of", "release_files", "zipped"]
