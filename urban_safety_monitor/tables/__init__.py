"""The canonical tidy tables: one value a row, one pandera model a module, one way to check."""

from urban_safety_monitor.tables.checks import checked
from urban_safety_monitor.tables.inputs import (
    Administrative,
    Areas,
    Checklist,
    Differences,
    Microdata,
    Surveys,
)
from urban_safety_monitor.tables.results import Comparisons, Estimates, Robustness, Scores

__all__ = [
    "Administrative",
    "Areas",
    "Checklist",
    "Comparisons",
    "Differences",
    "Estimates",
    "Microdata",
    "Robustness",
    "Scores",
    "Surveys",
    "checked",
]
