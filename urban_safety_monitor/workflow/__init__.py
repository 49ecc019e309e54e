"""Whole runs for the command line and the app: read, compute, keep, show.

The only place where intake, engine, pipeline, store and report meet. Time and folders are
arguments.
"""

from urban_safety_monitor.workflow.index import score_values
from urban_safety_monitor.workflow.runs import Outcome, demonstration, program_version, run_config
from urban_safety_monitor.workflow.surveys import (
    Wanted,
    check_files,
    estimate_files,
    estimates_of,
)

__all__ = [
    "Outcome",
    "Wanted",
    "check_files",
    "demonstration",
    "estimate_files",
    "estimates_of",
    "program_version",
    "run_config",
    "score_values",
]
