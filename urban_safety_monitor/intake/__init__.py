"""Files to canonical tables: read, recognise, map, check, and report every problem at once."""

from urban_safety_monitor.intake.apply import Intake, apply_recipe, require_accepted
from urban_safety_monitor.intake.problems import Place, Problem
from urban_safety_monitor.intake.read import SourceTable, read_file
from urban_safety_monitor.intake.report import CheckReport
from urban_safety_monitor.intake.wording import render

__all__ = [
    "CheckReport",
    "Intake",
    "Place",
    "Problem",
    "SourceTable",
    "apply_recipe",
    "read_file",
    "render",
    "require_accepted",
]
