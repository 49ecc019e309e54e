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
from urban_safety_monitor.tables.results import (
    Comparisons,
    Estimates,
    LeftOut,
    OrderChanges,
    Robustness,
    Scores,
    SensitivityIndices,
)
from urban_safety_monitor.tables.withheld import Withheld

__all__ = [
    "Administrative",
    "Areas",
    "Checklist",
    "Comparisons",
    "Differences",
    "Estimates",
    "LeftOut",
    "Microdata",
    "OrderChanges",
    "Robustness",
    "Scores",
    "SensitivityIndices",
    "Surveys",
    "Withheld",
    "checked",
]
